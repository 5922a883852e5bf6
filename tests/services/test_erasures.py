"""Learners who retire while real workers generate reports and take others out of stored ones."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_CRITICAL

from learner_data_plugin.models import Erasure
from tests.benchmarks.run import make_database
from tests.rest_api.paths import api_path, status_of

from .processes import PACE, ROOT
from .run import drop_database
from .waiting import until


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_who_retires_while_a_report_is_generated_is_not_in_it(course, start_worker, file_format):
    start_worker(PACE_SECONDS=PACE)
    task_id = course.queue(file_format=file_format)
    course.until_running(task_id, done=25)  # all have been read, or nearly
    learner = get_user_model().objects.get(username=course.usernames()[0])
    with transaction.atomic():
        USER_RETIRE_LMS_CRITICAL.send(sender=None, user=learner)
        CourseEnrollment.objects.filter(user=learner).delete()

    assert course.until_ended(task_id)["state"] == "SUCCESS"
    [report] = course.reports()
    path = api_path(course.key, f"reports/{report['name']}")
    until(lambda: status_of(course.client, path) == 200, seconds=20, what="the report without the learner")
    [report] = course.reports()
    assert report["rows"] == 59
    if file_format == "csv":
        assert [row["username"] for row in course.rows(report)] == course.usernames()
    until(Erasure.objects.filter(user_id=learner.pk, done__isnull=False).exists, seconds=5, what="the end of the erasure")


def test_many_at_once_beside_stored_reports_while_others_are_generated(tmp_path):
    """Five processes: see ``tests/benchmarks/erasures.py``."""
    server, name = connection.settings_dict, f"learner_data_erasures_{secrets.token_hex(4)}"
    account = f"{server['USER']}:{server['PASSWORD']}" if server["PASSWORD"] else server["USER"]
    environment = {
        **os.environ,
        "BENCH_DIRECTORY": str(tmp_path),
        "DATABASE_URL": f"mysql://{account}@{server['HOST']}:{server['PORT']}/{name}",
        "DJANGO_SETTINGS_MODULE": "lms.envs.bench",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'lms'}",
    }
    make_database(environment["DATABASE_URL"])
    try:
        migrate = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, check=True)
        sizes = ["--learners", "400", "--reports", "9", "--erased", "60"]
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.erasures", *sizes],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr[-2_000:]
        found = json.loads(done.stdout)
        assert (found["left"], found["lost"], found["strays"], found["pending"]) == (0, 0, 0, 0)
        assert found["reports"] >= 9
    finally:
        drop_database(name)
