"""``learners/``: the table of a small course."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from learner_data_plugin.data import AuditAction
from learner_data_plugin.models import AuditRecord

from .. import factories
from .paths import api_path
from .tokens import bearer


def test_address_is_the_documented_one(course_key):
    made = reverse("learner_data_plugin:learners", kwargs={"course_id": str(course_key)})
    assert made == api_path(course_key, "learners/")


def test_learners_are_ordered_by_username_with_labelled_columns(course_key, instructor_client):
    factories.make_learner(course_key, "zoe", profile={"name": "Zoë", "goals": "a\nb"})
    factories.make_learner(course_key, "adam", profile=None)
    factories.make_learner(course_key, "gone", is_active=False)
    answer = instructor_client.get(api_path(course_key, "learners/"))
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"course_id", "count", "columns", "learners"}
    assert (body["course_id"], body["count"]) == (str(course_key), 2)
    assert [learner["username"] for learner in body["learners"]] == ["adam", "zoe"]
    assert body["learners"][1]["goals"] == "a\nb"
    keys = [column["key"] for column in body["columns"]]
    assert keys[:3] == ["id", "username", "name"]
    assert all(set(column) == {"key", "label"} and column["label"] for column in body["columns"])
    assert all(set(learner) == set(keys) for learner in body["learners"])
    assert "no-store" in answer["Cache-Control"]


def test_limit_is_fewer_than_200(course_key, instructor_client):
    factories.make_learners(course_key, 199)
    assert instructor_client.get(api_path(course_key, "learners/")).json()["count"] == 199
    factories.make_learner(course_key)
    refused = instructor_client.get(api_path(course_key, "learners/"))
    assert (refused.status_code, refused.json()["count"], refused.json()["limit"]) == (422, 200, 200)


@pytest.mark.standin_only(reason="the platform's middleware has queries of its own, and caches of its own")
def test_table_of_199_takes_few_queries(instructor, sign_in, django_assert_max_num_queries):
    course_key = factories.make_course(cohorts=True, teams=True)
    factories.give_role(instructor, "instructor", course_key)
    factories.make_learners(course_key, 199, mode="verified")
    client = sign_in(instructor)
    client.get(api_path(course_key, "learners/"))
    # 2 say who asks, 5 whether they may and what the course and its site have switched on, 4 read, 1 records.
    with django_assert_max_num_queries(14):
        assert client.get(api_path(course_key, "learners/")).status_code == 200


def test_private_columns_are_neither_shown_nor_searched(course_key, instructor_client, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "PRIVATE_COLUMNS": ["email", "year_of_birth"]}
    factories.make_learner(course_key, "ada", email="hidden@example.com")
    body = instructor_client.get(api_path(course_key, "learners/")).json()
    assert not {"email", "year_of_birth"} & {column["key"] for column in body["columns"]}
    assert "email" not in body["learners"][0]
    found = instructor_client.get(api_path(course_key, "learners/?search=hidden@example.com")).json()
    assert found["learners"] == []
    assert instructor_client.get(api_path(course_key, "learners/?columns=email")).status_code == 422


class TestAskingInTheBody:
    """What is searched for is a name or an address, and has no place in the log of a web server."""

    def ask(self, client, course_key, body, **headers):
        return client.post(api_path(course_key, "learners/"), body, content_type="application/json", **headers)

    def test_answers_as_with_a_query_string(self, course_key, instructor_client):
        factories.make_learner(course_key, "ada", profile={"name": "Ada"})
        factories.make_learner(course_key, "zoe", mode="verified")
        for body, query in (
            ({}, ""),
            ({"search": "ADA"}, "?search=ADA"),
            ({"columns": ["name", "username"], "sort": "-username"}, "?columns=name,username&sort=-username"),
            ({"enrollment_mode": "verified"}, "?enrollment_mode=verified"),
        ):
            asked = self.ask(instructor_client, course_key, body)
            assert asked.status_code == 200
            got = instructor_client.get(api_path(course_key, "learners/") + query)
            assert (asked.json()["count"], asked.json()["learners"]) == (got.json()["count"], got.json()["learners"])
            keys = [[column["key"] for column in answer.json()["columns"]] for answer in (asked, got)]
            assert keys[0] == keys[1]

    def test_is_recorded_as_well(self, course_key, instructor_client):
        self.ask(instructor_client, course_key, {"search": "ada"})
        assert AuditRecord.objects.filter(action=AuditAction.LISTED, course_id=course_key).count() == 1

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"searches": "ada"}, "unknown_parameter"),
            ({"search": 5}, "invalid_parameter"),
            ({"columns": "name"}, "invalid_parameter"),
            ({"columns": ["nonsense"]}, "unknown_column"),
            ([], "invalid_parameter"),
            ("{", "malformed_body"),
        ],
    )
    def test_says_what_is_wrong(self, course_key, instructor_client, body, code):
        answer = self.ask(instructor_client, course_key, body)
        assert (answer.status_code, answer.json()["error_code"]) == (422, code)

    def test_nothing_is_taken_of_the_query_string(self, course_key, instructor_client):
        answer = instructor_client.post(api_path(course_key, "learners/?search=ada"), {}, content_type="application/json")
        assert (answer.status_code, answer.json()["error_code"]) == (422, "unknown_parameter")

    def test_needs_the_csrf_token_with_a_session(self, course_key, instructor, sign_in):
        answer = self.ask(sign_in(instructor, enforce_csrf_checks=True), course_key, {})
        assert (answer.status_code, answer.json()["error_code"]) == (403, "csrf_failed")

    def test_needs_only_the_scope_for_reading(self, course_key, instructor):
        client = Client(HTTP_AUTHORIZATION=bearer(instructor, scopes=["read"]))
        assert self.ask(client, course_key, {"search": "ada"}).status_code == 200
