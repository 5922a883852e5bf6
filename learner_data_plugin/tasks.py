"""The Celery tasks: one that makes any report, and those that keep stored reports in order."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from celery import Task, shared_task
from celery.exceptions import Ignore, WorkerLostError
from celery.signals import task_revoked
from django.db import connection
from edx_django_utils.monitoring import set_code_owner_attribute
from opaque_keys.edx.keys import CourseKey

from .platform.compatibility import missing_part

if (part := missing_part()) is not None:
    # To Celery, which looks for this module in every app, it is then simply not there.
    raise ModuleNotFoundError(part, name=__name__)

from . import configuration
from .charts import store
from .charts.reading import REFRESH_TASK
from .exceptions import NotToBeStarted, ReportFailed, frames
from .models import ReportRun
from .platform import api as platform_api
from .platform.publishing import FailFastPublish
from .privacy import erasure, retention
from .reports import running, stale_runs
from .reports.base import get_report
from .reports.messages import failure_message
from .reports.requesting import TASK_NAME
from .schedules import occurrences

log = logging.getLogger(__name__)

_SECONDS_FOR_WEEKS = 60
"""So long weeks are counted in the background, of a course that has many which were never counted."""


class QueuedTask(FailFastPublish):
    """Mixin for task classes that puts messages into the site's QUEUE, unless the caller names another.

    It wins over the platform's EXPLICIT_QUEUES. It is given with each message because Celery 6 no longer lets a task have a
    queue of its own.
    """

    def apply_async(self, *args: Any, **options: Any) -> Any:
        if (queue := configuration.value("QUEUE")) is not None:
            options.setdefault("queue", queue)
        return super().apply_async(*args, **options)


class ReportTask(QueuedTask, platform_api.BaseInstructorTask):
    """An instructor task whose failure is told in a sentence, where the platform keeps a piece of traceback."""

    abstract = True

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        super().on_failure(exc, task_id, args, kwargs, einfo)
        code = exc.code if isinstance(exc, ReportFailed) else "unexpected"
        if isinstance(exc, WorkerLostError):  # told by the worker's main process, where the one that did the work was killed
            code = "worker_lost"
            _give_up(task_id, code)
        platform_api.set_failure_message(args[0], failure_message(code))


def _give_up(task_id: str, failure: str) -> None:
    for run in ReportRun.objects.filter(task_id=task_id, slot__isnull=False):
        stale_runs.give_up(run, failure)


@task_revoked.connect
def end_revoked_run(sender: Any = None, request: Any = None, **_kwargs: Any) -> None:
    """Say so where an operator revoked the task of a report; the worker that hears of it does."""
    if isinstance(sender, ReportTask):
        _give_up(request.id, "revoked")
        if not connection.in_atomic_block:
            connection.close()


class PlainTask(QueuedTask, Task):
    """A task that the platform keeps no books of."""

    abstract = True


@shared_task(name=TASK_NAME, base=ReportTask)
@set_code_owner_attribute
def generate_report(entry_id: int, xblock_instance_args: dict[str, Any]) -> dict[str, Any]:
    """Make the report of the run that the task was submitted for; answers the platform's progress record."""
    return _generate(entry_id)


@shared_task(name="learner_data_plugin.tasks.profile_report", base=ReportTask)
@set_code_owner_attribute
def profile_report(entry_id: int, xblock_instance_args: dict[str, Any]) -> dict[str, Any]:
    """The name under which release 1.0 queued profile reports; they are made as well."""
    return _generate(entry_id)


@shared_task(name="learner_data_plugin.tasks.anonymized_ids_report", base=ReportTask)
@set_code_owner_attribute
def anonymized_ids_report(entry_id: int, xblock_instance_args: dict[str, Any]) -> dict[str, Any]:
    """The name under which release 1.0 queued anonymized IDs; they are made as well."""
    return _generate(entry_id)


@shared_task(name="learner_data_plugin.tasks.erase_learner", base=PlainTask)
@set_code_owner_attribute
def erase_learner(user_id: int | None = None) -> int:
    """Take all learners whose erasure is pending out of the stored reports; answers how many were changed.

    Release 1.0 named one of them with each message.
    """
    return erasure.erase_pending()


@shared_task(name="learner_data_plugin.tasks.remove_expired", base=PlainTask)
@set_code_owner_attribute
def remove_expired() -> int:
    """Delete expired reports and old audit records, and finish erasures; answers how many reports were deleted."""
    return retention.remove_expired().files


@shared_task(name=REFRESH_TASK, base=PlainTask)
@set_code_owner_attribute
def refresh_charts(course_id: str) -> None:
    """Count a course anew for its charts."""
    store.refresh(CourseKey.from_string(course_id), seconds=_SECONDS_FOR_WEEKS)


def _generate(entry_id: int) -> dict[str, Any]:
    try:
        run, made = running.run_queued_report(entry_id)
    except NotToBeStarted:
        # Ignored, so that neither Celery nor the platform's row hears of it.
        raise Ignore from None
    except ReportFailed as failure:
        if failure.code != "cancelled":
            raise
        raise Ignore from None  # the platform's row says so already
    _follow_up(run)
    return made


def _follow_up(run: ReportRun) -> None:
    """What comes after a finished report, and does not undo it if it fails."""
    steps = (
        erasure.erase_pending,
        partial(retention.remove_expired_files, run.course_id),
        partial(platform_api.tracker_emit, get_report(run.report).file_stem),
        partial(occurrences.follow_up, run),
    )
    for step in steps:
        try:
            step()
        except Exception as error:
            log.error("After task %s of course %s: %s\n%s", run.task_id, run.course_id, type(error).__name__, frames(error))
