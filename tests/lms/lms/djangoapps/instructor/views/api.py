"""The dashboard's own lists of tasks and of report files."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from opaque_keys.edx.keys import CourseKey
from openedx.core.lib.api.view_utils import DeveloperErrorViewMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lms.djangoapps.instructor import permissions
from lms.djangoapps.instructor.views.instructor_task_helpers import extract_task_features
from lms.djangoapps.instructor_task.api import get_running_instructor_tasks
from lms.djangoapps.instructor_task.models import ReportStore


class InstructorTasks(DeveloperErrorViewMixin, APIView):
    """Tasks that run in a course."""

    permission_classes = (IsAuthenticated, permissions.InstructorPermission)
    permission_name = permissions.SHOW_TASKS

    def get(self, request: Request, course_id: str) -> Response:
        """Answer the tasks as their rows are, newest first."""
        tasks = get_running_instructor_tasks(CourseKey.from_string(course_id))
        return Response({"tasks": [extract_task_features(task) for task in tasks]})


class ReportDownloads(DeveloperErrorViewMixin, APIView):
    """Files in the report store's directory of a course."""

    permission_classes = (IsAuthenticated, permissions.InstructorPermission)
    permission_name = permissions.CAN_RESEARCH

    def get(self, request: Request, course_id: str) -> Response:
        """Answer names and addresses, newest first."""
        links = ReportStore.from_config("GRADES_DOWNLOAD").links_for(CourseKey.from_string(course_id))
        return Response({"downloads": [_download(name, url) for name, url in links]})


class PostedInstructorTasks(InstructorTasks):
    """The same list as the legacy dashboard asks for it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, course_id: str) -> Response:
        """Answer the tasks."""
        return self.get(request, course_id)


class PostedReportDownloads(ReportDownloads):
    """The same list as the legacy dashboard asks for it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, course_id: str) -> Response:
        """Answer the files."""
        return self.get(request, course_id)


def _download(name: str, url: str) -> dict[str, Any]:
    return {"name": name, "url": url, "link": format_html('<a href="{}">{}</a>', url, name)}
