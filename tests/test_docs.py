"""What README and documentation name is there: settings, commands, addresses, checks, filters, targets of make, buttons."""

from __future__ import annotations

import re
from pathlib import Path
from pydoc import locate

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from learner_data_plugin import tasks
from learner_data_plugin.checks import report_store
from learner_data_plugin.dashboard.js_messages import page_texts
from learner_data_plugin.data import AuditAction
from learner_data_plugin.reports.base import reports
from learner_data_plugin.rest_api.openapi import describe_api
from learner_data_plugin.settings.common import DEFAULTS
from learner_data_plugin.settings.filters import FILTER_STEPS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "learner_data_plugin"
COURSE_ID = "course-v1:DemoX+Small+2026"
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.rst", *sorted((ROOT / "docs").rglob("*.rst"))]
    if "_build" not in path.parts and "decisions" not in path.parts
}
DOCUMENTATION = "\n".join(PAGES.values())

FOREIGN_NAMES = {
    *("CELERYBEAT_SCHEDULE", "CELERY_QUEUES", "EVENT_TRACKING_BACKENDS", "EXPLICIT_QUEUES", "GRADES_DOWNLOAD", "MEDIA_ROOT"),
    "OPEN_EDX_FILTERS_CONFIG",
    *("JWT_AUTH", "JWT_PUBLIC_SIGNING_JWK_SET", "OAUTH2_PROVIDER", "SITE_ID"),
    *("PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS", "ROOT_PATH", "SECRET_KEY", "STORAGE_CLASS", "STORAGE_KWARGS"),
    *("STORAGE_TYPE", "USER_RETIRE_LMS_CRITICAL", "USER_RETIRE_LMS_MISC"),
    *("CLOSEST_CLIENT_IP_FROM_HEADERS", "LANGUAGE_CODE", "RETIRED_USERNAME_PREFIX", "SECRET_KEY_FALLBACKS"),
    # of the demo, and of an example
    *("CELERY_BROKER_URL", "DASHBOARD_PORT", "DATABASE_URL", "EDX_PLATFORM", "COURSE_ID"),
    "INSTRUCTOR_MICROFRONTEND_URL",
}
"""Names in capitals that are not the plugin's: the platform's settings and signals, and variables."""


def names_in_capitals(text):
    return set(re.findall(r"\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b", text))


def test_settings_named_are_there():
    of_tutor = names_in_capitals((ROOT / "tutor-contrib-learner-data/README.rst").read_text(encoding="utf-8"))
    assert names_in_capitals(DOCUMENTATION) <= DEFAULTS.keys() | of_tutor | FOREIGN_NAMES | {"LEARNER_DATA_PLUGIN"}


def test_keys_in_examples_of_the_setting_are_there():
    blocks = re.findall(r"^( *)LEARNER_DATA_PLUGIN:\n((?:\1 +\S.*\n)+)", DOCUMENTATION, re.MULTILINE)
    keys = {key for _indent, block in blocks for key in re.findall(r"^ +([A-Z_]+):", block, re.MULTILINE)}
    assert {"COLUMNS", "PRIVATE_COLUMNS", "ROLES", "QUEUE"} <= keys <= DEFAULTS.keys()


def command_lines():
    return [line.split("#")[0].strip() for line in re.findall(r"manage\.py lms ([a-z][^`\n]*)", DOCUMENTATION)]


@pytest.mark.parametrize("line", sorted(set(command_lines())))
def test_commands_named_take_the_options_shown(line):
    name = line.split()[0]
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    assert set(re.findall(r"(?<!\S)[([]?(--[a-z-]+)", line)) <= parser._option_string_actions.keys()


def test_every_command_is_documented():
    ours = {path.stem for path in (PACKAGE / "management/commands").glob("learner_data_*.py")}
    assert ours
    assert ours <= {line.split()[0] for line in command_lines()}


def test_dotted_names_are_there():
    named = re.findall(r"\blearner_data_plugin(?:\.[a-z_]+)+\b", DOCUMENTATION)
    assert named
    assert [name for name in named if locate(name) is None] == []


def test_task_types_are_the_codes():
    assert set(re.findall(r"\blearner_data_[a-z_]+_csv\b", DOCUMENTATION)) == {report.task_type for report in reports()}


def test_check_ids_are_the_codes():
    code = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "checks").glob("*.py"))
    identifier = r"\b[EW]\d{3}\b"
    known = set(re.findall(r"learner_data_plugin\.([EW]\d{3})", code))
    assert set(re.findall(identifier, PAGES["docs/how-tos/check.rst"])) == known
    assert set(re.findall(identifier, DOCUMENTATION)) <= known


def test_filters_are_the_codes():
    assert set(re.findall(r"\borg\.openedx\.[a-z.]+\.v\d\b", DOCUMENTATION)) == set(FILTER_STEPS)


def test_addresses_lead_somewhere():
    named = set(re.findall(r"(?<![\w.])/learner_data/[^\s`\"']*", DOCUMENTATION))
    called = set(re.findall(r"\$COURSE/([^\s\"?]*)", DOCUMENTATION))
    assert named
    assert called
    pages = [address for address in named if not address.endswith("/api/v1/courses/{course_id}/") and COURSE_ID not in address]
    for address in pages:
        resolve(address.replace("{course_id}", COURSE_ID))
    for call in called:
        assert resolve(f"/learner_data/api/v1/courses/{COURSE_ID}/{call}").url_name != "page"


def test_every_call_of_the_api_has_its_place():
    documented = set(re.findall(r"^\.\. learner-data-call:: (\S+) (\S+)$", PAGES["docs/reference/rest-api.rst"], re.MULTILINE))
    calls = {
        (method.upper(), path.partition("/courses/{course_id}/")[2])
        for path, item in describe_api()["paths"].items()
        for method in item
    }
    assert documented == calls


def test_examples_in_python_are_python():
    blocks = re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", PAGES["docs/reference/rest-api.rst"])
    assert len(blocks) > len(describe_api()["paths"])
    for block in blocks:
        compile(re.sub(r"^    ", "", block, flags=re.MULTILINE), "rest-api.rst", "exec")


def test_actions_of_the_audit_are_the_codes():
    table = PAGES["docs/how-tos/audit.rst"].split(".. list-table::")[1].split("In Django admin")[0]
    assert set(re.findall(r"``([a-z_]+)``", table)) == {action.value for action in AuditAction}


def test_targets_of_make_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z_-]+):", makefile, re.MULTILINE))
    pages = DOCUMENTATION + (ROOT / "CONTRIBUTING.rst").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:``|^    )make ([a-z_-]+)", pages, re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_labels_of_the_quickstart_are_the_pages():
    templates = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "templates").rglob("*.html"))
    shown = [*re.findall(r'_\("(.*?)"\)', templates), *page_texts().values()]
    shown += [str(label) for report in reports() for label in report.button_labels.values()]
    of_the_platform = {"Instructor", "Membership", "Account Settings"}
    text = " ".join(re.sub(r"^\*+$", "", PAGES["docs/quickstart.rst"], flags=re.MULTILINE).split())
    labels = set(re.findall(r"\*\*(.+?)\*\*", text)) - of_the_platform
    assert "Get Student Anonymized IDs CSV" in labels
    assert [label for label in labels if not any(text == label or text.startswith(f"{label} {{") for text in shown)] == []


def examples_of_report_stores():
    blocks = re.findall(r"::\n\n((?:    .*\n)+)", PAGES["docs/how-tos/report-store.rst"])
    return [yaml.safe_load(block)["GRADES_DOWNLOAD"] for block in blocks if "GRADES_DOWNLOAD:" in block]


@pytest.mark.parametrize("example", examples_of_report_stores(), ids=lambda example: example["STORAGE_TYPE"] or "class")
def test_report_stores_shown_are_private(example, settings):
    settings.GRADES_DOWNLOAD = example
    settings.AWS_DEFAULT_ACL = "public-read"
    assert report_store.check_configuration() == []
    assert report_store.check_privacy() == []


def test_schedule_shown_is_one_that_celery_takes():
    block, *_others = re.findall(r"::\n\n((?:    .*\n|\n)+)", PAGES["docs/how-tos/retention.rst"].split("With Celery beat")[1])
    names = {"CELERYBEAT_SCHEDULE": {}}
    exec(re.sub(r"^    ", "", block, flags=re.MULTILINE), names)
    [entry] = names["CELERYBEAT_SCHEDULE"].values()
    assert entry["task"] == tasks.remove_expired.name
    assert entry["schedule"].hour == {3}


def test_pictures_are_there():
    pictures = re.findall(r"^\.\. (?:image|figure):: (\S+)$", PAGES["docs/quickstart.rst"], re.MULTILINE)
    assert [name for name in pictures if not (ROOT / "docs" / name).is_file()] == []
