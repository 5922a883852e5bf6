"""Giving up reports that nobody works on any more, and clearing away what they left in the report store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db.models import F, Q
from opaque_keys.edx.keys import CourseKey

from ..models import ReportRun
from ..platform import api as platform_api
from ..platform import clock
from . import files, runs, turns
from .messages import failure_message

_ENDED_TASK_SECONDS = 60
"""So long after a task was ended from outside, its run is too; the platform and we never end the two at the same instant."""


def clear(course_key: CourseKey) -> None:
    """Give up the lost runs of a course (1 query where none is under way, else 3).

    A running one is lost when it is silent, see :func:`.runs.is_lost`, a queued one after QUEUE_TIMEOUT_SECONDS, and either
    when its task was ended by an operator. One that waits is queued where the report before it has ended.
    """
    _clear(ReportRun.objects.filter(course_id=course_key, slot__isnull=False))


def clear_all() -> None:
    """Give up the lost runs of all courses, and remove content that belongs to no report, as lost workers leave it."""
    _clear(ReportRun.objects.filter(slot__isnull=False))
    ended = ReportRun.objects.filter(slot=None).exclude(stored_path="")
    for run in ended.filter(Q(file=None) | ~Q(stored_path=F("file__path"))):
        # Claimed first: an erasure may be about to enter this content as its report's.
        if ReportRun.objects.filter(pk=run.pk, stored_path=run.stored_path).update(clearing=True):
            files.clear_away(run.pk, run.stored_path)


def _clear(under_way: Iterable[ReportRun]) -> None:
    if not (found := list(under_way)):
        return
    now = clock.now()
    long_ago = now - timedelta(seconds=_ENDED_TASK_SECONDS)
    ended = platform_api.ended_tasks([run.task_id for run in found if run.task_id], before=long_ago)
    for run in found:
        if run.task_id in ended:
            give_up(run, "revoked")
        elif runs.is_lost(run, now):
            _give_up(run, "worker_lost" if run.started else "never_started", runs.fail_if_silent)
    places = {run.slot for run in found}
    for run in found:
        # Elsewhere the next in turn is queued at once; this is for what ended without a word.
        if run.slot is not None and not runs.has_place(run) and runs.slot_of(run.course_id, run.report) not in places:
            turns.start_next(run.course_id, run.report)


def give_up(run: ReportRun, failure: str) -> None:
    """End a run that nobody works on any more, unless it has ended already."""
    _give_up(run, failure, runs.fail)


def _give_up(run: ReportRun, failure: str, fail: Callable[[ReportRun, str], bool]) -> None:
    if not fail(run, failure):
        return
    platform_api.fail_task(run.task_id, failure_message(failure))
    if run.stored_path:
        files.clear_away(run.pk, run.stored_path)
    turns.start_next(run.course_id, run.report)
