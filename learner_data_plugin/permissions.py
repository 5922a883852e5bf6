"""Who may see learner data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opaque_keys.edx.keys import CourseKey

from .platform_support import missing_part

if missing_part() is None:  # the platform's bridgekeeper imports this module of every app, whatever is missing
    from . import configuration, platform_api


def can_access_learner_data(user: Any, course_key: CourseKey) -> bool:
    """Whether this account may see and fetch the learner data of a course at this moment.

    Global staff may, and members of the course team with a role that the site's ROLES names, for the course or for its
    organisation. Roles are read afresh on every call (one query), so one that was just taken away no longer counts. They
    are compared exactly: unlike in the platform's own checks, limited staff do not count as staff.
    """
    return _may_see(user, course_key) and not is_masquerading_as_learner(user, course_key)


def only_views_as_learner(user: Any, course_key: CourseKey) -> bool:
    """Whether all that keeps an account from learner data is that it looks at the course as a learner at this moment."""
    return _may_see(user, course_key) and is_masquerading_as_learner(user, course_key)


def can_delete_any_report(user: Any, course_key: CourseKey) -> bool:
    """Whether an account with access may delete reports that others asked for: the course's Admins and global staff may."""
    return user.is_staff or user.is_superuser or _holds_role(user, course_key, ["instructor"])


def is_masquerading_as_learner(user: Any, course_key: CourseKey) -> bool:
    """Whether a member of the course team is looking at the course as a learner at this moment."""
    return platform_api.is_masquerading_as_learner(user, course_key)


def _may_see(user: Any, course_key: CourseKey) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_staff or user.is_superuser:
        return True
    return _holds_role(user, course_key, configuration.value("ROLES", org=course_key.org))


def _holds_role(user: Any, course_key: CourseKey, roles: Sequence[str]) -> bool:
    """Whether the account holds one of these roles in the course or its whole organisation (1 query)."""
    held = platform_api.CourseAccessRole.objects.filter(user_id=user.pk, role__in=roles, org=course_key.org)
    # Compared here and not by the database, whose collation may take keys of different case for the same.
    return any(
        org == course_key.org and course_id in (course_key, None)
        for org, course_id in held.values_list("org", "course_id")
    )
