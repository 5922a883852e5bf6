"""The wheel beside the platform's own releases, and at work where it was installed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import ROOT, Environment, canonical

PINS = {"platform-django42.in": "3.11", "platform-2026.in": "3.12"}
"""Lists of what releases of the platform pin, and the Python that they run on."""

XLSX = {"et-xmlfile", "openpyxl", "xlsxwriter"}
"""What the extra of that name brings, with what it requires in turn."""

LOOK_AROUND = """
import json, os
import django
django.setup()
import learner_data_plugin
from django.contrib.staticfiles import finders
from django.conf import settings
from django.urls import reverse
from edx_django_utils.plugins import get_plugin_apps
print(json.dumps({
    "package": os.path.dirname(learner_data_plugin.__file__),
    "plugins": [app for app in get_plugin_apps("lms.djangoapp") if "learner_data" in app],
    "page": reverse("learner_data_plugin:page", kwargs={"course_id": "course-v1:A+B+C"}),
    "stylesheet": finders.find("learner_data_plugin/css/learner_data.css"),
    "templates": [str(folder) for folder in settings.MAKO_TEMPLATE_DIRS_BASE if "learner_data" in str(folder)],
    "filters": settings.OPEN_EDX_FILTERS_CONFIG,
}))
"""


@pytest.mark.parametrize(("pins", "python"), PINS.items())
def test_installing_it_beside_the_platform_changes_no_version(pins, python, wheel, make_environment):
    environment, pinned = make_environment(python), str(ROOT / "requirements" / pins)

    platform = environment.resolve("-r", pinned)
    both = environment.resolve("-r", pinned, f"{wheel}[xlsx]")

    assert both.keys() - platform.keys() == {"learner-data-plugin", *XLSX}
    assert {name: version for name, version in both.items() if name in platform} == platform


@pytest.mark.parametrize("pins", PINS)
def test_the_lists_of_pins_have_all_that_is_required(pins, requirements):
    lines = (ROOT / "requirements" / pins).read_text().splitlines()
    pinned = {canonical(line.partition("==")[0]) for line in lines if "==" in line}

    assert {canonical(requirement.name) for requirement in requirements if not requirement.marker} <= pinned


@dataclass(frozen=True)
class Installed:
    """An environment with the stand-in LMS's requirements and the wheel, and the versions at each step."""

    environment: Environment
    before: dict[str, str]
    with_plugin: dict[str, str]
    with_xlsx: dict[str, str]


@pytest.fixture(scope="module")
def installed(make_environment: Callable[[str], Environment], wheel: Path) -> Installed:
    environment = make_environment("3.11")
    environment.install("-r", str(ROOT / "requirements" / "test-django42.txt"))
    environment.run("-m", "pip", "uninstall", "--quiet", "--yes", *XLSX)
    before = environment.versions()
    environment.install(str(wheel))
    with_plugin = environment.versions()
    environment.install(f"{wheel}[xlsx]")
    return Installed(environment, before, with_plugin, environment.versions())


def test_installing_it_for_real_leaves_every_package_as_it_was(installed):
    assert installed.with_plugin.keys() - installed.before.keys() == {"learner-data-plugin"}
    assert installed.with_plugin.items() >= installed.before.items()


def test_the_extra_brings_the_readers_and_writers_of_xlsx_and_nothing_else(installed):
    assert installed.with_xlsx.keys() - installed.with_plugin.keys() == XLSX
    assert installed.with_xlsx.items() >= installed.with_plugin.items()


def test_the_lms_finds_and_configures_it(installed):
    environment = installed.environment

    seen = json.loads(environment.run("-c", LOOK_AROUND, **_lms()))

    assert seen["package"].startswith(str(environment.directory))
    assert seen["plugins"] == ["learner_data_plugin.apps.LearnerDataPluginConfig"]
    assert seen["page"] == "/learner_data/courses/course-v1:A+B+C/"
    assert seen["stylesheet"].startswith(seen["package"])
    assert seen["templates"] == [f"{seen['package']}/templates"]
    assert len(seen["filters"]) == 2


def test_its_checks_and_its_migrations_run(installed):
    manage = (str(ROOT / "tests" / "lms" / "manage.py"), "lms", "--settings", "test")

    installed.environment.run(*manage, "check", "--deploy", "--tag", "learner_data_plugin", "--fail-level", "WARNING")
    assert "Applying learner_data_plugin.0001_initial... OK" in installed.environment.run(*manage, "migrate", "--run-syncdb")


def test_a_report_is_made_and_downloaded_with_it(installed, tmp_path):
    # Away from the checkout, in which Python would find the package itself.
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "learner_data_plugin/conf", tmp_path / "learner_data_plugin/conf")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)

    said = installed.environment.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_main_job.py", cwd=tmp_path)

    assert " passed" in said


def _lms() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT / "tests" / "lms"), "DJANGO_SETTINGS_MODULE": "lms.envs.test"}
