"""Canceling a report: what becomes of it, and what is recorded."""

from __future__ import annotations

import logging

import pytest
from celery.app.control import Control
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import CancellationRefused, TaskNotFound
from learner_data_plugin.models import AuditRecord, ReportRun
from learner_data_plugin.reports import canceling, runs
from tests import factories


@pytest.fixture
def by(course_key):
    staff = factories.make_team_member("staff", course_key)
    return Actor(staff.pk, staff.username, "192.0.2.9")


@pytest.fixture
def run(course_key, by):
    """A report that somebody asked for, with its purpose; it is queued."""
    row = InstructorTask.create(course_key, "learner_data_profile_csv", "", {}, factories.User.objects.get(pk=by.user_id))
    run = runs.claim(
        course_key, report="profile", file_format="xlsx", selection={}, by=by, purpose="Write to those who are inactive"
    )
    runs.submitted(run, row.task_id)
    return ReportRun.objects.get(pk=run.pk)


def cancel(run, by, **options):
    canceling.cancel(run.course_id, run.task_id, by=by, **{"may_cancel_any": False, **options})


def test_the_audit_says_what_was_canceled_by_whom(run, by):
    admin = Actor(10**6, "admin", "192.0.2.1")
    cancel(run, admin, may_cancel_any=True)
    [record] = AuditRecord.objects.all()
    assert (record.action, record.detail, record.course_id) == ("cancelled", by.username, run.course_id)
    assert (record.user_id, record.username, record.address) == (10**6, "admin", "192.0.2.1")
    assert (record.report, record.file_format, record.purpose) == ("profile", "xlsx", "Write to those who are inactive")


def test_a_refusal_says_as_much(run):
    with pytest.raises(CancellationRefused):
        cancel(run, Actor(10**6, "somebody", "192.0.2.1"))
    [record] = AuditRecord.objects.all()
    assert (record.action, record.username, record.address) == ("cancel_refused", "somebody", "192.0.2.1")
    assert (record.report, record.file_format, record.purpose) == ("profile", "xlsx", "Write to those who are inactive")
    assert InstructorTask.objects.get().task_state == "QUEUING"


@pytest.mark.parametrize("by", [Actor(None, ""), Actor(10**6, "somebody")])
def test_one_of_an_account_that_is_gone_is_for_those_who_may_cancel_any(course_key, by):
    run = runs.claim(course_key, report="profile", file_format="csv", selection={}, by=Actor(None, "gone"))
    runs.submitted(run, "task")
    run.refresh_from_db()
    with pytest.raises(CancellationRefused):
        cancel(run, by)
    cancel(run, by, may_cancel_any=True)
    assert ReportRun.objects.get().failure == "cancelled"
    assert AuditRecord.objects.get(action="cancelled").detail == ""


def test_one_that_the_roles_may_not_see_is_not_found(run, by):
    ReportRun.objects.update(roles=" instructor ")
    with pytest.raises(TaskNotFound):
        cancel(run, by, roles={"staff"}, may_cancel_any=True)
    assert ReportRun.objects.get().ended is None
    cancel(run, by, roles={"instructor"})
    assert ReportRun.objects.get().failure == "cancelled"


def test_another_of_the_same_task_or_course_is_not_meant(run, by):
    for course_key, task_id in ((factories.make_course(), run.task_id), (run.course_id, f"not {run.task_id}")):
        with pytest.raises(TaskNotFound):
            canceling.cancel(course_key, task_id, by=by, may_cancel_any=True)
    assert ReportRun.objects.get().ended is None


def test_workers_are_told_which_task_not_to_begin(run, by, use_broker, monkeypatch):
    told = []
    use_broker("memory://")
    monkeypatch.setattr(Control, "revoke", lambda self, task_id, **_options: told.append(task_id))
    cancel(run, by)
    assert told == [run.task_id]


def test_a_broker_that_cannot_be_reached_keeps_nothing_from_being_canceled(run, by, use_broker, caplog):
    use_broker("redis://127.0.0.1:1/0")
    with caplog.at_level(logging.WARNING):
        cancel(run, by)
    assert ReportRun.objects.get().failure == "cancelled"
    assert InstructorTask.objects.get().task_state == "REVOKED"
    assert f"Task {run.task_id} was not revoked: " in caplog.text
