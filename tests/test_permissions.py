"""Who gets what: one table of people, and every face of the plugin for each of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import crum
import pytest
from ccx_keys.locator import CCXLocator
from common.djangoapps.student.models import CourseAccessRole, UserStanding
from common.djangoapps.student.roles import BulkRoleCache
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from opaque_keys.edx.keys import CourseKey

from learner_data_plugin import permissions
from learner_data_plugin.dashboard.pipeline import AddLearnerDataSection, AddLearnerDataTab

from . import factories
from .rest_api.paths import api_path, let_go

JSON = "application/json"
BACKEND = "django.contrib.auth.backends.AllowAllUsersModelBackend"


def nothing(*_args: Any) -> None:
    """Nothing happens after signing in."""


def take_role_away(_client: Client, user: Any, _course_key: CourseKey) -> None:
    CourseAccessRole.objects.filter(user=user).delete()


def masquerade(client: Client, _user: Any, course_key: CourseKey) -> None:
    factories.masquerade_as_learner(client, course_key)


def disable(_client: Client, user: Any, _course_key: CourseKey) -> None:
    UserStanding.objects.create(user=user, account_status=UserStanding.ACCOUNT_DISABLED, changed_by=user)


def enable_again(client: Client, user: Any, course_key: CourseKey) -> None:
    disable(client, user, course_key)
    UserStanding.objects.update(account_status=UserStanding.ACCOUNT_ENABLED)


@dataclass(frozen=True)
class Person:
    """Someone at the door; ``make`` gets the course and another course of the same organization."""

    make: Callable[[CourseKey, CourseKey], Any]
    access: bool
    deletes_files_of_others: bool = False
    then: Callable[[Client, Any, CourseKey], None] = nothing


def in_course(role: str, **values: Any) -> Callable[[CourseKey, CourseKey], Any]:
    return lambda here, _elsewhere: factories.give_role(factories.make_user(**values), role, here)


def in_other_course(role: str) -> Callable[[CourseKey, CourseKey], Any]:
    return lambda _here, elsewhere: factories.make_team_member(role, elsewhere)


def in_org(role: str, org: str | None = None) -> Callable[[CourseKey, CourseKey], Any]:
    return lambda here, _elsewhere: factories.make_team_member(role, org=here.org if org is None else org)


def anyone(**values: Any) -> Callable[[CourseKey, CourseKey], Any]:
    return lambda _here, _elsewhere: factories.make_user(**values)


def role_row_of_other_org(here: CourseKey, _elsewhere: CourseKey) -> Any:
    return factories.give_role(factories.make_user(), "staff", here, org="SomebodyElse")


PEOPLE = {
    "anonymous": Person(lambda *_: None, access=False),
    "somebody without any role": Person(anyone(), access=False),
    "learner": Person(lambda here, _: factories.make_learner(here), access=False),
    "beta tester": Person(in_course("beta_testers"), access=False),
    "finance admin": Person(in_course("finance_admin"), access=False),
    "limited staff": Person(in_course("limited_staff"), access=False),
    "staff of another course": Person(in_other_course("staff"), access=False),
    "Admin of another course": Person(in_other_course("instructor"), access=False),
    "data researcher of another course": Person(in_other_course("data_researcher"), access=False),
    "staff of another organization": Person(in_org("staff", "OtherX"), access=False),
    "data researcher of another organization": Person(in_org("data_researcher", "OtherX"), access=False),
    "role row with another organization": Person(role_row_of_other_org, access=False),
    "role without course and organization": Person(in_org("staff", ""), access=False),
    "inactive staff": Person(in_course("staff", is_active=False), access=False),
    "inactive data researcher": Person(in_course("data_researcher", is_active=False), access=False),
    "inactive global staff": Person(anyone(is_staff=True, is_active=False), access=False),
    "staff whose account is disabled": Person(in_course("staff"), access=False, then=disable),
    "global staff whose account is disabled": Person(anyone(is_staff=True), access=False, then=disable),
    "staff until a moment ago": Person(in_course("staff"), access=False, then=take_role_away),
    "data researcher until a moment ago": Person(in_course("data_researcher"), access=False, then=take_role_away),
    "staff masquerading as learner": Person(in_course("staff"), access=False, then=masquerade),
    "Admin masquerading as learner": Person(in_course("instructor"), access=False, then=masquerade),
    "global staff masquerading as learner": Person(anyone(is_staff=True), access=False, then=masquerade),
    "staff": Person(in_course("staff"), access=True),
    "Admin": Person(in_course("instructor"), access=True, deletes_files_of_others=True),
    "data researcher": Person(in_course("data_researcher"), access=True),
    "staff whose account is enabled again": Person(in_course("staff"), access=True, then=enable_again),
    "staff of the organization": Person(in_org("staff"), access=True),
    "Admin of the organization": Person(in_org("instructor"), access=True, deletes_files_of_others=True),
    "data researcher of the organization": Person(in_org("data_researcher"), access=True),
    "global staff": Person(anyone(is_staff=True), access=True, deletes_files_of_others=True),
    "superuser": Person(anyone(is_superuser=True), access=True, deletes_files_of_others=True),
}


@contextmanager
def request_of(user: Any, client: Client):
    """The request that the platform has at hand when it asks for the dashboard's sections."""
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    crum.set_current_request(request)
    try:
        yield
    finally:
        crum.set_current_request(None)


def section_seen(user: Any, client: Client, course_key: CourseKey) -> bool:
    """Whether the section Learner Data holds the panels."""
    context = {"course": SimpleNamespace(id=course_key), "sections": []}
    with request_of(user, client):
        AddLearnerDataSection("type", []).run_filter(context=context, template_name="dashboard.html")
    return any(section["panel"]["has_access"] for section in context["sections"])


def tab_seen(user: Any, client: Client, course_key: CourseKey) -> bool:
    with request_of(user, client):
        answer = AddLearnerDataTab("type", []).run_filter(tabs=[], user=user, course_key=course_key)
    return [tab["tab_id"] for tab in answer["tabs"]] == ["learner_data"]


def faces(user: Any, client: Client, course_key: CourseKey, file_name: str) -> dict[str, Any]:
    """What every face of the plugin answers."""

    def get(call: str) -> int:
        answer = client.get(api_path(course_key, call))
        let_go(answer)
        return answer.status_code

    def generate(report: str) -> int:
        return client.post(api_path(course_key, "reports/"), {"report": report}, content_type=JSON).status_code

    return {
        "section": section_seen(user, client, course_key),
        "tab": tab_seen(user, client, course_key),
        "page": client.get(f"/learner_data/courses/{course_key}/").status_code,
        "learners": get("learners/"),
        "reports": get("reports/"),
        "tasks": get("tasks/"),
        "anonymized IDs": get("anonymized_ids.csv"),
        "download": get(f"reports/{file_name}"),
        "generate profile": generate("profile"),
        "generate anonymized IDs": generate("anonymized_ids"),
        "delete": client.delete(api_path(course_key, f"reports/{file_name}")).status_code,
    }


def expected(*, access: bool, deletes_files_of_others: bool = False, signed_in: bool = True) -> dict[str, Any]:
    refused = 403 if signed_in else 401
    return {
        "section": access,
        "tab": access,
        "page": 200 if access else 403 if signed_in else 302,
        "learners": 200 if access else refused,
        "reports": 200 if access else refused,
        "tasks": 200 if access else refused,
        "anonymized IDs": 200 if access else refused,
        "download": 200 if access else refused,
        "generate profile": 202 if access else refused,
        "generate anonymized IDs": 202 if access else refused,
        "delete": 204 if deletes_files_of_others else refused,
    }


@pytest.fixture
def file_name(course_key, instructor):
    """A stored report of the course that its Admin asked for."""
    factories.make_learner(course_key)
    return factories.make_report(course_key, instructor).name


@pytest.mark.parametrize("name", PEOPLE)
def test_every_face_answers_each_person_alike(name, course_key, file_name):
    person = PEOPLE[name]
    client, user = Client(), person.make(course_key, factories.make_course())
    if user is not None:
        client.force_login(user, backend=BACKEND)
        person.then(client, user, course_key)
    answers = faces(user or AnonymousUser(), client, course_key, file_name)
    assert answers == expected(
        access=person.access, deletes_files_of_others=person.deletes_files_of_others, signed_in=user is not None
    )


@pytest.fixture(params=["settings", "site configuration"])
def only_researchers(request, settings, course_key):
    """A site that lets data researchers alone see learner data."""
    if request.param == "settings":
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "ROLES": ["data_researcher"]}
    else:
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"ROLES": ["data_researcher"]})


@pytest.mark.parametrize(
    ("role", "access"), [("staff", False), ("instructor", False), ("limited_staff", False), ("data_researcher", True)]
)
def test_narrowed_roles_shut_the_others_out_of_every_face(role, access, course_key, file_name, only_researchers):
    client, user = Client(), factories.make_team_member(role, course_key)
    client.force_login(user, backend=BACKEND)
    assert faces(user, client, course_key, file_name) == expected(access=access)


def test_global_staff_keep_access_where_roles_are_narrowed(course_key, file_name, only_researchers):
    client, user = Client(), factories.make_user(is_staff=True)
    client.force_login(user, backend=BACKEND)
    assert faces(user, client, course_key, file_name) == expected(access=True, deletes_files_of_others=True)


def test_site_configuration_of_another_organization_changes_nothing(course_key):
    factories.configure_site("OtherX", LEARNER_DATA_PLUGIN={"ROLES": []})
    assert permissions.can_access_learner_data(factories.make_team_member("staff", course_key), course_key)


def test_role_on_the_parent_course_does_not_count_for_a_custom_course(course_key):
    ccx_key = CCXLocator.from_course_locator(course_key, "7")
    assert not permissions.can_access_learner_data(factories.make_team_member("staff", course_key), ccx_key)
    assert not permissions.can_access_learner_data(factories.make_team_member("data_researcher", course_key), ccx_key)


def test_role_on_a_custom_course_counts_for_it_and_not_for_its_parent(course_key):
    ccx_key = CCXLocator.from_course_locator(course_key, "7")
    coach = factories.make_team_member("staff", ccx_key)
    assert permissions.can_access_learner_data(coach, ccx_key)
    assert not permissions.can_access_learner_data(coach, course_key)
    assert not permissions.can_access_learner_data(coach, CCXLocator.from_course_locator(course_key, "8"))


def test_course_id_in_other_case_is_another_course(course_key, instructor):
    text = str(course_key)
    for changed in (text.replace(course_key.course, course_key.course.upper()), text.replace("TestX", "TESTX")):
        other_case = CourseKey.from_string(changed)
        assert other_case != course_key
        assert not permissions.can_access_learner_data(instructor, other_case)


def test_role_taken_away_no_longer_counts_on_the_same_account_object(course_key):
    user = factories.make_team_member("staff", course_key)
    assert user.has_perm("instructor.dashboard", course_key)  # the platform remembers the roles on the object now
    assert permissions.can_access_learner_data(user, course_key)
    CourseAccessRole.objects.filter(user=user).delete()
    assert not permissions.can_access_learner_data(user, course_key)


def test_masquerade_in_another_course_changes_nothing(course_key, instructor, instructor_client):
    factories.masquerade_as_learner(instructor_client, factories.make_course())
    assert instructor_client.get(api_path(course_key, "learners/")).status_code == 200


def test_roles_prefetched_for_a_list_of_accounts_are_not_believed(course_key):
    user, other = factories.make_team_member("staff", course_key), factories.make_user()
    BulkRoleCache.prefetch([user, other])
    CourseAccessRole.objects.filter(user=user).delete()
    factories.give_role(other, "staff", course_key)
    assert not permissions.can_access_learner_data(user, course_key)
    assert permissions.can_access_learner_data(other, course_key)
    assert BulkRoleCache.get_user_roles(user)  # what the platform has prefetched is still there for it


def test_access_is_decided_with_few_queries(course_key, django_assert_max_num_queries):
    """For the roles (since Verawood in two places), the standing of the account, and the site."""
    user = factories.make_team_member("staff", course_key)
    permissions.can_access_learner_data(user, course_key)
    with django_assert_max_num_queries(3 if find_spec("openedx_authz") is None else 4):
        assert permissions.can_access_learner_data(user, course_key)


def test_somebody_with_access_deletes_a_report_of_their_own(course_key):
    client, user = Client(), factories.make_team_member("staff", course_key)
    client.force_login(user, backend=BACKEND)
    own = factories.make_report(course_key, user).name
    assert client.delete(api_path(course_key, f"reports/{own}")).status_code == 204
    assert client.get(api_path(course_key, f"reports/{own}")).status_code == 404


def test_refused_deletion_leaves_the_file(course_key, file_name):
    client, user = Client(), factories.make_team_member("staff", course_key)
    client.force_login(user, backend=BACKEND)
    answer = client.delete(api_path(course_key, f"reports/{file_name}"))
    assert (answer.status_code, answer.json()["error_code"]) == (403, "deletion_refused")
    assert b"".join(client.get(api_path(course_key, f"reports/{file_name}")).streaming_content)


def configure_org(course_key, **values):
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN=values)


class TestDeanonymizing:
    @pytest.mark.parametrize(("role", "may"), [("data_researcher", True), ("instructor", False), ("staff", False)])
    def test_is_for_the_roles_that_the_site_names(self, course_key, role, may):
        assert permissions.can_deanonymize(factories.make_team_member(role, course_key), course_key) is may

    def test_the_organization_of_the_course_names_its_own_roles(self, course_key):
        configure_org(course_key, DEANONYMIZE_ROLES=["instructor"])
        assert permissions.can_deanonymize(factories.make_team_member("instructor", course_key), course_key)
        assert not permissions.can_deanonymize(factories.make_team_member("data_researcher", course_key), course_key)

    @pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
    def test_global_staff_may(self, course_key, flag):
        assert permissions.can_deanonymize(factories.make_user(**{flag: True}), course_key)

    def test_a_role_in_another_course_is_none_here(self, course_key):
        user = factories.make_team_member("data_researcher", factories.make_course())
        assert not permissions.can_deanonymize(user, course_key)


class TestRoles:
    def test_those_of_the_course_team_count(self, course_key):
        assert permissions.roles_that_count(factories.make_team_member("staff", course_key), course_key) == {"staff"}

    @pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
    def test_global_staff_see_all_whatever_their_roles(self, course_key, flag):
        user = factories.make_user(**{flag: True})
        factories.give_role(user, "staff", course_key)
        assert permissions.roles_that_count(user, course_key) is None

    def test_the_first_that_the_site_names_is_recorded(self, course_key):
        user = factories.make_team_member("data_researcher", course_key)
        factories.give_role(user, "staff", course_key)
        assert permissions.role_of(user, course_key) == "staff"
        configure_org(course_key, ROLES=["data_researcher", "staff"])
        assert permissions.role_of(user, course_key) == "data_researcher"

    @pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
    def test_global_staff_without_a_role_are_recorded_as_such(self, course_key, flag):
        assert permissions.role_of(factories.make_user(**{flag: True}), course_key) == "global_staff"

    def test_nobody_has_none(self, course_key):
        assert permissions.role_of(factories.make_user(), course_key) == ""


class TestShareableCharts:
    @pytest.fixture(autouse=True)
    def _for_limited_staff(self, course_key):
        configure_org(course_key, STATISTICS_ROLES=["limited_staff"])

    def test_are_for_the_roles_of_the_organization_of_the_course(self, course_key):
        user = factories.make_team_member("limited_staff", course_key)
        assert permissions.can_see_shareable_charts(user, course_key)
        assert not permissions.can_access_learner_data(user, course_key)

    def test_other_roles_do_not_count(self, course_key):
        assert not permissions.can_see_shareable_charts(factories.make_team_member("beta_testers", course_key), course_key)

    def test_an_account_without_a_role_does_not_see_them(self, course_key):
        assert not permissions.can_see_shareable_charts(factories.make_user(), course_key)

    def test_an_account_that_is_not_active_does_not_see_them(self, course_key):
        user = factories.make_team_member("limited_staff", course_key)
        user.is_active = False
        assert not permissions.can_see_shareable_charts(user, course_key)

    def test_nobody_who_is_not_signed_in_sees_them(self, course_key):
        assert not permissions.can_see_shareable_charts(AnonymousUser(), course_key)

    def test_a_disabled_account_does_not_see_them(self, course_key):
        user = factories.make_team_member("limited_staff", course_key)
        disable(Client(), user, course_key)
        assert not permissions.can_see_shareable_charts(user, course_key)
