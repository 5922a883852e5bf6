"""The platform's signals of an account that is being retired, and Django's of one that was deleted."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from lms.djangoapps.instructor_task.models import InstructorTask
from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_MISC

from learner_data_plugin.models import AuditRecord, Erasure, ReportFile

from . import factories


@pytest.mark.parametrize("signal", [USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_MISC], ids=["critical", "misc"])
def test_retirement_takes_the_learner_out_once_it_is_committed(
    signal, course_key, instructor, django_capture_on_commit_callbacks
):
    learner = factories.make_learner(course_key)
    file = factories.make_report(course_key, instructor)
    with django_capture_on_commit_callbacks(execute=True):
        signal.send(sender=None, user=learner)
        pending = Erasure.objects.get()
        assert (pending.user_id, pending.done) == (learner.pk, None)
        assert ReportFile.objects.get(pk=file.pk).rows == 1
        # What the platform does after the signal.
        learner.username, learner.is_active = "retired__user_0123", False
        learner.save()
    assert ReportFile.objects.get(pk=file.pk).rows == 0
    assert AuditRecord.objects.filter(action="erased").count() == 1
    assert Erasure.objects.get().done is not None


def test_both_signals_one_after_the_other_are_harmless(course_key, instructor, django_capture_on_commit_callbacks):
    learner = factories.make_learner(course_key)
    factories.make_report(course_key, instructor)
    for signal in (USER_RETIRE_LMS_MISC, USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_CRITICAL):
        with django_capture_on_commit_callbacks(execute=True):
            signal.send(sender=None, user=learner)
    assert AuditRecord.objects.filter(action="erased").count() == 1
    assert Erasure.objects.get().done is not None


def test_retirement_that_is_rolled_back_erases_nothing(course_key, instructor, django_capture_on_commit_callbacks):
    learner = factories.make_learner(course_key)
    file = factories.make_report(course_key, instructor)
    with django_capture_on_commit_callbacks(execute=False):
        USER_RETIRE_LMS_CRITICAL.send(sender=None, user=learner)
    assert ReportFile.objects.get(pk=file.pk).rows == 1


def test_deleted_accounts_are_taken_out_however_many_are_deleted_at_once(
    course_key, instructor, django_capture_on_commit_callbacks
):
    factories.make_learner(course_key, "stays")
    for name in ("goes_1", "goes_2", "goes_3"):
        factories.make_learner(course_key, name)
    file = factories.make_report(course_key, instructor)
    InstructorTask.objects.all().delete()
    with django_capture_on_commit_callbacks() as callbacks:
        get_user_model().objects.filter(username__startswith="goes_").delete()
    assert [callback.__name__ for callback in callbacks].count("_queue_erasures") == 1
    for callback in callbacks:
        callback()
    assert ReportFile.objects.get(pk=file.pk).rows == 1
    assert Erasure.objects.filter(everywhere=True).exclude(done=None).count() == 3


def test_account_that_is_retired_and_deleted_later_is_looked_for_once_more(
    course_key, instructor, django_capture_on_commit_callbacks
):
    learner = factories.make_learner(course_key)
    with django_capture_on_commit_callbacks(execute=True):
        USER_RETIRE_LMS_CRITICAL.send(sender=None, user=learner)
    with django_capture_on_commit_callbacks(execute=False):
        learner.delete()
    pending = Erasure.objects.get()
    assert (pending.everywhere, pending.done) == (True, None)
    assert not connection.needs_rollback
