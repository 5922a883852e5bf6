"""What a worker does with a queued report: start it once, build it, report its progress, and record how it ended."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any

from django.db import DatabaseError, connections
from opaque_keys.edx.keys import CourseKey

from .. import configuration, permissions
from ..exceptions import NotToBeStarted, ReportFailed, ReportNotFound, UnknownReport, frames
from ..models import ReportRun
from ..platform import api as platform_api
from . import building, heartbeat, runs, sources, turns
from .base import get_report
from .messages import failure_message

log = logging.getLogger(__name__)

_ACTION = "generated"
"""The platform translates this verb and shows it in its own task lists."""


def run_queued_report(entry_id: int) -> tuple[ReportRun, dict[str, Any]]:
    """Make the report of the run that an instructor task was submitted for; returns it and the platform's progress record.

    Brokers may deliver a message twice (a Redis does when a worker has held it back for longer than its visibility timeout):
    raises NotToBeStarted for a run that is in work or has ended. Raises ReportFailed once the failure is recorded.
    """
    task_id, task_input = platform_api.queued_task(entry_id)
    try:
        run = runs.start(task_input["run"], task_id)
    except NotToBeStarted as refusal:
        log.info("Task %s was delivered, but is not to be started.", task_id)
        if refusal.failure:
            platform_api.fail_task(task_id, failure_message(refusal.failure))
        raise
    try:
        made = platform_api.run_instructor_task(entry_id, partial(_build, run), _ACTION)
    except Exception as error:
        failure = error.code if isinstance(error, ReportFailed) else "unexpected"
        if _was_cancelled(run):  # its half file, which went with it, is missed by a storage that is still writing
            failure = "cancelled"
        where = f"\n{frames(error)}" if failure == "unexpected" else ""
        level = logging.WARNING if failure == "cancelled" else logging.ERROR
        log.log(
            level, "Task %s of course %s failed: %s (%s)%s", task_id, run.course_id, failure, type(error).__name__, where
        )
        _record_failure(run, failure)
        if failure == "cancelled":
            platform_api.cancel_task(task_id, failure_message(failure))
        # The error's own text may quote learner data, and the platform logs what is raised here.
        raise ReportFailed(failure) from None
    return run, made


def _build(
    run: ReportRun, entry_id: int, course_key: CourseKey, task_input: dict[str, Any], action_name: str
) -> dict[str, Any]:
    """What the platform calls with its bookkeeping around. Answers the platform's progress record."""
    progress = platform_api.TaskProgress(action_name, 0, time.time())
    reporter, limiter = ProgressReporter(), RateLimiter()
    with heartbeat.beating(run) as beat:

        def on_progress(done: int, total: int) -> None:
            beat.moved()
            progress.total = total
            progress.attempted = progress.succeeded = done
            if limiter.allows():
                runs.progress(run, done=done, total=total)
                reporter.report(progress)

        with configuration.as_requested(runs.in_force(run)):
            if run.requester is None or not permissions.can_access_learner_data(run.requester, course_key):
                raise ReportFailed("access_lost")
            try:
                sources.find(course_key, get_report(run.report).sources(run.selection), user=run.requester)
            except UnknownReport:
                raise ReportFailed("report_unavailable") from None
            except ReportNotFound:
                raise ReportFailed("earlier_gone") from None
            stored = building.build_report(run, on_progress=on_progress)
    log.info("Task %s of course %s stored %d rows.", run.task_id, course_key, stored.rows)
    # Celery calls on_success only if its result backend is there at that moment; a finished report is finished without it.
    platform_api.finish_task(run.task_id, progress.state)
    turns.start_next(course_key, run.report)
    return progress.state


class RateLimiter:
    """Lets four of a run's steps be recorded in a second: each is a transaction. Small reports are done before the first."""

    SECONDS = 0.25

    def __init__(self) -> None:
        self._last = time.monotonic()

    def allows(self) -> bool:
        now = time.monotonic()
        if now - self._last < self.SECONDS:
            return False
        self._last = now
        return True


class ProgressReporter:
    """Tells Celery's result backend how far a run is, until that fails: a report does not depend on it."""

    def __init__(self) -> None:
        self.enabled = True

    def report(self, progress: platform_api.TaskProgress) -> None:
        if not self.enabled:
            return
        try:
            progress.update_task_state()
        except Exception as error:  # backends raise what they like
            self.enabled = False
            log.warning("The result backend does not take a task's progress: %s.", type(error).__name__)


def _was_cancelled(run: ReportRun) -> bool:
    try:
        return runs.end_of(run) == "cancelled"
    except DatabaseError:
        return False


def _record_failure(run: ReportRun, failure: str) -> None:
    """Record that a run failed. If even that is not possible, it is ended as stale later."""
    try:
        for connection in connections.all():
            if not connection.in_atomic_block:  # of the request, where a site runs tasks at once
                connection.close_if_unusable_or_obsolete()
        if runs.fail(run, failure):
            platform_api.fail_task(run.task_id, failure_message(failure))
            turns.start_next(run.course_id, run.report)
    except DatabaseError as error:
        log.error("The failure of task %s was not recorded: %s.", run.task_id, type(error).__name__)
