"""Canceling a report that is queued or running."""

from __future__ import annotations

import logging
from functools import partial

from opaque_keys.edx.keys import CourseKey

from .. import audit
from ..data import Actor, AuditAction
from ..exceptions import CancellationRefused, TaskNotFound
from ..models import ReportRun
from ..platform import api as platform_api
from ..platform.publishing import revoke
from . import files, runs, turns
from .messages import failure_message
from .visibility import Roles, is_visible

log = logging.getLogger(__name__)

FAILURE = "cancelled"


def cancel(course_key: CourseKey, task_id: str, *, by: Actor, may_cancel_any: bool, roles: Roles = None) -> None:
    """End a queued or running report; its place is free then, and nothing of it stays in the report store.

    A worker that is making it stops at its next step. Raises TaskNotFound, also for one that these roles may not see, and
    CancellationRefused for one that others asked for.
    """
    run = _find(course_key, task_id)
    if run is None or not is_visible(run, roles):
        raise TaskNotFound
    facts = {"by": by, "report": run.report, "file_format": run.file_format, "purpose": run.purpose}
    if not may_cancel_any and (run.requester_id is None or run.requester_id != by.user_id):
        audit.record(AuditAction.CANCELLATION_REFUSED, course_key, **facts)
        raise CancellationRefused
    requester = run.requester.username if run.requester else ""
    record = partial(audit.record, AuditAction.CANCELLED, course_key, detail=requester, **facts)
    if not runs.fail(run, FAILURE, record=record):
        raise TaskNotFound
    platform_api.cancel_task(task_id, failure_message(FAILURE))
    try:
        revoke(task_id)
    except Exception as error:  # of the broker; no worker starts a run that has ended
        log.warning("Task %s was not revoked: %s.", task_id, type(error).__name__)
    run.refresh_from_db(fields=["stored_path"])
    if run.stored_path:
        files.clear_away(run.pk, run.stored_path)
    turns.start_next(course_key, run.report)


def _find(course_key: CourseKey, task_id: str) -> ReportRun | None:
    rows = ReportRun.objects.filter(course_id=course_key, task_id=task_id, ended=None).select_related("requester")
    # Compared exactly, whatever the database's collation takes for the same.
    return next((run for run in rows if run.task_id == task_id and run.course_id == course_key), None)
