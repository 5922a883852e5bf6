"""The instructor tasks: Celery calls them with the platform's bookkeeping around, they call the reports."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any

from celery import Task, shared_task
from celery.exceptions import Ignore
from django.db import DatabaseError, connections
from edx_django_utils.monitoring import set_code_owner_attribute
from opaque_keys.edx.keys import CourseKey

from .platform_support import missing_part

if (part := missing_part()) is not None:
    # To Celery, which looks for this module in every app, it is then simply not there.
    raise ModuleNotFoundError(part, name=__name__)

from . import audit, erasure, heartbeats, platform_api, report_files, report_runs, reports, retention
from .data import AuditAction, Report
from .exceptions import NotToBeStarted, ReportFailed
from .models import ReportRun
from .publishing import PublishesQuickly

log = logging.getLogger(__name__)

_ACTION = "generated"
"""The platform translates this verb and shows it in its own task lists."""


class ReportTask(PublishesQuickly, platform_api.BaseInstructorTask):
    """An instructor task whose failure is told in a sentence, where the platform keeps a piece of traceback."""

    abstract = True

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        super().on_failure(exc, task_id, args, kwargs, einfo)
        code = exc.code if isinstance(exc, ReportFailed) else "unexpected"
        platform_api.set_failure_message(args[0], report_runs.sentence(code))


class PlainTask(PublishesQuickly, Task):
    """A task that the platform keeps no books of."""

    abstract = True


@shared_task(name="learner_data_plugin.tasks.profile_report", base=ReportTask)
@set_code_owner_attribute
def profile_report(entry_id: int, xblock_instance_args: dict[str, Any]) -> dict[str, Any]:
    """Make a student profile report."""
    return _run(entry_id)


@shared_task(name="learner_data_plugin.tasks.anonymized_ids_report", base=ReportTask)
@set_code_owner_attribute
def anonymized_ids_report(entry_id: int, xblock_instance_args: dict[str, Any]) -> dict[str, Any]:
    """Make a file of anonymized IDs."""
    return _run(entry_id)


@shared_task(name="learner_data_plugin.tasks.erase_learner", base=PlainTask)
@set_code_owner_attribute
def erase_learner(user_id: int) -> int:
    """Take a retired learner out of the stored reports; answers how many were changed."""
    return erasure.erase_learner(user_id)


@shared_task(name="learner_data_plugin.tasks.remove_expired", base=PlainTask)
@set_code_owner_attribute
def remove_expired() -> int:
    """Delete expired reports and old audit records, and finish erasures; answers how many reports were deleted."""
    erasure.erase_pending()
    return retention.remove_expired().files


TASKS = {Report.PROFILE: profile_report, Report.ANONYMIZED_IDS: anonymized_ids_report}


def _run(entry_id: int) -> dict[str, Any]:
    """The body of both report tasks: make the report of the run that the task was submitted for, once.

    Brokers may deliver a message twice (a Redis does when a worker has held it back for longer than its visibility timeout).
    Whatever is not to be started is ignored, so that neither Celery nor the platform's row hears of it.
    """
    task_id, task_input = platform_api.queued_task(entry_id)
    try:
        run = report_runs.start(task_input["run"], task_id)
    except NotToBeStarted as refusal:
        log.info("Task %s was delivered, but is not to be started.", task_id)
        if refusal.failure:
            platform_api.fail_task(task_id, report_runs.sentence(refusal.failure))
        raise Ignore from None
    try:
        made = platform_api.run_instructor_task(entry_id, partial(_build, run), _ACTION)
    except Exception as error:
        failure = error.code if isinstance(error, ReportFailed) else "unexpected"
        log.error("Task %s of course %s failed: %s (%s).", task_id, run.course_id, failure, type(error).__name__)
        _end(run, failure)
        # The error's own text may quote learner data, and the platform logs what is raised here.
        raise ReportFailed(failure) from None
    _follow_up(run)
    return made


def _build(
    run: ReportRun, entry_id: int, course_key: CourseKey, task_input: dict[str, Any], action_name: str
) -> dict[str, Any]:
    """What the platform calls with its bookkeeping around. Answers the platform's progress record."""
    progress = platform_api.TaskProgress(action_name, 0, time.time())
    with heartbeats.beating(run) as heartbeat:

        def on_progress(done: int, total: int) -> None:
            heartbeat.moved()
            if not is_due(done=done, total=total):
                return
            report_runs.progress(run, done=done, total=total)
            progress.total = total
            progress.attempted = progress.succeeded = done
            tell(progress)

        tell, is_due = _Teller(), _Pace()
        stored = reports.build_report(run, on_progress=on_progress)
    log.info("Task %s of course %s stored %d rows.", run.task_id, course_key, stored.rows)
    # Celery calls on_success only if its result backend is there at that moment; a finished report is finished without it.
    platform_api.finish_task(run.task_id, progress.state)
    return progress.state


class _Pace:
    """Lets the first and the last of a run's steps be recorded, and between them four a second: each is a transaction."""

    SECONDS = 0.25

    def __init__(self) -> None:
        self._last = -self.SECONDS

    def __call__(self, *, done: int, total: int) -> bool:
        now = time.monotonic()
        if done not in (0, total) and now - self._last < self.SECONDS:
            return False
        self._last = now
        return True


class _Teller:
    """Tells Celery's result backend how far a run is, until that fails: a report does not depend on it."""

    def __init__(self) -> None:
        self.is_heard = True

    def __call__(self, progress: platform_api.TaskProgress) -> None:
        if not self.is_heard:
            return
        try:
            progress.update_task_state()
        except Exception as error:  # backends raise what they like
            self.is_heard = False
            log.warning("The result backend does not take a task's progress: %s.", type(error).__name__)


def _end(run: ReportRun, failure: str) -> None:
    """Record that a run failed. If even that is not possible, it is given up when nothing was heard of it for long enough."""
    try:
        for connection in connections.all():
            connection.close_if_unusable_or_obsolete()
        if report_runs.fail(run, failure):
            platform_api.fail_task(run.task_id, report_runs.sentence(failure))
            audit.record_run(run, AuditAction.FAILED, detail=failure)
    except DatabaseError as error:
        log.error("The failure of task %s was not recorded: %s.", run.task_id, type(error).__name__)


def _follow_up(run: ReportRun) -> None:
    """What comes after a finished report, and does not undo it if it fails."""
    try:
        retention.remove_expired_files(run.course_id)
        platform_api.tracker_emit(report_files.STEMS[Report(run.report)])
    except Exception as error:
        log.error("After task %s of course %s: %s.", run.task_id, run.course_id, type(error).__name__)
