"""``learners/``: the table of a small course."""

from __future__ import annotations

import pytest
from django.urls import reverse

from .. import factories
from .paths import api_path


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
    with django_assert_max_num_queries(12):
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
