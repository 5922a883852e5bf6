"""Permissions of the instructor dashboard."""

from __future__ import annotations

from bridgekeeper import perms
from bridgekeeper.rules import is_staff
from opaque_keys.edx.keys import CourseKey
from openedx.core.lib.courses import get_course_by_id
from rest_framework.permissions import BasePermission

from lms.djangoapps.courseware.rules import HasAccessRule, HasRolesRule

CAN_RESEARCH = "instructor.research"
ENROLLMENT_REPORT = "instructor.enrollment_report"
SHOW_TASKS = "instructor.show_tasks"
VIEW_DASHBOARD = "instructor.dashboard"
VIEW_ISSUED_CERTIFICATES = "instructor.view_issued_certificates"
VIEW_ENROLLMENTS = "instructor.view_enrollments"
EDIT_COURSE_ACCESS = "instructor.edit_course_access"
CAN_ENROLL = "instructor.enroll"

perms[CAN_RESEARCH] = is_staff | HasRolesRule("data_researcher")
for _name in (ENROLLMENT_REPORT, SHOW_TASKS, VIEW_ISSUED_CERTIFICATES):
    perms[_name] = HasAccessRule("staff") | HasRolesRule("data_researcher")
perms[VIEW_DASHBOARD] = (
    HasRolesRule("staff", "instructor", "data_researcher") | HasAccessRule("staff") | HasAccessRule("instructor")
)
perms[VIEW_ENROLLMENTS] = HasAccessRule("staff")
perms[CAN_ENROLL] = HasAccessRule("staff")
perms[EDIT_COURSE_ACCESS] = HasAccessRule("instructor")


class InstructorPermission(BasePermission):
    """Whether the account has the view's ``permission_name`` in the course of the address."""

    def has_permission(self, request, view) -> bool:
        course = get_course_by_id(CourseKey.from_string(view.kwargs.get("course_id")))
        return request.user.has_perm(getattr(view, "permission_name", None), course)
