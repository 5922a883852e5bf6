"""Removing a stored report for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from learner_data_plugin.data import Actor, AuditAction
from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from learner_data_plugin.platform import api as platform_api
from learner_data_plugin.reports import deletion
from tests import factories

BY = Actor(7, "somebody", "192.0.2.7")


@pytest.fixture
def file(course_key, instructor):
    return factories.make_report(course_key, instructor)


def records():
    return AuditRecord.objects.exclude(action__in=["requested", "generated"])


def test_the_audit_says_who_removed_which_file_and_why(course_key, file):
    other = factories.make_report(course_key, file.run.requester)
    assert deletion.remove(file, AuditAction.ERASED, by=BY, detail="destroyed") is True
    assert list(ReportFile.objects.all()) == [other]
    [record] = records()
    assert (record.action, record.detail, record.course_id) == ("erased", "destroyed", course_key)
    assert (record.user_id, record.username, record.address) == (7, "somebody", "192.0.2.7")
    assert (record.file_name, record.sha256) == (file.name, file.sha256)


def test_one_that_was_removed_meanwhile_is_removed_and_said_once(file):
    stale = ReportFile.objects.get(pk=file.pk)
    assert deletion.remove(file, AuditAction.DELETED, by=BY) is True
    assert deletion.remove(stale, AuditAction.EXPIRED, by=BY) is True
    assert [record.action for record in records()] == ["deleted"]


def test_its_run_goes_on_knowing_of_other_content(file):
    """As of that which an erasure could not remove."""
    ReportRun.objects.update(stored_path="learner_data/x/left.csv")
    deletion.remove(file, AuditAction.DELETED, by=BY)
    assert ReportRun.objects.get().stored_path == "learner_data/x/left.csv"


def test_a_refusing_storage_is_noted_without_what_it_says(file, caplog):
    stored = Path(platform_api.report_store().storage.path(file.path))
    stored.unlink()
    stored.mkdir()
    (stored / "inside").touch()
    assert deletion.remove(file, AuditAction.DELETED, by=BY, detail="by hand") is False
    [record] = records()
    assert (record.action, record.detail, record.username, record.file_name) == ("withdrawn", "deleted", "somebody", file.name)
    withdrawn = ReportFile.objects.get().withdrawn
    assert withdrawn is not None
    assert "OSError" in caplog.text
    assert str(stored) not in caplog.text

    assert deletion.remove(file, AuditAction.EXPIRED, by=BY) is False
    assert records().count() == 1
    assert ReportFile.objects.get().withdrawn == withdrawn
