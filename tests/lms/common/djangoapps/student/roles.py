"""Roles in courses and organizations: rows of the LMS, and since Verawood what openedx-authz holds as well."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import QuerySet
from edx_django_utils.cache import RequestCache
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey
from openedx.core.toggles import AUTHZ_COURSE_AUTHORING_FLAG

from common.djangoapps.student.models import CourseAccessRole

from . import authz_roles

# Role -> the roles that may do all that it may.
ACCESS_ROLES_INHERITANCE: dict[str, set[str]] = {}
REGISTERED_ACCESS_ROLES: dict[str, type] = {}
ROLE_CACHE_UNGROUPED_ROLES__KEY = "ungrouped"


def register_access_role(cls: type) -> type:
    """Class decorator: make a role known, and what it inherits."""
    REGISTERED_ACCESS_ROLES[cls.ROLE] = cls
    if getattr(cls, "BASE_ROLE", None):
        ACCESS_ROLES_INHERITANCE.setdefault(cls.BASE_ROLE, set()).add(cls.ROLE)
    return cls


def get_role_cache_key_for_course(course_key: CourseKey | None = None) -> str:
    return str(course_key) if course_key else ROLE_CACHE_UNGROUPED_ROLES__KEY


class BulkRoleCache:
    """The roles of a number of accounts, read at once and kept for the rest of the request."""

    CACHE_NAMESPACE = "student.roles.BulkRoleCache"
    CACHE_KEY = "roles_by_user"

    @classmethod
    def prefetch(cls, users: list[User]) -> None:
        RequestCache(cls.CACHE_NAMESPACE).data[cls.CACHE_KEY] = {user.id: _read_roles(user) for user in users}

    @classmethod
    def get_user_roles(cls, user: User) -> dict[str, set]:
        return RequestCache(cls.CACHE_NAMESPACE).data[cls.CACHE_KEY][user.id]


class RoleCache:
    """The roles of one account, read once; it stays on the account object as ``_roles``."""

    def __init__(self, user: User) -> None:
        try:
            self.roles_by_course_id = BulkRoleCache.get_user_roles(user)
        except KeyError:
            self.roles_by_course_id = _read_roles(user)

    @staticmethod
    def get_roles(role: str) -> set[str]:
        return ACCESS_ROLES_INHERITANCE.get(role, set()) | {role}

    @property
    def all_roles_set(self) -> set:
        return {role for roles in self.roles_by_course_id.values() for role in roles}

    def has_role(self, role: str, course_id: CourseKey | None, org: str) -> bool:
        held = self.roles_by_course_id.get(get_role_cache_key_for_course(course_id), ())
        return any(access_role.role in self.get_roles(role) and access_role.org == org for access_role in held)


def _read_roles(user: User) -> dict[str, set]:
    """An account's roles, whichever of the two places holds them, by course."""
    roles: dict[str, set] = {}
    for role in (*CourseAccessRole.objects.filter(user=user), *authz_roles.read_roles(user)):
        roles.setdefault(get_role_cache_key_for_course(role.course_id), set()).add(role)
    return roles


def _forget_roles(user: User) -> None:
    if hasattr(user, "_roles"):
        del user._roles


class GlobalStaff:
    """Staff of the whole site."""

    def has_user(self, user: User) -> bool:
        return bool(user and user.is_staff)

    def add_users(self, *users: User) -> None:
        for user in users:
            user.is_staff = True
            user.save()


class RoleBase:
    """A named role, in a course, in an organization or nowhere in particular."""

    def __init__(self, role_name: str, org: str = "", course_key: CourseKey | None = None) -> None:
        self.org = org
        self.course_key = course_key
        self._role_name = role_name

    @property
    def _is_held_by_authz(self) -> bool:
        """Whether the role is given and taken away in openedx-authz; roles that are there already count wherever they are."""
        return AUTHZ_COURSE_AUTHORING_FLAG.is_enabled(self.course_key) and authz_roles.knows(self._role_name)

    def has_user(self, user: User, check_user_activation: bool = True) -> bool:
        """Whether the account holds the role; read once for an account object. Inactive accounts hold none."""
        if check_user_activation and not (user.is_authenticated and user.is_active):
            return False
        if not hasattr(user, "_roles"):
            user._roles = RoleCache(user)
        return user._roles.has_role(self._role_name, self.course_key, self.org)

    def add_users(self, *users: User) -> None:
        """Give the role; anonymous and inactive accounts are passed over."""
        for user in users:
            if user.is_authenticated and user.is_active:
                if self._is_held_by_authz:
                    authz_roles.add_role(user, self._role_name, self.course_key)
                else:
                    CourseAccessRole.objects.get_or_create(
                        user=user, role=self._role_name, course_id=self.course_key, org=self.org
                    )
                _forget_roles(user)

    def remove_users(self, *users: User) -> None:
        """Take the role away."""
        if self._is_held_by_authz:
            authz_roles.remove_role(users, self._role_name, self.course_key)
        else:
            CourseAccessRole.objects.filter(
                user__in=users, role=self._role_name, org=self.org, course_id=self.course_key
            ).delete()
        for user in users:
            _forget_roles(user)

    def users_with_role(self) -> QuerySet:
        """The accounts that hold exactly this role."""
        return User.objects.filter(
            courseaccessrole__role=self._role_name,
            courseaccessrole__org=self.org,
            courseaccessrole__course_id=CourseKeyField.Empty if self.course_key is None else self.course_key,
        )


class CourseRole(RoleBase):
    """A named role in one course."""

    def __init__(self, role: str, course_key: CourseKey) -> None:
        super().__init__(role, course_key.org, course_key)


class OrgRole(RoleBase):
    """A named role in all courses of an organization."""

    def __init__(self, role: str, org: str) -> None:
        super().__init__(role, org)


class _NamedCourseRole(CourseRole):
    ROLE = ""

    def __init__(self, course_key: CourseKey) -> None:
        super().__init__(self.ROLE, course_key)


class _NamedOrgRole(OrgRole):
    ROLE = ""

    def __init__(self, org: str) -> None:
        super().__init__(self.ROLE, org)


@register_access_role
class CourseStaffRole(_NamedCourseRole):
    """Staff of a course."""

    ROLE = "staff"


@register_access_role
class CourseLimitedStaffRole(CourseStaffRole):
    """Staff of a course without Studio."""

    ROLE = "limited_staff"
    BASE_ROLE = CourseStaffRole.ROLE


@register_access_role
class CourseInstructorRole(_NamedCourseRole):
    """Admin of a course."""

    ROLE = "instructor"


@register_access_role
class CourseDataResearcherRole(_NamedCourseRole):
    """Data researcher of a course."""

    ROLE = "data_researcher"


@register_access_role
class CourseBetaTesterRole(_NamedCourseRole):
    """Beta tester of a course."""

    ROLE = "beta_testers"


@register_access_role
class CourseFinanceAdminRole(_NamedCourseRole):
    """Finance admin of a course."""

    ROLE = "finance_admin"


class CourseCcxCoachRole(_NamedCourseRole):
    """Coach of a custom course."""

    ROLE = "ccx_coach"


class OrgStaffRole(_NamedOrgRole):
    """Staff of an organization."""

    ROLE = "staff"


class OrgInstructorRole(_NamedOrgRole):
    """Admin of an organization."""

    ROLE = "instructor"


class OrgDataResearcherRole(_NamedOrgRole):
    """Data researcher of an organization."""

    ROLE = "data_researcher"
