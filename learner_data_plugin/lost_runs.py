"""Giving up reports that nobody works on any more, and clearing away what they left in the report store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from . import audit, platform_api, report_files, report_runs
from .data import AuditAction
from .models import ReportRun

_ENDED_TASK_SECONDS = 60
"""So long after a task was ended from outside, its run is too; the platform and we never end the two at the same instant."""


def clear(course_key: CourseKey) -> None:
    """Give up the lost runs of a course (1 query where none is under way).

    A running one is lost after STALE_AFTER_SECONDS without a sign of life, a queued one after QUEUE_TIMEOUT_SECONDS, and
    either when its task was ended by an operator.
    """
    _clear(ReportRun.objects.filter(course_id=course_key, slot__isnull=False))


def clear_all() -> None:
    """Give up the lost runs of all courses, and remove content that belongs to no report, as lost workers leave it."""
    _clear(ReportRun.objects.filter(slot__isnull=False))
    ended = ReportRun.objects.filter(slot=None).exclude(stored_path="")
    for run in ended.filter(Q(file=None) | ~Q(stored_path=F("file__path"))).iterator():
        report_files.clear_away(run.pk, run.stored_path)


def _clear(under_way: Iterable[ReportRun]) -> None:
    runs = list(under_way)
    long_ago = timezone.now() - timedelta(seconds=_ENDED_TASK_SECONDS)
    ended = platform_api.ended_tasks([run.task_id for run in runs if run.task_id], before=long_ago) if runs else ()
    for run in runs:
        if report_runs.is_stale(run) or run.task_id in ended:
            _give_up(run)


def _give_up(run: ReportRun) -> None:
    failure = "worker_lost" if run.started else "never_started"
    if report_runs.fail(run, failure):
        platform_api.fail_task(run.task_id, report_runs.sentence(failure))
        audit.record_run(run, AuditAction.FAILED, detail=failure)
        if run.stored_path:
            report_files.clear_away(run.pk, run.stored_path)
