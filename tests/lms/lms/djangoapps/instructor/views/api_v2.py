"""What the instructor dashboard of the newest platform asks the LMS for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from common.djangoapps.student.models import CourseEnrollment
from django.conf import settings
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from openedx.core.lib.api.view_utils import DeveloperErrorViewMixin
from openedx.core.lib.courses import get_course_by_id
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lms.djangoapps.instructor import permissions
from lms.djangoapps.instructor.tabs_filter import TabsRequested


class CourseMetadata(DeveloperErrorViewMixin, APIView):
    """A course as its dashboard introduces it, with the tabs that its user may open."""

    permission_classes = (IsAuthenticated, permissions.InstructorPermission)
    permission_name = permissions.VIEW_DASHBOARD

    def get(self, request: Request, course_id: str) -> Response:
        """Answer name, numbers and tabs."""
        course_key = CourseKey.from_string(course_id)
        course = get_course_by_id(course_key)
        return Response(
            {
                "course_id": str(course_key),
                "display_name": course.display_name,
                "org": course_key.org,
                "course_number": course_key.course,
                "course_run": course_key.run,
                "permissions": {"admin": request.user.is_staff},
                "enrollment_counts": dict(CourseEnrollment.objects.enrollment_counts(course_key)),
                "tabs": sorted(requested_tabs(request.user, course_key), key=lambda tab: tab.get("sort_order", 1000)),
            }
        )


def requested_tabs(user: Any, course_key: CourseKey) -> list[dict[str, Any]]:
    """Return the tabs after plugins have had their say."""
    try:
        answer = TabsRequested.run_filter(tabs=_own_tabs(user, course_key), user=user, course_key=course_key)
    except TabsRequested.PreventTabsGeneration as prevented:
        return getattr(prevented, "tabs", None) or []
    # A list in release 3.4.0, the tabs with their arguments later.
    return answer[0] if isinstance(answer, tuple) else answer


def _own_tabs(user: Any, course_key: CourseKey) -> list[dict[str, Any]]:
    # Without the origin: the dashboard takes what begins with a slash for an address of its own.
    base = f"{urlsplit(settings.INSTRUCTOR_MICROFRONTEND_URL).path.rstrip('/')}/{course_key}"
    tabs = [
        {"tab_id": "course_info", "title": _("Course Info"), "url": f"{base}/course_info", "sort_order": 10},
        {"tab_id": "enrollments", "title": _("Enrollments"), "url": f"{base}/enrollments", "sort_order": 20},
    ]
    if user.has_perm(permissions.CAN_RESEARCH, course_key):
        tabs.append(
            {"tab_id": "data_downloads", "title": _("Data Downloads"), "url": f"{base}/data_downloads", "sort_order": 60}
        )
    return tabs
