"""Rules for bridgekeeper, made of roles and access."""

from __future__ import annotations

from bridgekeeper.rules import Rule
from common.djangoapps.student.roles import CourseRole, OrgRole
from django.db.models import Q
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from xmodule.course_block import CourseBlock

from .access import has_access


class HasAccessRule(Rule):
    """Whether ``has_access`` says yes."""

    def __init__(self, action: str) -> None:
        self.action = action

    def check(self, user, instance=None):
        return has_access(user, self.action, instance)

    def query(self, user) -> Q:
        return Q(pk__in=[])


class HasRolesRule(Rule):
    """Whether the account holds one of the roles, in the course or in its organization."""

    def __init__(self, *roles: str) -> None:
        self.roles = roles

    def check(self, user, instance=None) -> bool:
        if not user.is_authenticated:
            return False
        course_key = _key_of(instance)
        return any(
            CourseRole(role, course_key).has_user(user) or OrgRole(role, course_key.org).has_user(user)
            for role in self.roles
        )

    def query(self, user) -> Q:
        raise NotImplementedError


def _key_of(instance) -> CourseKey:
    if isinstance(instance, CourseKey):
        return instance
    if isinstance(instance, CourseBlock | CourseOverview):
        return instance.id
    return CourseKey.from_string(str(instance))
