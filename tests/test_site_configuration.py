"""Whose configuration holds: that of the site a request reaches, of the course's organization, or of the default site."""

from __future__ import annotations

from typing import Any

import crum
import pytest
from django.test import Client, RequestFactory
from lms.djangoapps.instructor_task.models import InstructorTask
from openedx.core.lib.celery import APP

from learner_data_plugin import configuration
from learner_data_plugin.exceptions import ReportFailed
from learner_data_plugin.failures import FAILURES
from learner_data_plugin.learners.offered_columns import offered_columns
from learner_data_plugin.models import ReportFile, ReportRun
from learner_data_plugin.reports.requesting import TASK_NAME

from . import factories
from .rest_api.paths import api_path, let_go

JSON = "application/json"
RESEARCHERS = {"LEARNER_DATA_PLUGIN": {"ROLES": ["data_researcher"]}}


def private(*keys: str) -> dict[str, Any]:
    return {"LEARNER_DATA_PLUGIN": {"PRIVATE_COLUMNS": list(keys)}}


def through(site_configuration: Any, client: Client) -> Client:
    """The same browser at another of the LMS's addresses."""
    client.defaults["HTTP_HOST"] = site_configuration.site.domain
    return client


@pytest.fixture
def at_site():
    """Has what follows belong to a request that reached a site."""

    def reach(site_configuration: Any) -> None:
        request = RequestFactory().get("/")
        request.site = site_configuration.site
        crum.set_current_request(request)

    yield reach
    crum.set_current_request(None)


@pytest.fixture
def settings_value(settings):
    settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 50}
    return 50


def limit(org: str = "TestX") -> int:
    return configuration.value("MAX_LEARNERS_ON_PAGE", org=org)


def with_limit(number: int) -> dict[str, Any]:
    return {"LEARNER_DATA_PLUGIN": {"MAX_LEARNERS_ON_PAGE": number}}


@pytest.mark.django_db
class TestWhichSite:
    def test_default_sites_configuration_needs_no_organization(self, settings_value):
        factories.configure_default_site(**with_limit(60))
        assert limit() == limit("OtherX") == 60

    def test_organizations_site_wins_over_the_default_site(self, settings_value):
        factories.configure_default_site(**with_limit(60))
        factories.configure_site("TestX", **with_limit(70))
        assert (limit(), limit("OtherX")) == (70, 60)

    def test_requests_site_wins_over_both(self, settings_value, at_site):
        factories.configure_default_site(**with_limit(60))
        factories.configure_site("TestX", **with_limit(70))
        at_site(factories.configure_site(None, **with_limit(80)))
        assert limit() == limit("OtherX") == 80

    def test_requests_site_that_says_nothing_leaves_it_to_the_organizations(self, settings_value, at_site):
        factories.configure_site("TestX", **with_limit(70))
        at_site(factories.configure_site(None, LEARNER_DATA_PLUGIN={"BATCH_SIZE": 5}))
        assert (limit(), configuration.value("BATCH_SIZE", org="TestX")) == (70, 5)

    def test_site_without_a_configuration_leaves_the_default_sites(self, settings_value, at_site):
        factories.configure_default_site(**with_limit(60))
        bare = factories.configure_site(None)
        bare.delete()
        at_site(bare)
        assert limit() == 60

    def test_configuration_that_is_switched_off_says_nothing(self, settings_value, at_site):
        off = factories.configure_site("TestX", enabled=False, **with_limit(70))
        assert limit() == settings_value
        at_site(off)
        assert limit() == settings_value

    def test_organization_is_compared_exactly(self, settings_value):
        factories.configure_site("TestXY", **with_limit(70))
        factories.configure_site("testx", **with_limit(70))
        assert limit() == settings_value

    def test_what_holds_for_the_installation_is_the_settings(self, settings_value):
        factories.configure_default_site(**with_limit(60))
        assert configuration.value("MAX_LEARNERS_ON_PAGE") == settings_value

    def test_one_query_whichever_sites_have_a_say(self, at_site, django_assert_num_queries):
        factories.configure_default_site(**with_limit(60))
        factories.configure_site("TestX", **with_limit(70))
        requests = factories.configure_site(None, **with_limit(80))
        with django_assert_num_queries(1):
            limit()
        at_site(requests)
        with django_assert_num_queries(1):
            assert (limit(), limit()) == (80, 80)

    @pytest.mark.parametrize("of_org", ["TestX", ["OtherX", "TestX"]])
    def test_organizations_may_be_one_or_a_list(self, settings_value, of_org):
        factories.configure_site(None, course_org_filter=of_org, **with_limit(70))
        assert limit() == 70

    @pytest.mark.parametrize("wrong", [5, "values", [1]])
    def test_values_that_are_no_dictionary_say_nothing(self, settings_value, at_site, wrong):
        wrong_site = factories.configure_default_site()
        type(wrong_site).objects.filter(pk=wrong_site.pk).update(site_values=wrong)
        at_site(wrong_site)
        assert limit() == settings_value


@pytest.mark.django_db
class TestNarrowing:
    """Whoever reaches the LMS at the address of another site sees no more for it."""

    def test_private_columns_are_those_of_either_site(self, course_key, at_site):
        factories.configure_site(course_key.org, **private("email"))
        at_site(factories.configure_site(None, **private("goals")))
        assert {"email", "goals"} <= configuration.private_columns(course_key.org)

    def test_site_that_keeps_nothing_private_publishes_nothing_of_the_organizations(self, course_key, at_site):
        factories.configure_site(course_key.org, **private("email"))
        at_site(factories.configure_site(None, **private()))
        assert "email" not in [column.key for column in offered_columns(course_key)]

    def test_roles_are_those_that_both_sites_name(self, at_site):
        factories.configure_site("TestX", LEARNER_DATA_PLUGIN={"ROLES": ["data_researcher", "instructor"]})
        at_site(factories.configure_site(None, LEARNER_DATA_PLUGIN={"ROLES": ["staff", "instructor"]}))
        assert configuration.value("ROLES", org="TestX") == ["instructor"]

    def test_groups_are_as_large_as_the_larger_of_both(self, at_site):
        factories.configure_site("TestX", LEARNER_DATA_PLUGIN={"MIN_GROUP_SIZE": 30})
        at_site(factories.configure_site(None, LEARNER_DATA_PLUGIN={"MIN_GROUP_SIZE": 20}))
        assert configuration.value("MIN_GROUP_SIZE", org="TestX") == 30

    def test_one_site_may_widen_what_the_settings_have(self, settings):
        settings.LEARNER_DATA_PLUGIN = {"ROLES": ["data_researcher"], "PRIVATE_COLUMNS": ["email"]}
        factories.configure_default_site(LEARNER_DATA_PLUGIN={"ROLES": ["staff"], "PRIVATE_COLUMNS": []})
        assert configuration.value("ROLES", org="TestX") == ["staff"]
        assert "email" not in configuration.private_columns("TestX")


def test_private_columns_and_roles_of_a_single_site_hold_on_every_face(course_key, sign_in):
    """The commonest set-up: one site, whose configuration names no organization."""
    factories.configure_default_site(LEARNER_DATA_PLUGIN={"ROLES": ["data_researcher"], "PRIVATE_COLUMNS": ["email"]})
    factories.make_learner(course_key, "ada")
    researcher = sign_in(factories.make_team_member("data_researcher", course_key))
    staff = sign_in(factories.make_team_member("staff", course_key))
    assert staff.get(api_path(course_key, "learners/")).status_code == 403
    assert staff.get(f"/learner_data/courses/{course_key}/").status_code == 403
    assert researcher.get(api_path(course_key, "learners/")).json()["learners"][0].keys().isdisjoint({"email"})
    assert "ada@example.com" not in content_of_report(researcher, course_key)


def content_of_report(client: Client, course_key: Any) -> str:
    requested = client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON)
    assert requested.status_code == 202, requested.content
    newest = client.get(api_path(course_key, "reports/")).json()["reports"][0]
    return b"".join(client.get(newest["url"]).streaming_content).decode()


def test_platforms_own_keys_are_read_of_the_requests_site(course_key, instructor_client):
    """As the platform reads them."""
    site = factories.configure_site(None, student_profile_download_fields=["username", "goals"])
    factories.make_learner(course_key, "ada")
    through(site, instructor_client)
    learner = instructor_client.get(api_path(course_key, "learners/")).json()["learners"][0]
    assert set(learner) == {"username", "goals", "city", "country"}
    assert content_of_report(instructor_client, course_key).split("\r\n")[0] == "username,goals,city,country"


class TestReports:
    """A report is made with what was in force when it was requested, narrowed by what is in force when it runs."""

    @pytest.fixture
    def waiting(self, course_key, instructor_client, settings):
        """Requests a report that waits in the broker; ``run()`` does what a worker does with it."""
        factories.make_learner(course_key, "ada", profile={"goals": "to learn", "name": "Ada"})
        settings.EXPLICIT_QUEUES = settings.ALTERNATE_ENV_TASKS = {}  # missing in the platform's own settings for tests
        in_memory = {"broker_url": "memory://", "broker_write_url": "memory://", "task_always_eager": False}
        before = {name: APP.conf[name] for name in in_memory}
        APP.conf.update(in_memory)

        def request(**body: Any) -> ReportRun:
            asked = instructor_client.post(api_path(course_key, "reports/"), {"report": "profile", **body}, content_type=JSON)
            assert asked.status_code == 202, asked.content
            return ReportRun.objects.latest("pk")

        def run() -> ReportFile:
            entry = InstructorTask.objects.latest("pk")
            APP.tasks[TASK_NAME].apply([entry.pk, {"task_id": entry.task_id}], task_id=entry.task_id, throw=True)
            return ReportFile.objects.latest("pk")

        yield request, run
        APP.conf.update(before)

    def test_columns_are_those_of_the_site_it_was_requested_at(self, waiting, instructor_client):
        request, run = waiting
        through(factories.configure_site(None, LEARNER_DATA_PLUGIN={"COLUMNS": ["username", "goals"]}), instructor_client)
        request()
        assert run().columns == ["username", "goals"]

    def test_columns_chosen_then_are_made_although_the_site_offers_others_now(self, waiting):
        request, run = waiting
        site = factories.configure_default_site(LEARNER_DATA_PLUGIN={"COLUMNS": ["username", "last_login"]})
        request(columns=["last_login"])
        site.delete()
        assert run().columns == ["last_login"]

    def test_column_that_was_private_then_stays_out(self, waiting):
        request, run = waiting
        site = factories.configure_default_site(**private("goals"))
        request()
        site.delete()
        file = run()
        assert "goals" not in file.columns
        assert "name" in file.columns

    def test_column_that_is_private_by_now_stays_out(self, waiting):
        request, run = waiting
        request()
        factories.configure_default_site(**private("goals"))
        assert "goals" not in run().columns

    def test_column_that_the_requests_site_keeps_private_by_now_stays_out(self, waiting, instructor_client):
        request, run = waiting
        site = factories.configure_site(None)
        through(site, instructor_client)
        request()
        type(site).objects.filter(pk=site.pk).update(site_values=private("goals"))
        assert "goals" not in run().columns

    def test_column_that_was_chosen_and_is_private_by_now_ends_the_report(self, waiting):
        request, run = waiting
        started = request(columns=["username", "goals"])
        factories.configure_default_site(**private("goals"))
        with pytest.raises(ReportFailed, match=str(FAILURES["selection_outdated"])):
            run()
        started.refresh_from_db()
        assert started.failure == "selection_outdated"

    def test_report_of_somebody_whose_role_no_longer_counts_is_not_made(self, waiting):
        request, run = waiting
        started = request()
        factories.configure_default_site(**RESEARCHERS)
        with pytest.raises(ReportFailed, match=str(FAILURES["access_lost"])):
            run()
        started.refresh_from_db()
        assert started.failure == "access_lost"
        assert not ReportFile.objects.exists()

    def test_report_of_somebody_who_lost_the_role_is_not_made(self, waiting, instructor):
        request, run = waiting
        request()
        instructor.courseaccessrole_set.all().delete()
        with pytest.raises(ReportFailed, match=str(FAILURES["access_lost"])):
            run()

    def test_report_of_an_account_that_is_gone_is_not_made(self, waiting):
        request, run = waiting
        ReportRun.objects.filter(pk=request().pk).update(requester=None)
        with pytest.raises(ReportFailed, match=str(FAILURES["access_lost"])):
            run()

    def test_report_requested_before_the_upgrade_is_made_as_then(self, waiting):
        request, run = waiting
        ReportRun.objects.filter(pk=request().pk).update(in_force={}, roles="")
        assert "goals" in run().columns


def test_report_requested_where_researchers_alone_may_see_is_theirs_everywhere(course_key, sign_in):
    site = factories.configure_site(None, **RESEARCHERS)
    researcher = sign_in(factories.make_team_member("data_researcher", course_key))
    staff = sign_in(factories.make_team_member("staff", course_key))
    admin = sign_in(factories.make_team_member("instructor", course_key))
    global_staff = sign_in(factories.make_user(is_staff=True))
    made = through(site, researcher).post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON)
    assert made.status_code == 202
    name = ReportFile.objects.get().name

    def seen(client: Client) -> tuple[int, int, int]:
        listed = client.get(api_path(course_key, "reports/")).json()["reports"]
        page = client.get(api_path(course_key, "reports/") + "?page=1").json()
        answer = client.get(api_path(course_key, f"reports/{name}"))
        let_go(answer)
        return len(listed), page["count"], answer.status_code

    assert seen(researcher) == seen(global_staff) == (1, 1, 200)
    assert seen(staff) == seen(admin) == (0, 0, 404)
    assert admin.delete(api_path(course_key, f"reports/{name}")).status_code == 404
    assert staff.get(api_path(course_key, "tasks/")).json()["tasks"][0]["report_name"] is None
