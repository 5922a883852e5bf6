"""What people are told about the state of a task."""

from __future__ import annotations

import json
from typing import Any

from celery.states import FAILURE, READY_STATES, REVOKED
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .api_helper import get_status_from_instructor_task, get_updated_instructor_task
from .models import PROGRESS, InstructorTask

STATES_WITH_STATUS = [*READY_STATES, PROGRESS]


def instructor_task_status(request: HttpRequest) -> HttpResponse:
    """Answer the state of the task named by ``task_id``; as on the platform, to anybody who knows the id."""
    task_id = request.GET.get("task_id") or request.POST.get("task_id")
    answer: dict[str, Any] = {}
    if task_id:
        task = get_updated_instructor_task(task_id)
        answer = get_status_from_instructor_task(task)
        if task is not None and task.task_state in STATES_WITH_STATUS:
            answer["succeeded"], answer["message"] = get_task_completion_info(task)
    return HttpResponse(json.dumps(answer, indent=4))


def get_task_completion_info(instructor_task: InstructorTask) -> tuple[bool, str]:
    """Return whether a task succeeded and a sentence about it; reports never count as succeeded, as on the platform."""
    state = instructor_task.task_state
    if state not in STATES_WITH_STATUS or instructor_task.task_output is None:
        return False, _("No status information available")
    try:
        output = json.loads(instructor_task.task_output)
    except ValueError:
        return False, _("No parsable status information available")
    if state in (FAILURE, REVOKED):
        return False, output.get("message", _("No message provided"))
    if any(key not in output for key in ("action_name", "attempted", "total")):
        return False, _("No progress status information available")
    return False, _sentence(state, output)


def _sentence(state: str, output: dict[str, Any]) -> str:
    text = (
        _("Progress: {action} {succeeded} of {attempted} so far")
        if state == PROGRESS
        else _("Status: {action} {succeeded} of {attempted}")
    )
    skipped = output.get("skipped", 0)
    if skipped > 0:
        text += _(" (skipping {skipped})")
    if output["attempted"] != output["total"]:
        text += _(" (out of {total})")
    return text.format(
        action=_(output["action_name"]),
        succeeded=output.get("updated", 0) + output.get("succeeded", 0),
        attempted=output["attempted"],
        total=output["total"],
        skipped=skipped,
    )
