"""The plugin in Tutor's own command line. Only Docker is played by a script, which writes down what it was asked for."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

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

    def asked_of_docker(self) -> str:
        return (self.root / "docker").read_text()


@pytest.fixture
def tutor(tmp_path: Path) -> Tutor:
    return Tutor(tmp_path)


@pytest.fixture(scope="session")
def rendered_once(tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    tutor = Tutor(tmp_path_factory.mktemp("tutor"))
    tutor("plugins", "enable", "learner-data")
    tutor.save()
    return tutor


@pytest.fixture
def enabled(tutor: Tutor, rendered_once: Tutor) -> Tutor:
    shutil.copytree(rendered_once.root, tutor.root, dirs_exist_ok=True)
    return tutor


def plugin_setting(tutor: Tutor, before: dict[str, Any]) -> Any:
    """What the rendered line makes of LEARNER_DATA_PLUGIN, in a module that had these names before."""
    lines = tutor.rendered("apps/openedx/settings/lms/production.py").splitlines()
    [line] = [line for line in lines if line.startswith("LEARNER_DATA_PLUGIN =")]
    module = dict(before)
    exec(line, module)
    return module["LEARNER_DATA_PLUGIN"]


def test_tutor_finds_it(tutor):
    assert "learner-data" in tutor("plugins", "list")


def test_the_image_installs_the_plugin(enabled):
    assert "install 'learner-data-plugin[xlsx]>=1.0,<2'" in enabled.rendered("build/openedx/Dockerfile")


def test_the_image_installs_what_the_site_asks_for(enabled):
    enabled.save(LEARNER_DATA_REQUIREMENT="git+https://example.com/fork.git@main")

    assert "install 'git+https://example.com/fork.git@main'" in enabled.rendered("build/openedx/Dockerfile")


def test_static_files_of_the_plugin_are_collected_after_it_is_installed(enabled):
    dockerfile = enabled.rendered("build/openedx/Dockerfile")

    assert dockerfile.index("learner-data-plugin") < dockerfile.index("collectstatic")


def test_settings_are_left_alone_unless_something_was_set(enabled):
    settings = enabled.lms_settings()

    assert "LEARNER_DATA_PLUGIN" not in settings
    assert settings["GRADES_DOWNLOAD"]["STORAGE_KWARGS"]["location"] == "/openedx/media/grades"


def test_values_are_merged_into_those_of_the_plugin(enabled):
    enabled.save(LEARNER_DATA_SETTINGS='{"RETENTION_DAYS": 30, "CSV_BOM": false, "COLUMNS": null, "ROLES": ["staff"]}')

    assert plugin_setting(enabled, {"LEARNER_DATA_PLUGIN": {"RETENTION_DAYS": 90, "QUEUE": None}}) == {
        "RETENTION_DAYS": 30,
        "QUEUE": None,
        "CSV_BOM": False,
        "COLUMNS": None,
        "ROLES": ["staff"],
    }


def test_an_image_without_the_plugin_still_starts(enabled):
    enabled.save(LEARNER_DATA_SETTINGS='{"RETENTION_DAYS": 30}')

    assert plugin_setting(enabled, {}) == {"RETENTION_DAYS": 30}


def test_reports_can_be_kept_out_of_what_the_web_server_hands_out(enabled):
    enabled.save(LEARNER_DATA_PRIVATE_REPORTS="true")

    options = enabled.lms_settings()["GRADES_DOWNLOAD"]["STORAGE_KWARGS"]
    services = {}
    for file in ("docker-compose.yml", "docker-compose.prod.yml"):
        services |= yaml.safe_load(enabled.rendered(f"local/{file}"))["services"]
    assert options == {"location": "/openedx/media-private/grades"}
    for service in ("lms", "lms-worker"):
        assert "../../data/openedx-media-private:/openedx/media-private:z" in services[service]["volumes"]


def test_settings_of_the_cms_are_not_touched(enabled):
    enabled.save(LEARNER_DATA_SETTINGS='{"RETENTION_DAYS": 30}')

    assert "LEARNER_DATA" not in enabled.rendered("apps/openedx/settings/cms/production.py")


def test_init_runs_the_migrations_and_the_checks(enabled):
    enabled("local", "do", "init", "--limit", "learner-data")

    asked = enabled.asked_of_docker()
    assert "lms-job" in asked.splitlines()
    migrate, check = (f"./manage.py lms {command} learner_data_plugin" for command in ("migrate", "check --tag"))
    assert asked.index(migrate) < asked.index(check)


def test_retention_can_be_run_by_cron(enabled):
    enabled("local", "do", "learner-data-retention")

    assert "./manage.py lms learner_data_retention" in enabled.asked_of_docker()


def kubernetes_jobs(tutor: Tutor) -> dict[str, Any]:
    documents = yaml.safe_load_all(tutor.rendered("k8s/deployments.yml"))
    return {document["metadata"]["name"]: document for document in documents if document and document["kind"] == "CronJob"}


def test_kubernetes_runs_retention_on_schedule(enabled):
    enabled.save(LEARNER_DATA_RETENTION_SCHEDULE="5 4 * * 0")

    job = kubernetes_jobs(enabled)["learner-data-retention"]["spec"]
    [container] = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert job["schedule"] == "5 4 * * 0"
    assert container["command"] == ["./manage.py", "lms", "learner_data_retention"]
    assert container["image"] in enabled.rendered("local/docker-compose.yml")


def test_kubernetes_without_a_schedule(enabled):
    enabled.save(LEARNER_DATA_RETENTION_SCHEDULE="")

    assert kubernetes_jobs(enabled) == {}


def test_a_checkout_is_mounted_into_image_and_containers(enabled, tmp_path):
    checkout = tmp_path / "learner-data-plugin"
    checkout.mkdir()

    enabled("mounts", "add", str(checkout))

    [mount] = yaml.safe_load(enabled("mounts", "list"))
    assert {"service": "openedx", "container_path": "/mnt/learner-data-plugin"} in mount["compose_mounts"]
    assert mount["build_mounts"] != []


def test_nothing_is_left_when_it_is_disabled(enabled):
    enabled.save(LEARNER_DATA_SETTINGS='{"RETENTION_DAYS": 30}', LEARNER_DATA_PRIVATE_REPORTS="true")

    enabled("plugins", "disable", "learner-data")
    enabled.save()

    files = [path for path in (enabled.root / "env").rglob("*") if path.is_file()]
    texts = "".join(path.read_text(errors="replace") for path in files)
    assert "learner-data" not in texts
    assert "LEARNER_DATA" not in texts
    assert "media-private/grades" not in enabled.rendered("apps/openedx/settings/lms/production.py")


def test_the_version_is_that_of_the_plugin_itself():
    here = Path(__file__).parents[1]
    own = (here / "pyproject.toml").read_text()
    plugins = (here.parent / "learner_data_plugin" / "__init__.py").read_text()

    assert re.findall(r'^version = "(.+)"', own, re.MULTILINE) == re.findall(r'^__version__ = "(.+)"', plugins, re.MULTILINE)
