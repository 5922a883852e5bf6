"""A run that has ended without a file is one of which the audit says so: both or neither, whoever ends it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import DatabaseError
from django.db.models.signals import pre_save
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.models import AuditRecord, ReportRun
from learner_data_plugin.reports import canceling, running, runs, stale_runs
from tests import factories
from tests.reading import claim_profile


@pytest.fixture
def run(course_key, instructor):
    row = InstructorTask.create(course_key, "learner_data_profile_csv", "", {}, instructor)
    return runs.start(claim_profile(course_key, instructor).pk, row.task_id)


@pytest.fixture
def no_record_of_ends():
    """A database that takes no record of a run's end, as when the connection is lost or the process killed right there."""

    def refuse(instance, **_signal):
        if instance.action in ("failed", "cancelled"):
            raise DatabaseError("lost")

    pre_save.connect(refuse, sender=AuditRecord)
    yield
    pre_save.disconnect(refuse, sender=AuditRecord)


def fail(run):
    running._record_failure(run, "storage")


def lose(run):
    ReportRun.objects.update(heartbeat=factories.days(-1))
    stale_runs.clear(run.course_id)


def give_up(run):
    stale_runs.give_up(run, "revoked")


def cancel(run):
    canceling.cancel(run.course_id, run.task_id, by=Actor(run.requester_id, ""), may_cancel_any=True)


ENDS = {"failed": fail, "lost": lose, "given up": give_up, "canceled": cancel}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_run_whose_end_is_not_recorded_has_not_ended(run, no_record_of_ends, end):
    with suppress(DatabaseError):
        end(run)
    run.refresh_from_db()
    assert (run.ended, run.failure, run.slot is None) == (None, "", False)
    assert InstructorTask.objects.get().task_state == "QUEUING"


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_one_end_is_recorded_once(run, end):
    end(run)
    assert ReportRun.objects.get().slot is None
    assert AuditRecord.objects.filter(action__in=("failed", "cancelled")).count() == 1
    stale_runs.give_up(run, "worker_lost")
    assert AuditRecord.objects.filter(action__in=("failed", "cancelled")).count() == 1


def test_a_request_that_no_queue_takes_either(course_key, instructor, use_broker, no_record_of_ends):
    use_broker("redis://127.0.0.1:1/0")
    with pytest.raises(DatabaseError):
        api.request_report(course_key, "profile", by=Actor(instructor.pk, instructor.username))
    assert ReportRun.objects.get().ended is None
