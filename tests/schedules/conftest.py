"""Cron, and recurring reports, at any moment of the year 2026."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from freezegun import freeze_time

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.models import ReportSchedule
from learner_data_plugin.platform import clock


@pytest.fixture
def at(db, monkeypatch):
    """Runs the command at a moment, which is that of the database as well, and does something further there."""
    with freeze_time("2026-02-28 12:00") as frozen:
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC))

        def now(_now, _compiler, connection, **_options):
            is_mysql = connection.vendor == "mysql"  # to which a text in a SELECT is one
            return "CAST(%s AS DATETIME(6))" if is_mysql else "%s", [datetime.now(UTC).replace(tzinfo=None)]

        monkeypatch.setattr(clock.Now, "as_sql", now)

        def run(moment, then=lambda: None):
            frozen.move_to(moment)
            said = io.StringIO()
            call_command("learner_data_schedules", stdout=said)
            then()
            return said.getvalue()

        yield run


@pytest.fixture
def add_schedule(course_key, instructor, at):
    """Sets up a recurring report on the last of February."""

    def add(report="profile", every="day", **options):
        options = {"by": Actor(instructor.pk, instructor.username), "recipients": [instructor.username], **options}
        added = api.add_schedule(course_key, report, every=every, **options)
        return ReportSchedule.objects.get(pk=added.number)

    return add
