from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.checks import run_checks
from django.db import connection
from freezegun import freeze_time

from learner_data_plugin.engagement import coverage, status
from learner_data_plugin.models import RecordedDay

pytestmark = pytest.mark.django_db


def findings(*, deploy: bool = False) -> dict[str, str]:
    found = run_checks(tags=["learner_data_plugin"], include_deployment_checks=deploy, databases=["default"])
    return {message.id.rpartition(".")[2]: message.msg for message in found if message.id.endswith(("W010", "W011", "E005"))}


def test_recording_is_on_and_nothing_is_said():
    assert status.recording() == status.Status(True, True, True, {})
    assert findings(deploy=True) == {}


@freeze_time("2026-03-09 12:00:00")
def test_losses_of_the_last_days_are_told():
    for day, number in ((1, 9), (3, 5), (8, 1)):
        coverage.enter_sign(datetime(2026, 3, 9, tzinfo=UTC), lost={date(2026, 3, day): number})
    assert status.recording().lost == {date(2026, 3, 3): 5, date(2026, 3, 8): 1}
    assert findings() == {
        "W011": "Events of learners were lost because the database did not take them: 5 on 2026-03-03, 1 on 2026-03-08 (UTC)."
    }


@pytest.mark.parametrize("change", [{"EVENT_TRACKING_BACKENDS": {"tracking_logs": {}}}, {"EVENT_TRACKING_ENABLED": False}])
def test_tracker_that_does_not_know_us_is_told(change, settings):
    for name, value in change.items():
        setattr(settings, name, value)
    assert list(findings()) == ["W010"]
    settings.LEARNER_DATA_PLUGIN = {"ENGAGEMENT": False}
    assert findings() == {}


@pytest.mark.django_db(transaction=True)
def test_missing_tables_are_told_before_deployment():
    with connection.schema_editor() as editor:
        editor.delete_model(RecordedDay)
    try:
        assert not status.recording().is_readable
        assert findings() == {}
        assert list(findings(deploy=True)) == ["E005"]
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(RecordedDay)
