"""Who may see learner data."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import CourseKey

from .platform.compatibility import missing_part

if missing_part() is None:  # the platform's bridgekeeper imports this module of every app, whatever is missing
    from . import configuration
    from .platform import api as platform_api
    from .platform.roles import is_disabled, roles_held


def can_access_learner_data(user: Any, course_key: CourseKey) -> bool:
    """Whether this account may see and fetch the learner data of a course at this moment.

    Global staff may, and members of the course team with a role that the site's ROLES names, for the course or for its
    organization. Roles are read afresh on every call, so one that was just taken away no longer counts. They are compared
    exactly: unlike in the platform's own checks, limited staff do not count as staff. An account that is not active, or was
    disabled, has no access, whatever it signed in with.
    """
    return _may_see(user, course_key) and not is_masquerading_as_learner(user, course_key)


def roles_with_access(user: Any, course_key: CourseKey) -> frozenset[str] | None:
    """The roles of an account that may see learner data, as can_access_learner_data says; None for one that may not.

    For global staff they are not looked up.
    """
    if not user.is_authenticated or not user.is_active:
        return None
    held: frozenset[str] = frozenset()
    if not _is_global_staff(user):
        held = roles_held(user, course_key)
        if not held & set(configuration.value("ROLES", org=course_key.org)):
            return None
    return None if is_disabled(user) or is_masquerading_as_learner(user, course_key) else held


def can_see_shareable_charts(user: Any, course_key: CourseKey) -> bool:
    """Whether this account may see the charts that are safe to share: with learner data, or a role of STATISTICS_ROLES."""
    if can_access_learner_data(user, course_key):
        return True
    return _may_see_charts_alone(user, course_key) and not is_masquerading_as_learner(user, course_key)


def only_views_as_learner(user: Any, course_key: CourseKey) -> bool:
    """Whether all that keeps an account from learner data is that it looks at the course as a learner at this moment."""
    return _may_see(user, course_key) and is_masquerading_as_learner(user, course_key)


def can_delete_any_report(user: Any, course_key: CourseKey) -> bool:
    """Whether an account with access may delete reports that others asked for: the course's Admins and global staff may."""
    return _is_global_staff(user) or "instructor" in roles_held(user, course_key)


def roles_that_count(user: Any, course_key: CourseKey) -> frozenset[str] | None:
    """The roles of an account with access that decide which stored reports it sees; None for global staff, who see all."""
    return None if _is_global_staff(user) else roles_held(user, course_key)


def can_deanonymize(user: Any, course_key: CourseKey, *, held: frozenset[str] | None = None) -> bool:
    """Whether an account with access may lead anonymized IDs back to people: the site's DEANONYMIZE_ROLES and global staff.

    ``held`` are its roles, where they were read for the same answer.
    """
    roles = set(configuration.value("DEANONYMIZE_ROLES", org=course_key.org))
    if _is_global_staff(user):
        return True
    return bool((roles_held(user, course_key) if held is None else held) & roles)


def is_course_staff(user: Any, held: frozenset[str]) -> bool:
    """Whether the platform's own tools for staff of a course are open to an account with these roles."""
    return _is_global_staff(user) or bool(held & {"instructor", "staff", "limited_staff"})


def role_of(user: Any, course_key: CourseKey) -> str:
    """The role by which an account sees learner data of a course: one of ROLES, ``global_staff``, or '' for none any more."""
    held = roles_held(user, course_key)
    found = next((role for role in configuration.value("ROLES", org=course_key.org) if role in held), "")
    return found or ("global_staff" if _is_global_staff(user) else "")


def is_masquerading_as_learner(user: Any, course_key: CourseKey) -> bool:
    """Whether a member of the course team is looking at the course as a learner at this moment."""
    return platform_api.is_masquerading_as_learner(user, course_key)


def _is_global_staff(user: Any) -> bool:
    return bool(user.is_staff or user.is_superuser)


def _may_see(user: Any, course_key: CourseKey) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    if not _is_global_staff(user):
        roles = configuration.value("ROLES", org=course_key.org)
        if not roles_held(user, course_key) & set(roles):
            return False
    return not is_disabled(user)


def _may_see_charts_alone(user: Any, course_key: CourseKey) -> bool:
    roles = configuration.value("STATISTICS_ROLES", org=course_key.org)
    if not (roles and user.is_authenticated and user.is_active):
        return False
    return bool(roles_held(user, course_key) & set(roles)) and not is_disabled(user)
