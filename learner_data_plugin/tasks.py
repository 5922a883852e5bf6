"""The instructor tasks: Celery calls them with the platform's bookkeeping around, they call the reports."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import Task, shared_task
from edx_django_utils.monitoring import set_code_owner_attribute
from opaque_keys.edx.keys import CourseKey

from .platform_support import missing_part

if (part := missing_part()) is not None:
    # To Celery, which looks for this module in every app, it is then simply not there.
    raise ModuleNotFoundError(part, name=__name__)

from . import audit, erasure, platform_api, report_files, report_runs, reports, retention
from .data import AuditAction, Report
from .exceptions import ReportFailed
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
    return platform_api.run_instructor_task(entry_id, _build, _ACTION)


@shared_task(name="learner_data_plugin.tasks.anonymized_ids_report", base=ReportTask)
@set_code_owner_attribute
def anonymized_ids_report(entry_id: int, xblock_instance_args: dict[str, Any]) -> dict[str, Any]:
    """Make a file of anonymized IDs."""
    return platform_api.run_instructor_task(entry_id, _build, _ACTION)


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


def _build(entry_id: int, course_key: CourseKey, task_input: dict[str, Any], action_name: str) -> dict[str, Any]:
    """The body of both tasks: ``task_input`` names the run, which knows the rest. Answers the platform's progress record."""
    began = time.time()
    run = report_runs.start(task_input["run"], platform_api.task_id(entry_id))
    progress = platform_api.TaskProgress(action_name, 0, began)

    def on_progress(done: int, total: int) -> None:
        report_runs.progress(run, done=done, total=total)
        progress.total = total
        progress.attempted = progress.succeeded = done
        progress.update_task_state()

    try:
        stored = reports.build_report(run, on_progress=on_progress)
    except Exception as error:
        failure = error.code if isinstance(error, ReportFailed) else "unexpected"
        log.error("Task %s of course %s failed: %s (%s).", run.task_id, course_key, failure, type(error).__name__)
        report_runs.fail(run, failure)
        audit.record_run(run, AuditAction.FAILED, detail=failure)
        # The error's own text may quote learner data, and the platform logs what is raised here.
        raise ReportFailed(failure) from None
    audit.record_run(run, AuditAction.GENERATED, file=stored)
    retention.remove_expired_files(course_key)
    platform_api.tracker_emit(report_files.STEMS[Report(run.report)])
    log.info("Task %s of course %s stored %d rows.", run.task_id, course_key, stored.rows)
    return progress.state

