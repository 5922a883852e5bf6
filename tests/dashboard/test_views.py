"""The stand-alone page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from learner_data_plugin.charts import store
from learner_data_plugin.dashboard import context, course_facts
from learner_data_plugin.learners import table
from learner_data_plugin.models import AuditRecord
from tests import factories
from tests.reading import OF_AUTHZ, page_data
from tests.rest_api.paths import api_path


def page_path(course_id):
    return f"/learner_data/courses/{course_id}/"


def test_shows_the_panels(course_key, instructor_client):
    answer = instructor_client.get(page_path(course_key))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies["csrftoken"].value
    assert page_data(answer)["course_id"] == str(course_key)


def test_holds_no_learner_itself(course_key, instructor_client):
    factories.make_learner(course_key, "secret_person", email="secret@example.com", profile={"name": "Secret Name"})
    text = instructor_client.get(page_path(course_key)).content.decode()
    assert "secret" not in text.lower()


def test_without_the_role_there_is_the_reason_and_nothing_else(course_key, sign_in):
    answer = sign_in(factories.make_learner(course_key)).get(page_path(course_key))
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "data-learner-data-refused" in text
    assert "data-learner-data=" not in text


def test_who_views_the_course_as_a_learner_is_told_so_and_not_that_a_role_is_missing(course_key, instructor_client):
    factories.masquerade_as_learner(instructor_client, course_key)
    answer = instructor_client.get(page_path(course_key))
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "You are viewing this course as a learner" in text
    assert "you need one of these roles" not in text
    assert "data-learner-data=" not in text
    told = instructor_client.get(api_path(course_key, "tasks/")).json()
    assert (told["error_code"], told["developer_message"]) == ("permission_denied", str(context.VIEWS_AS_LEARNER))


def test_who_views_the_course_as_a_learner_without_an_allowed_role_reads_which_one_is_needed(course_key, sign_in, settings):
    settings.LEARNER_DATA_PLUGIN = {"ROLES": ["data_researcher"]}
    client = sign_in(factories.make_team_member("staff", course_key))
    factories.masquerade_as_learner(client, course_key)
    text = client.get(page_path(course_key)).content.decode()
    assert "Course Data Researcher" in text
    assert "You are viewing this course as a learner" not in text


def test_signed_out_visitor_is_sent_to_sign_in(course_key, settings):
    answer = Client().get(page_path(course_key))
    assert answer.status_code == 302
    assert answer["Location"].startswith(settings.LOGIN_URL)


@pytest.mark.parametrize("course_id", ["nonsense", "course-v1:No+Such+One", "No/Such/One", "course-v1:a+b", "%00", ".."])
def test_unknown_course_is_not_found(course_id, instructor_client):
    assert instructor_client.get(page_path(course_id)).status_code == 404


def test_page_only_reads(course_key, instructor_client):
    for method in ("post", "put", "delete", "patch"):
        assert getattr(instructor_client, method)(page_path(course_key)).status_code == 405
    assert instructor_client.head(page_path(course_key)).status_code == 200


def test_course_name_is_escaped(instructor, sign_in):
    course_key = factories.make_course(name="<script>alert(1)</script>")
    factories.give_role(instructor, "instructor", course_key)
    text = sign_in(instructor).get(page_path(course_key)).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def told_to(client, course_key):
    return page_data(client.get(page_path(course_key)))


@pytest.mark.standin_only(reason="the platform keeps in its database whether bulk email is switched on")
class TestBulkEmail:
    MFE = "https://apps.example.com/communications"

    @pytest.fixture(autouse=True)
    def _switched_on(self, settings):
        settings.STAND_IN_BULK_EMAIL = True

    @pytest.mark.parametrize("role", ["instructor", "staff"])
    def test_is_the_section_of_the_legacy_dashboard(self, course_key, sign_in, role):
        address = told_to(sign_in(factories.make_team_member(role, course_key)), course_key)["bulk_email_url"]
        assert address == f"/courses/{course_key}/instructor#view-send_email"

    @pytest.mark.parametrize("root", [MFE, f"{MFE}/"])
    def test_is_the_micro_frontend_where_the_site_has_it(self, course_key, instructor_client, settings, root):
        settings.COMMUNICATIONS_MICROFRONTEND_URL = root
        assert told_to(instructor_client, course_key)["bulk_email_url"] == f"{self.MFE}/courses/{course_key}/bulk_email"

    def test_is_not_for_data_researchers_to_whom_the_platform_does_not_show_it(self, course_key, sign_in):
        client = sign_in(factories.make_team_member("data_researcher", course_key))
        assert told_to(client, course_key)["bulk_email_url"] == ""

    def test_is_for_global_staff(self, course_key, sign_in):
        assert told_to(sign_in(factories.make_user(is_staff=True)), course_key)["bulk_email_url"]

    def test_is_not_there_where_the_site_has_it_switched_off(self, course_key, instructor_client, settings):
        settings.STAND_IN_BULK_EMAIL = False
        settings.COMMUNICATIONS_MICROFRONTEND_URL = self.MFE
        assert told_to(instructor_client, course_key)["bulk_email_url"] == ""


_SAVEPOINT = 2
"""Of the request's transaction, which is one within the test's."""


@pytest.mark.standin_only(reason="the platform's middleware has queries of its own, and caches of its own")
class TestQueries:
    def test_are_few_whatever_the_course_holds(self, course_key, instructor, instructor_client, django_assert_max_num_queries):
        factories.make_learners(course_key, 150)
        factories.make_stored_files(course_key, 100, instructor)
        instructor_client.get(page_path(course_key))
        with django_assert_max_num_queries(10 + _SAVEPOINT + OF_AUTHZ):
            assert instructor_client.get(page_path(course_key)).status_code == 200

    def test_are_eight_in_a_large_course(self, course_key, instructor_client, django_assert_max_num_queries, monkeypatch):
        factories.make_learners(course_key, 60)
        monkeypatch.setattr(store, "SMALL_COURSE", 50)
        monkeypatch.setattr(table, "learners_limit", lambda _course_key: 25)
        store.refresh(course_key)
        instructor_client.get(page_path(course_key))
        with django_assert_max_num_queries(8 + _SAVEPOINT + OF_AUTHZ):
            assert instructor_client.get(page_path(course_key)).status_code == 200


def test_says_how_a_course_of_this_size_is_searched(course_key, instructor_client, monkeypatch):
    factories.make_learners(course_key, 2)
    for most, is_searched_anywhere in ((2, True), (1, False)):
        monkeypatch.setattr(context, "SEARCHED_ANYWHERE", most)
        assert told_to(instructor_client, course_key)["is_searched_anywhere"] is is_searched_anywhere


def test_works_without_a_cache(course_key, instructor_client, monkeypatch):
    class Broken:
        def get(self, _key):
            raise ConnectionError

        def set(self, *_args):
            raise ConnectionError

    monkeypatch.setattr(course_facts, "cache", Broken())
    assert instructor_client.get(page_path(course_key)).status_code == 200


class TestChartsAlone:
    """Somebody with a role of STATISTICS_ROLES, and none of ROLES."""

    @pytest.fixture
    def client_(self, course_key, sign_in, settings):
        settings.LEARNER_DATA_PLUGIN = {"ROLES": ["data_researcher"], "STATISTICS_ROLES": ["staff"]}
        return sign_in(factories.make_team_member("staff", course_key))

    def test_gets_the_panel_with_charts_and_no_other(self, course_key, client_):
        answer = client_.get(page_path(course_key))
        assert answer.status_code == 200
        text = answer.content.decode()
        assert set(re.findall(r'id="(learner-data-[a-z-]+)-title"', text)) == {"learner-data-statistics"}
        assert "data-charts-safe" not in text
        assert "data-charts-refresh" not in text

    def test_gets_no_number_and_no_column(self, course_key, client_):
        factories.make_learners(course_key, 37)
        answer = client_.get(page_path(course_key))
        page, text = page_data(answer), answer.content.decode()
        assert page["charts_alone"] is True
        assert not {"learner_count", "formats", "table_available"} & set(page)
        assert not re.search(r"\b37\b", re.sub(r'data-learner-data="[^"]*"', "", text))

    def test_is_not_refused_in_the_audit(self, course_key, client_):
        client_.get(page_path(course_key))
        assert not AuditRecord.objects.exists()

    def test_sees_nothing_while_looking_at_the_course_as_a_learner(self, course_key, client_):
        factories.masquerade_as_learner(client_, course_key)
        answer = client_.get(page_path(course_key))
        assert answer.status_code == 403
        assert "data-learner-data=" not in answer.content.decode()


def test_xlsx_is_offered_first_where_a_report_is_created(course_key, instructor_client):
    page = instructor_client.get(page_path(course_key)).content.decode()
    form = page.partition('id="learner-data-create"')[2].partition("</form>")[0]
    formats = form.partition('name="format"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="(\w+)"', formats)[0] == "xlsx"
    assert "selected" not in formats, "The first one is chosen."
