"""Tutor's own command line, with a project of each test's own. Only Docker is played by a script."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DOCKER = """#!/bin/sh
for argument; do printf '%s\\n' "$argument"; done >> "$TUTOR_ROOT/docker"
echo '[]'  # to the question which containers are running
"""


class Tutor:
    """Tutor with a project of its own."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "root"
        self.root.mkdir()
        programs = directory / "programs"
        programs.mkdir()
        (programs / "docker").write_text(DOCKER)
        (programs / "docker").chmod(0o755)
        self.environment = {
            **os.environ,
            "TUTOR_ROOT": str(self.root),
            "TUTOR_PLUGINS_ROOT": str(directory / "plugins"),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        }

    def __call__(self, *arguments: str) -> str:
        """Run ``tutor`` with these arguments; answer what it printed."""
        command = [str(Path(sys.executable).parent / "tutor"), *arguments]
        ran = subprocess.run(
            command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
        )
        assert ran.returncode == 0, f"{arguments}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def save(self, **values: Any) -> None:
        """Save these settings, and render everything."""
        self("config", "save", *(word for name, value in values.items() for word in ("--set", f"{name}={value}")))

    def copy(self, other: Tutor) -> None:
        """Begin with what another project has rendered."""
        shutil.copytree(other.root, self.root, dirs_exist_ok=True)

    def add_plugin(self, name: str, source: str) -> None:
        """Enable a plugin of one file, and render everything."""
        plugins = Path(self.environment["TUTOR_PLUGINS_ROOT"])
        plugins.mkdir(exist_ok=True)
        (plugins / f"{name}.py").write_text(source)
        self("plugins", "enable", name)
        self.save()

    def rendered(self, path: str) -> str:
        return (self.root / "env" / path).read_text()

    def lms_settings(self) -> dict[str, Any]:
        """What the LMS's settings assign, as far as it is written down as a plain value."""
        values = {}
        for node in ast.parse(self.rendered("apps/openedx/settings/lms/production.py")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                try:
                    values[node.targets[0].id] = ast.literal_eval(node.value)
                except ValueError:
                    values[node.targets[0].id] = node.value
        return values

    def plugin_setting(self, before: dict[str, Any]) -> Any:
        """What the rendered line makes of LEARNER_DATA_PLUGIN, in a module that had these names before."""
        lines = self.rendered("apps/openedx/settings/lms/production.py").splitlines()
        [line] = [line for line in lines if line.startswith("LEARNER_DATA_PLUGIN =")]
        module = dict(before)
        exec(line, module)
        return module["LEARNER_DATA_PLUGIN"]

    def asked_of_docker(self) -> str:
        return (self.root / "docker").read_text()


@pytest.fixture
def tutor(tmp_path: Path) -> Tutor:
    return Tutor(tmp_path)


@pytest.fixture(scope="session")
def rendered_once(tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    tutor = Tutor(tmp_path_factory.mktemp("tutor"))
    tutor("plugins", "disable", "mfe")  # which Tutor enables by itself where it is installed
    tutor("plugins", "enable", "learner-data")
    tutor.save()
    return tutor


@pytest.fixture
def enabled(tutor: Tutor, rendered_once: Tutor) -> Tutor:
    tutor.copy(rendered_once)
    return tutor


@pytest.fixture(scope="session")
def rendered_with_mfe(tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    tutor = Tutor(tmp_path_factory.mktemp("tutor"))
    tutor("plugins", "enable", "mfe", "learner-data")
    tutor.save()
    return tutor
