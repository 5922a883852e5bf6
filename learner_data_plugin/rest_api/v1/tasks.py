"""``tasks/``: the reports that are being made, and those that ended in the last hour."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from ... import api
from ...audit import actor_of
from . import documentation
from .base import LearnerDataView
from .documentation import documented
from .serializers import TasksAnswer


class TasksView(LearnerDataView):
    """The course's tasks of this plugin, newest first."""

    @documented(TasksAnswer, "Tasks that are queued or running, and those that ended in the last hour, newest first.")
    def get(self, request: Request, course_id: str) -> Response:
        """Answer how far each task is: ``done`` and ``total`` are rows, null while unknown; ``percent`` is 0 to 100."""
        return Response(TasksAnswer({"tasks": api.list_tasks(self.course_key, user=request.user)}).data)


class TaskView(LearnerDataView):
    """One report that is queued or running."""

    @documented(
        documentation.NOTHING,
        "The report was canceled: nothing of it is stored.",
        status=204,
        errors={
            403: "permission_denied or csrf_failed; cancellation_refused: others asked for this report.",
            404: "course_not_found, or task_not_found: there is no such report under way.",
        },
    )
    def delete(self, request: Request, course_id: str, task_id: str) -> Response:
        """Cancel the report; 204. Its requester, Admins and global staff may."""
        api.cancel_report(self.course_key, task_id, user=request.user, by=actor_of(request))
        return Response(status=204)
