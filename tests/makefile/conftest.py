"""A clone of this checkout as somebody has it who has just fetched it, and what make does in it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 600


@dataclass(frozen=True)
class Made:
    """What came of a target."""

    code: int
    output: str


@dataclass(frozen=True)
class Clone:
    """A clone, and one virtual environment in it that all targets share."""

    directory: Path

    def make(self, target: str, *variables: str, stop_when: Callable[[str], bool] | None = None) -> Made:
        """Run a target with its own prerequisites alone installed; Ctrl-C when ``stop_when`` is true of the output."""
        self.leave_only(self.declared(target, *variables))
        command = ["make", target, *variables]
        log = self.directory.with_name(f"{target}.log")
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                command, cwd=self.directory, env=environment(), stdout=output, stderr=output, start_new_session=True
            )
            try:
                if stop_when is not None:
                    _wait(process, lambda: stop_when(log.read_text(encoding="utf-8")))
                    if process.poll() is None:
                        os.killpg(process.pid, signal.SIGINT)
                code = process.wait(SECONDS)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        return Made(code, log.read_text(encoding="utf-8"))

    def declared(self, target: str, *variables: str) -> set[str]:
        """Return the lists of requirements that a target has installed before it begins."""
        dry = ["make", "--dry-run", "--always-make", target, *variables]
        said = subprocess.run(dry, cwd=self.directory, env=environment(), capture_output=True, text=True, check=True).stdout
        return set(re.findall(r"touch \S*/\.venv/installed/([\w-]+)", said))

    def leave_only(self, lists: set[str]) -> None:
        """Uninstall what targets before this one have brought and this one does not ask for, unless it asks for nothing."""
        if not lists:
            return
        stamps = self.directory / ".venv/installed"
        for stamp in sorted(stamps.glob("*")):
            if stamp.name not in lists:
                kept = set().union(*map(self.packages, lists & {path.name for path in stamps.iterdir()}))
                if gone := sorted(self.packages(stamp.name) - kept - {"pip", "setuptools"}):
                    pip = [str(self.directory / ".venv/bin/python"), "-m", "pip", "uninstall", "--quiet", "--yes", *gone]
                    subprocess.run(pip, env=environment(), capture_output=True, check=True)
                stamp.unlink()

    def packages(self, name: str) -> set[str]:
        """Return the packages of a list of requirements."""
        path = self.directory / "requirements" / f"{'test-django42' if name == 'test' else name}.txt"
        return set(re.findall(r"^([\w.-]+)==", path.read_text(encoding="utf-8"), re.MULTILINE))

    def git(self, *words: str) -> str:
        """Run git; returns what it printed."""
        return subprocess.run(["git", *words], cwd=self.directory, capture_output=True, text=True, check=True).stdout


def environment() -> dict[str, str]:
    """Return the environment of a shell, without what belongs to these tests."""
    own = ("PYTEST", "PYTHONPATH", "VIRTUAL_ENV", "DJANGO", "TOX", "MAKE", "EDX_PLATFORM")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


def _wait(process: subprocess.Popen[bytes], until: Callable[[], bool]) -> None:
    for _ in range(SECONDS * 2):
        if until() or process.poll() is not None:
            return
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            continue


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """The clone, with what has been changed here and not committed yet."""
    directory = tmp_path_factory.mktemp("clone") / "learner-data-plugin"
    subprocess.run(["git", "clone", "--quiet", "--shared", str(ROOT), str(directory)], check=True)
    changed = ["git", "ls-files", "--modified", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(changed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        target = directory / name
        if (ROOT / name).exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        else:
            target.unlink(missing_ok=True)
    made = Clone(directory)
    made.git("add", "--all")
    return made
