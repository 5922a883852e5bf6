"""Which roles an account holds in a course, wherever the platform keeps them."""

from __future__ import annotations

from typing import Any

from edx_django_utils.cache import RequestCache
from opaque_keys.edx.keys import CourseKey

from . import api as platform_api


def roles_held(user: Any, course_key: CourseKey) -> frozenset[str]:
    """The roles that an account holds at this moment in a course or in the whole of its organization.

    Asked of the platform's RoleCache, which reads rows of CourseAccessRole (1 query), and since Verawood openedx-authz as well
    (1 query, and 1 for each role there). Each call makes a new one: the platform keeps its own on the account object. Course,
    organization and role are compared exactly, so that a role never stands for one that inherits from it, and a course not for
    one whose id a database's collation takes for the same.
    """
    places = ("", str(course_key))
    return frozenset(
        held.role for held in _read_roles(user) if held.org == course_key.org and str(held.course_id or "") in places
    )


def is_disabled(user: Any) -> bool:
    """Whether an account was disabled by hand (1 query). The platform asks for sessions only, not for tokens."""
    standing = platform_api.UserStanding
    return standing.objects.filter(user_id=user.pk, account_status=standing.ACCOUNT_DISABLED).exists()


def _read_roles(user: Any) -> Any:
    # What somebody has prefetched for a list of accounts in this request is set aside: it may be out of date, and platforms of
    # 2026 can ascribe in it to an account what openedx-authz holds for another.
    bulk = platform_api.BulkRoleCache
    cache = RequestCache(bulk.CACHE_NAMESPACE).data
    prefetched = cache.pop(bulk.CACHE_KEY, None)
    try:
        return platform_api.RoleCache(user).all_roles_set
    finally:
        if prefetched is not None:
            cache[bulk.CACHE_KEY] = prefetched
