"""Handing tasks to Celery, and asking it what became of them."""

from __future__ import annotations

import json
import logging
from typing import Any

from celery.result import AsyncResult
from celery.states import FAILURE, READY_STATES, REVOKED, SUCCESS
from common.djangoapps.util.db import outer_atomic
from django.http import HttpRequest
from django.utils.translation import gettext as _

from .models import PROGRESS, InstructorTask

log = logging.getLogger(__name__)


class AlreadyRunningError(Exception):
    """The same task runs already."""

    message = _("Requested task is already running")

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class QueueConnectionError(Exception):
    """The task could not be handed to Celery."""

    message = _("Error occured. Please try again later.")

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


_REPORT_NAMES = {
    "grade_course": _("grade"),
    "may_enroll_info_csv": _("enrollment"),
    "profile_info_csv": _("enrolled learner profile"),
}


def generate_already_running_error_message(task_type: str) -> str:
    """Return the sentence for a built-in report that runs already; nothing for other tasks."""
    report_type = _REPORT_NAMES.get(task_type)
    if report_type is None:
        return ""
    return _(
        "The {report_type} report is being created. "
        "To view the status of the report, see Pending Tasks below. "
        "You will be able to download the report when it is complete."
    ).format(report_type=report_type)


def _reserve_task(
    course_id: Any, task_type: str, task_key: str, task_input: dict[str, Any], requester: Any
) -> InstructorTask:
    """Store the row of a new task unless the same one runs. As on the platform, nothing is locked in between."""
    same = InstructorTask.objects.filter(course_id=course_id, task_type=task_type, task_key=task_key)
    if same.exclude(task_state__in=READY_STATES).exists():
        raise AlreadyRunningError(generate_already_running_error_message(task_type))
    return InstructorTask.create(course_id, task_type, task_key, task_input, requester)


def _get_xblock_instance_args(request: HttpRequest, task_id: str) -> dict[str, Any]:
    return {
        "request_info": {
            "username": request.user.username,
            "user_id": request.user.id,
            "ip": request.META["REMOTE_ADDR"],
            "agent": request.META.get("HTTP_USER_AGENT", "").encode().decode("latin1"),
            "host": request.META["SERVER_NAME"],
        },
        "task_id": task_id,
    }


def submit_task(
    request: HttpRequest, task_type: str, task_class: Any, course_key: Any, task_input: dict[str, Any], task_key: str
) -> InstructorTask:
    """Reserve a task and hand it to Celery; not inside a transaction.

    Raises AlreadyRunningError, or QueueConnectionError after which the row holds the bare text of what went wrong.
    """
    with outer_atomic():
        task = _reserve_task(course_key, task_type, task_key, task_input, request.user)
    try:
        task_class.apply_async([task.id, _get_xblock_instance_args(request, task.task_id)], task_id=task.task_id)
    except Exception as error:
        task.task_state = FAILURE
        task.task_output = str(error) or task.task_output
        task.save()
        raise QueueConnectionError from error
    return task


def _update_instructor_task(task: InstructorTask, result: AsyncResult) -> None:
    """Bring the object up to date with what Celery knows; only a revoked task is saved."""
    # State first: if the task goes on meanwhile, the result is the newer of the two.
    state, value, traceback = result.state, result.result, result.traceback
    if task.task_state == PROGRESS and task.subtasks:
        return
    output = None
    if state in (PROGRESS, SUCCESS):
        output = InstructorTask.create_output_for_success(value)
    elif state == FAILURE:
        output = InstructorTask.create_output_for_failure(value, traceback)
    elif state == REVOKED:
        output = InstructorTask.create_output_for_revoked()
    task.task_state = state
    if output is not None:
        task.task_output = output
    if state == REVOKED:
        task.save()


def get_updated_instructor_task(task_id: str) -> InstructorTask | None:
    """Return the task with its present state, of which the database knows nothing before the end; None if unknown."""
    task = InstructorTask.objects.filter(task_id=task_id).first()
    if task is None:
        log.warning("query for InstructorTask status failed: task_id=(%s) not found", task_id)
        return None
    if task.task_state not in READY_STATES:
        _update_instructor_task(task, AsyncResult(task_id))
    return task


def get_status_from_instructor_task(instructor_task: InstructorTask | None) -> dict[str, Any]:
    """Return the state of a task as a dictionary. Raises ValueError if its output is not JSON."""
    if instructor_task is None:
        return {}
    status = {
        "task_id": instructor_task.task_id,
        "task_state": instructor_task.task_state,
        "in_progress": instructor_task.task_state not in READY_STATES,
    }
    if instructor_task.task_output is not None:
        status["task_progress"] = json.loads(instructor_task.task_output)
    return status
