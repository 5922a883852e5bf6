"""Cron on several hosts at the same instant, on a real database: each due time is made once, and told once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.models import ReportFile, ReportRun, ReportSchedule, ScheduleOccurrence
from learner_data_plugin.schedules import due
from tests import factories

from .waiting import until

HOSTS = 5


@pytest.fixture
def emails(settings, tmp_path):
    """Where the emails of this process and of workers go."""
    folder = tmp_path / "emails"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(folder)
    return folder


@pytest.fixture
def schedules(course):
    """Two recurring reports of a course, and one of another kind."""
    user = factories.make_team_member("instructor", course.key)
    by = Actor(user.pk, user.username)
    wanted = [("profile", {}), ("profile", {"enrollment_mode": "audit"}), ("anonymized_ids", {})]
    return [
        api.add_schedule(
            course.key, report, every="day", selection=selection, recipients=[user.username], by=by
        ).number
        for report, selection in wanted
    ]


def on_all_hosts(now) -> None:
    """Run the command on so many hosts at the same instant, each with a connection of its own."""
    together = threading.Barrier(HOSTS)

    def run() -> None:
        together.wait()
        try:
            due.run_due(now=now)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(HOSTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def test_hosts_at_the_same_instant_make_and_tell_each_due_time_once(course, schedules, start_worker, emails):
    start_worker(EMAILS_FOLDER=str(emails))
    mine = ScheduleOccurrence.objects.filter(schedule__in=schedules)
    first = ReportSchedule.objects.filter(pk__in=schedules).latest("next_due").next_due
    for day in range(3):
        now = first + timedelta(days=day)

        def is_done(now=now, day=day) -> bool:
            on_all_hosts(now)
            return mine.filter(state="done").count() == 3 * (day + 1)

        until(is_done, seconds=60, what="the end of all reports")

    assert mine.count() == 9
    runs = list(mine.values_list("run", flat=True))
    assert len(set(runs)) == 9
    assert ReportRun.objects.filter(course_id=course.key, failure="").count() == 9
    assert ReportFile.objects.filter(course_id=course.key).count() == 9
    assert sum(file.read_text().count("Subject: ") for file in emails.iterdir()) == 9
    assert mine.filter(unsent__gt=0).count() == 0
