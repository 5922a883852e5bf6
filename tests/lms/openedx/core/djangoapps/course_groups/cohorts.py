"""Which courses have cohorts, and who is in which."""

from __future__ import annotations

from common.djangoapps.student.models import get_user_by_username_or_email
from django.contrib.auth.models import User
from opaque_keys.edx.keys import CourseKey

from openedx.core.lib.cache_utils import request_cached
from openedx.core.lib.courses import get_course_by_id

from .models import CohortMembership, CourseCohort, CourseCohortsSettings, CourseUserGroup

DEFAULT_COHORT_NAME = "Default Group"


def is_course_cohorted(course_key: CourseKey) -> bool:
    """Whether the course has cohorts on; makes the settings row from the course, Http404 if there is no course."""
    return _settings(course_key).is_cohorted


def set_course_cohorted(course_key: CourseKey, cohorted: bool) -> None:
    """Switch cohorts on or off."""
    if not isinstance(cohorted, bool):
        raise ValueError("Cohorted must be a boolean")
    settings = _settings(course_key)
    settings.is_cohorted = cohorted
    settings.save()


@request_cached()
def _settings(course_key: CourseKey) -> CourseCohortsSettings:
    stored = CourseCohortsSettings.objects.filter(course_id=course_key).first()
    if stored is not None:
        return stored
    course = get_course_by_id(course_key)
    return CourseCohortsSettings.objects.get_or_create(
        course_id=course.id, defaults={"is_cohorted": course.is_cohorted}
    )[0]


def add_cohort(course_key: CourseKey, name: str, assignment_type: str) -> CourseUserGroup:
    """Make a cohort; raises ValueError if there is one of that name."""
    if is_cohort_exists(course_key, name):
        raise ValueError("You cannot create two cohorts with the same name")
    return CourseCohort.create(name, course_key, assignment_type=assignment_type).course_user_group


def is_cohort_exists(course_key: CourseKey, name: str) -> bool:
    return CourseUserGroup.objects.filter(course_id=course_key, group_type=CourseUserGroup.COHORT, name=name).exists()


def add_user_to_cohort(cohort: CourseUserGroup, username_or_email_or_user: User | str) -> tuple[User, str | None, bool]:
    """Put a learner into a cohort: the account, the cohort left, and False (nobody is preassigned here)."""
    user = username_or_email_or_user
    if isinstance(user, str):
        user = get_user_by_username_or_email(user)
    _, previous = CohortMembership.assign(cohort, user)
    return user, getattr(previous, "name", None), False


def remove_user_from_cohort(cohort: CourseUserGroup, username_or_email: str) -> None:
    """Take a learner out of a cohort; raises ValueError if not in it."""
    user = get_user_by_username_or_email(username_or_email)
    membership = CohortMembership.objects.filter(course_user_group=cohort, user=user).first()
    if membership is None:
        raise ValueError(f"User {username_or_email} was not present in cohort {cohort}")
    membership.delete()
