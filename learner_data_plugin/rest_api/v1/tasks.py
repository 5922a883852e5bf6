"""``tasks/``: the reports that are being made, and those that ended in the last hour."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from ...data import TaskStatus
from . import documentation
from .base import LearnerDataView


class TasksView(LearnerDataView):
    """The course's tasks of this plugin, newest first."""

    @documentation.documented(documentation.TASKS)
    def get(self, request: Request, course_id: str) -> Response:
        """Answer how far each task is: ``done`` and ``total`` are rows, null while unknown; ``percent`` is 0 to 100."""
        return Response({"tasks": [_task(status) for status in api.list_tasks(self.course_key)]})


def _task(status: TaskStatus) -> dict[str, Any]:
    return {
        "task_id": status.task_id,
        "report": status.report,
        "format": status.file_format,
        "state": status.state,
        "requester": status.requester,
        "created": status.created.isoformat(),
        "done": status.done,
        "total": status.total,
        "percent": status.percent,
        "message": status.message,
        "age_seconds": status.age_seconds,
        "stale": status.stale,
        "report_name": status.report_name,
    }
