"""Course teams whose roles openedx-authz holds, as platforms since Verawood have them; the package itself is at work here."""

from __future__ import annotations

from typing import Any

import pytest
from ccx_keys.locator import CCXLocator
from common.djangoapps.student.models import CourseAccessRole
from common.djangoapps.student.roles import REGISTERED_ACCESS_ROLES, BulkRoleCache
from edx_toggles.toggles.testutils import override_waffle_flag
from opaque_keys.edx.keys import CourseKey
from openedx.core.toggles import AUTHZ_COURSE_AUTHORING_FLAG

from learner_data_plugin import permissions

from . import factories
from .rest_api.paths import api_path
from .test_permissions import expected, faces

authz_api = pytest.importorskip("openedx_authz.api.users", reason="the package needs Python 3.12")
organizations = pytest.importorskip("organizations.api")
enforcer = pytest.importorskip("openedx_authz.engine.enforcer")

EQUIVALENTS = {
    "instructor": "course_admin",
    "staff": "course_staff",
    "limited_staff": "course_limited_staff",
    "data_researcher": "course_data_researcher",
}


@pytest.fixture
def _roles_are_given_there():
    with override_waffle_flag(AUTHZ_COURSE_AUTHORING_FLAG, active=True):
        yield


pytestmark = pytest.mark.usefixtures("_roles_are_given_there")


def make_team_member(role: str, course_key: CourseKey) -> Any:
    """Return a new account with a role that the platform itself has given."""
    user = factories.make_user()
    REGISTERED_ACCESS_ROLES[role](course_key).add_users(user)
    assert not CourseAccessRole.objects.filter(user=user).exists()
    return user


def assign(user: Any, role: str, scope: str) -> None:
    assert authz_api.assign_role_to_user_in_scope(user.username, EQUIVALENTS[role], scope)


@pytest.mark.parametrize(
    ("role", "access"),
    [("instructor", True), ("staff", True), ("data_researcher", True), ("limited_staff", False), ("beta_testers", False)],
)
def test_every_face_knows_a_role_that_is_held_there(role, access, course_key, sign_in):
    file_name = factories.make_report(course_key, factories.make_user(is_staff=True)).name
    user = make_team_member(role, course_key)
    answers = faces(user, sign_in(user), course_key, file_name)
    assert answers == expected(access=access, deletes_files_of_others=role == "instructor")


def test_limited_staff_are_let_in_by_their_own_name_only(course_key, settings):
    user = make_team_member("limited_staff", course_key)
    settings.LEARNER_DATA_PLUGIN = {"ROLES": ["staff"]}
    assert not permissions.can_access_learner_data(user, course_key)
    settings.LEARNER_DATA_PLUGIN = {"ROLES": ["limited_staff"]}
    assert permissions.can_access_learner_data(user, course_key)


def test_role_that_was_taken_away_no_longer_counts_on_the_same_account_object(course_key, sign_in):
    user = make_team_member("staff", course_key)
    client = sign_in(user)
    assert user.has_perm("instructor.dashboard", course_key)  # the platform remembers the roles on the object now
    assert client.get(api_path(course_key, "tasks/")).status_code == 200
    REGISTERED_ACCESS_ROLES["staff"](course_key).remove_users(factories.User.objects.get(pk=user.pk))
    assert not permissions.can_access_learner_data(user, course_key)
    assert client.get(api_path(course_key, "tasks/")).status_code == 403


def test_role_that_another_process_took_away_no_longer_counts(course_key):
    user = make_team_member("staff", course_key)
    assert permissions.can_access_learner_data(user, course_key)
    from casbin_adapter.models import CasbinRule

    CasbinRule.objects.filter(ptype="g", v0=f"user^{user.username}").delete()
    enforcer.AuthzEnforcer.invalidate_policy_cache()  # as that process does
    assert not permissions.can_access_learner_data(user, course_key)


def test_roles_prefetched_for_a_list_of_accounts_are_not_believed(course_key):
    user, other = make_team_member("staff", course_key), factories.make_user()
    BulkRoleCache.prefetch([user, other])
    REGISTERED_ACCESS_ROLES["staff"](course_key).remove_users(user)
    assert not permissions.can_access_learner_data(user, course_key)
    REGISTERED_ACCESS_ROLES["staff"](course_key).add_users(other)
    assert permissions.can_access_learner_data(other, course_key)


@pytest.mark.parametrize("role", ["instructor", "staff", "data_researcher"])
def test_role_in_an_organization_counts_for_its_courses(role, course_key):
    user, elsewhere = factories.make_user(), factories.make_course(org="OtherX")
    assign(user, role, f"course-v1:{course_key.org}+*")
    assert permissions.can_access_learner_data(user, course_key)
    assert permissions.can_delete_any_report(user, course_key) is (role == "instructor")
    assert not permissions.can_access_learner_data(user, elsewhere)


def test_role_on_the_platform_counts_in_registered_organizations_as_the_platform_has_it(course_key):
    user, elsewhere = factories.make_user(), factories.make_course(org="OtherX")
    organizations.add_organization({"name": "TestX", "short_name": course_key.org, "description": "", "logo": None})
    assign(user, "staff", "course-v1:*")
    assert permissions.can_access_learner_data(user, course_key)
    assert not permissions.can_access_learner_data(user, elsewhere)


def test_role_in_another_course_does_not_count(course_key):
    assert not permissions.can_access_learner_data(make_team_member("instructor", factories.make_course()), course_key)


def test_course_id_in_other_case_is_another_course(course_key):
    text = str(course_key)
    for changed in (text.replace(course_key.course, course_key.course.upper()), text.replace("TestX", "TESTX")):
        user = factories.make_user()
        assign(user, "instructor", changed)
        assert not permissions.can_access_learner_data(user, course_key), changed


def test_custom_course_has_its_roles_in_rows(course_key):
    """The package (1.35) cannot hold roles of a custom course."""
    ccx_key = CCXLocator.from_course_locator(course_key, "7")
    assert permissions.can_access_learner_data(factories.make_team_member("staff", ccx_key), ccx_key)
    assert not permissions.can_access_learner_data(make_team_member("staff", course_key), ccx_key)


def test_rows_that_were_not_moved_there_count_as_on_the_platform(course_key):
    user = factories.make_team_member("staff", course_key)
    assert user.has_perm("instructor.dashboard", course_key)
    assert permissions.can_access_learner_data(user, course_key)


def test_roles_that_are_held_there_count_after_the_flag_is_off_as_on_the_platform(course_key):
    user = make_team_member("staff", course_key)
    with override_waffle_flag(AUTHZ_COURSE_AUTHORING_FLAG, active=False):
        assert user.has_perm("instructor.dashboard", course_key)
        assert permissions.can_access_learner_data(user, course_key)


def test_another_role_of_that_package_lets_nobody_in(course_key):
    user = factories.make_user()
    for role in ("course_editor", "course_auditor"):
        assert authz_api.assign_role_to_user_in_scope(user.username, role, str(course_key))
    assert not permissions.can_access_learner_data(user, course_key)


def test_access_is_decided_with_few_queries(course_key, django_assert_max_num_queries):
    user = make_team_member("staff", course_key)
    permissions.can_access_learner_data(user, course_key)
    with django_assert_max_num_queries(5):  # rows, the version of the package's policies twice, standing, site
        assert permissions.can_access_learner_data(user, course_key)
