"""What an account may do with a course."""

from __future__ import annotations

from common.djangoapps.student.roles import (
    CourseInstructorRole,
    CourseStaffRole,
    GlobalStaff,
    OrgInstructorRole,
    OrgStaffRole,
)
from django.contrib.auth.models import AnonymousUser
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from xmodule.course_block import CourseBlock

from .access_response import ACCESS_DENIED, ACCESS_GRANTED, AccessResponse
from .masquerade import get_masquerade_role, is_masquerading_as_student


def has_access(user, action: str, obj, course_key: CourseKey | None = None) -> AccessResponse:
    """Whether the account may do this; ``staff`` and ``instructor`` on a course or its key, ``staff`` on ``global``.

    The platform's other actions (``load``, ``enroll``…) are left out. Raises TypeError for another kind of object,
    ValueError for another action.
    """
    user = user or AnonymousUser()
    if isinstance(obj, CourseBlock | CourseOverview | CourseKey):
        if action not in ("staff", "instructor"):
            raise ValueError(f"Unknown action for object type '{type(obj)}': '{action}'")
        return _has_access_to_course(user, action, obj if isinstance(obj, CourseKey) else obj.id)
    if isinstance(obj, str):
        if action != "staff":
            raise ValueError(f"Unknown action for object type '{type(obj)}': '{action}'")
        return ACCESS_GRANTED if obj == "global" and GlobalStaff().has_user(user) else ACCESS_DENIED
    raise TypeError(f"Unknown object type in has_access(): '{type(obj)}'")


def administrative_accesses_to_course_for_user(user, course_key: CourseKey) -> tuple[bool, bool, bool]:
    """Whether the account is global staff, staff and instructor of the course."""
    return (
        GlobalStaff().has_user(user),
        CourseStaffRole(course_key).has_user(user) or OrgStaffRole(course_key.org).has_user(user),
        CourseInstructorRole(course_key).has_user(user) or OrgInstructorRole(course_key.org).has_user(user),
    )


def get_user_role(user, course_key: CourseKey) -> str:
    """``instructor``, ``staff`` or ``student``: the role played, if one is being played."""
    role = get_masquerade_role(user, course_key)
    if role:
        return role
    for level in ("instructor", "staff"):
        if has_access(user, level, course_key):
            return level
    return "student"


def _has_access_to_course(user, level: str, course_key: CourseKey) -> AccessResponse:
    if not user.is_authenticated or is_masquerading_as_student(user, course_key):
        return ACCESS_DENIED
    is_global_staff, is_staff, is_instructor = administrative_accesses_to_course_for_user(user, course_key)
    is_allowed = is_global_staff or is_instructor or (is_staff and level == "staff")
    return ACCESS_GRANTED if is_allowed else ACCESS_DENIED
