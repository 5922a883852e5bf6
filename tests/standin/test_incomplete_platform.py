"""A platform that lacks what the plugin needs: the LMS works, the plugin is switched off and says so.

The platform's part is taken away before Django starts, so it is a process of its own that starts it and answers what it saw.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

STAND_IN = Path(__file__).parents[1] / "lms"

PROCESS = """
import json
import openedx.core.djangoapps.user_api.accounts.signals
del openedx.core.djangoapps.user_api.accounts.signals.USER_RETIRE_LMS_CRITICAL

import django
django.setup()

from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client
from openedx.core.lib.celery import APP

call_command("check")
call_command("migrate", run_syncdb=True, verbosity=0)
APP.loader.import_default_modules()
findings = run_checks(tags=["learner_data_plugin"], include_deployment_checks=True)
print(json.dumps({
    "findings": {finding.id: [finding.msg, finding.hint] for finding in findings},
    "login": Client().get("/login").status_code,
    "page": Client().get("/learner_data/courses/course-v1:A+B+C/").status_code,
    "tasks": [name for name in APP.tasks if name.startswith("learner_data_plugin")],
    "tasks of the platform": [name for name in APP.tasks if name.startswith("openedx")],
}))
"""


@pytest.fixture(scope="module")
def process() -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        [sys.executable, "-c", PROCESS],
        env={"PYTHONPATH": str(STAND_IN), "DJANGO_SETTINGS_MODULE": "lms.envs.test"},
        cwd=STAND_IN.parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran


@pytest.fixture(scope="module")
def seen(process: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return json.loads(process.stdout.splitlines()[-1])


def test_a_check_that_commands_run_warns_of_what_is_missing(process):
    assert "learner_data_plugin.W007" in process.stderr
    assert "USER_RETIRE_LMS_CRITICAL" in process.stderr


def test_the_check_before_a_deployment_has_it_as_an_error(seen):
    assert set(seen["findings"]) == {"learner_data_plugin.W007", "learner_data_plugin.E003"}
    assert all("USER_RETIRE_LMS_CRITICAL" in sentence and hint for sentence, hint in seen["findings"].values())


def test_the_other_pages_of_the_lms_are_served_and_ours_are_not_there(seen):
    assert (seen["login"], seen["page"]) == (200, 404)


def test_workers_start_without_our_tasks(seen):
    assert seen["tasks"] == []
    assert seen["tasks of the platform"] != []


def test_start_up_says_it_once(process):
    assert process.stderr.count("is switched off, because this platform does not have what it needs: cannot import") == 2
    assert process.stderr.count("learner_data_plugin.W007") == 1
