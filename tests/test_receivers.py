"""The platform's signals of an account that is being retired."""

from __future__ import annotations

import pytest
from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_MISC

from learner_data_plugin.models import AuditRecord, PendingErasure, ReportFile

from . import factories


@pytest.mark.parametrize("signal", [USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_MISC], ids=["critical", "misc"])
def test_retirement_takes_the_learner_out_once_it_is_committed(
    signal, course_key, instructor, django_capture_on_commit_callbacks
):
    learner = factories.make_learner(course_key)
    file = factories.make_report(course_key, instructor)
    with django_capture_on_commit_callbacks(execute=True):
        signal.send(sender=None, user=learner)
        assert PendingErasure.objects.get().user_id == learner.pk
        assert ReportFile.objects.get(pk=file.pk).rows == 1
        # What the platform does after the signal.
        learner.username, learner.is_active = "retired__user_0123", False
        learner.save()
    assert ReportFile.objects.get(pk=file.pk).rows == 0
    assert AuditRecord.objects.filter(action="erased").count() == 1
    assert not PendingErasure.objects.exists()


def test_both_signals_one_after_the_other_are_harmless(course_key, instructor, django_capture_on_commit_callbacks):
    learner = factories.make_learner(course_key)
    factories.make_report(course_key, instructor)
    for signal in (USER_RETIRE_LMS_MISC, USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_CRITICAL):
        with django_capture_on_commit_callbacks(execute=True):
            signal.send(sender=None, user=learner)
    assert AuditRecord.objects.filter(action="erased").count() == 1
    assert not PendingErasure.objects.exists()


def test_retirement_that_is_rolled_back_erases_nothing(course_key, instructor, django_capture_on_commit_callbacks):
    learner = factories.make_learner(course_key)
    file = factories.make_report(course_key, instructor)
    with django_capture_on_commit_callbacks(execute=False):
        USER_RETIRE_LMS_CRITICAL.send(sender=None, user=learner)
    assert ReportFile.objects.get(pk=file.pk).rows == 1
