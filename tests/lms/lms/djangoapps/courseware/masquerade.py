"""Staff who look at a course as a learner would."""

from __future__ import annotations

from dataclasses import dataclass

from common.djangoapps.student.models import CourseEnrollment
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from opaque_keys.edx.keys import CourseKey

MASQUERADE_SETTINGS_KEY = "masquerade_settings"


@dataclass
class CourseMasquerade:
    """As whom one looks at one course."""

    course_key: CourseKey
    role: str = "student"
    user_partition_id: int | None = None
    group_id: int | None = None
    user_name: str | None = None


def setup_masquerade(
    request: HttpRequest, course_key: CourseKey, staff_access: bool = False, reset_masquerade_data: bool = False
) -> tuple[CourseMasquerade | None, User]:
    """Take the masquerades of the session over to ``request.user``; answer this course's, and as whom one acts."""
    if request.user is None or not settings.FEATURES.get("ENABLE_MASQUERADE", False) or not staff_access:
        return None, request.user
    masquerades = request.session.setdefault(MASQUERADE_SETTINGS_KEY, {})
    request.user.masquerade_settings = masquerades
    masquerade = masquerades.get(course_key)
    if masquerade is None or not masquerade.user_name:
        return masquerade, request.user
    learner = CourseEnrollment.objects.users_enrolled_in(course_key).filter(username=masquerade.user_name).first()
    if learner is None:
        del masquerades[course_key]
        request.session.modified = True
        return None, request.user
    learner.masquerade_settings = masquerades
    learner.real_user = request.user
    return masquerade, learner


def get_course_masquerade(user: User, course_key: CourseKey) -> CourseMasquerade | None:
    return getattr(user, "masquerade_settings", {}).get(course_key)


def get_masquerade_role(user: User, course_key: CourseKey) -> str | None:
    """``staff`` or ``student``, None for somebody who is not masquerading."""
    masquerade = get_course_masquerade(user, course_key)
    return masquerade.role if masquerade else None


def is_masquerading(user: User, course_key: CourseKey, course_masquerade: CourseMasquerade | None = None) -> bool:
    return (course_masquerade or get_course_masquerade(user, course_key)) is not None


def is_masquerading_as_student(user: User, course_key: CourseKey) -> bool:
    return get_masquerade_role(user, course_key) == "student"
