"""Building the distribution, and environments to install it into."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Environment:
    """A virtual environment of a test's own."""

    directory: Path

    def run(self, *arguments: str, cwd: Path | None = None, **variables: str) -> str:
        """Run this environment's Python with these arguments; answer what it printed."""
        return run(str(self.directory / "bin" / "python"), *arguments, cwd=cwd or self.directory, **variables)

    def install(self, *arguments: str) -> None:
        self.run("-m", "pip", "install", "--quiet", *arguments)

    def resolve(self, *requirements: str) -> dict[str, str]:
        """Name and version of all that pip would install for these requirements, as if nothing were installed here."""
        pip = ("-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-")
        chosen = [package["metadata"] for package in json.loads(self.run(*pip, *requirements))["install"]]
        return {canonical(package["name"]): package["version"] for package in chosen}

    def versions(self) -> dict[str, str]:
        """Name and version of all that is installed."""
        listed = json.loads(self.run("-m", "pip", "list", "--format", "json"))
        return {canonical(package["name"]): package["version"] for package in listed}


def run(*command: str, cwd: Path = ROOT, **variables: str) -> str:
    """Run a command; answer what it printed, and fail with all that it said if it fails."""
    # Without what belongs to the environment of the tests, but with the settings of pip and of where Pythons are.
    own = ("PYTHON", "VIRTUAL_ENV", "DJANGO", "TOX")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    ran = subprocess.run(
        command, cwd=cwd, env={**kept, **variables}, capture_output=True, text=True, timeout=900, check=False
    )
    assert ran.returncode == 0, f"{' '.join(command)}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def canonical(name: str) -> str:
    """The name of a distribution as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with a source distribution, and a wheel built from that."""
    directory = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(directory), str(ROOT))
    return directory


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    """The wheel."""
    [wheel] = distributions.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def metadata(wheel: Path) -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel) as opened:
        [name] = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(opened.read(name).decode())


@pytest.fixture(scope="session")
def requirements(metadata: Message) -> list[Requirement]:
    """What the wheel requires; those of an extra have a marker."""
    return [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]


@pytest.fixture(scope="session")
def make_environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Environment]:
    """Makes an environment of this release of Python, with nothing but pip in it."""

    def make(python: str) -> Environment:
        directory = tmp_path_factory.mktemp(f"python{python}")
        run(sys.executable, "-m", "virtualenv", "--quiet", "--python", python, str(directory))
        return Environment(directory)

    return make
