"""Roles that openedx-authz holds, as rows of CourseAccessRole; without that package there are none.

The platform has this in ``roles.py`` itself, since Verawood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from django.contrib.auth.models import User
from opaque_keys.edx.keys import CourseKey

IS_INSTALLED = find_spec("openedx_authz") is not None

if IS_INSTALLED:
    from openedx_authz.api import users as authz_api
    from openedx_authz.api.data import CourseOverviewData, OrgCourseOverviewGlobData, PlatformCourseOverviewGlobData
    from openedx_authz.constants.roles import LEGACY_COURSE_ROLE_EQUIVALENCES
    from organizations.api import get_organizations


@dataclass(frozen=True)
class AuthzCompatCourseAccessRole:
    """Has the fields of a CourseAccessRole; ``course_id`` is text, None for a role in a whole organization."""

    user_id: int
    username: str
    org: str
    course_id: str | None
    role: str


def knows(role: str) -> bool:
    """Whether the role has an equivalent there."""
    return IS_INSTALLED and role in LEGACY_COURSE_ROLE_EQUIVALENCES


def read_roles(user: User) -> Iterator[AuthzCompatCourseAccessRole]:
    """The roles of an account; one for the whole platform is one in each organization that is registered."""
    if not IS_INSTALLED:
        return
    names = {equivalent: role for role, equivalent in LEGACY_COURSE_ROLE_EQUIVALENCES.items()}
    kinds = (CourseOverviewData, OrgCourseOverviewGlobData, PlatformCourseOverviewGlobData)
    for assignment in authz_api.get_user_role_assignments_per_scope_type(user_external_key=user.username, scope_types=kinds):
        for org, course_id in _places(assignment.scope):
            for role in assignment.roles:
                if role.external_key in names:
                    yield AuthzCompatCourseAccessRole(user.id, user.username, org, course_id, names[role.external_key])


def add_role(user: User, role: str, course_key: CourseKey) -> None:
    authz_api.assign_role_to_user_in_scope(user.username, LEGACY_COURSE_ROLE_EQUIVALENCES[role], str(course_key))


def remove_role(users: Iterable[User], role: str, course_key: CourseKey) -> None:
    names = [user.username for user in users]
    authz_api.batch_unassign_role_from_users(names, LEGACY_COURSE_ROLE_EQUIVALENCES[role], str(course_key))


def _places(scope: object) -> list[tuple[str, str | None]]:
    if isinstance(scope, CourseOverviewData):
        return [(CourseKey.from_string(scope.external_key).org, scope.external_key)]
    if isinstance(scope, PlatformCourseOverviewGlobData):
        return [(organization["short_name"], None) for organization in get_organizations()]
    return [(scope.org, None)]
