"""``overview/``: a course at a glance."""

from __future__ import annotations

import pytest

from learner_data_plugin.charts import store
from tests import factories
from tests.reading import OF_AUTHZ

from .paths import api_path

OVERVIEW = "overview/"


@pytest.fixture
def charts_client(course_key, sign_in, settings):
    """The browser of somebody who may see the charts that are safe to share, and nothing else."""
    settings.LEARNER_DATA_PLUGIN = {"ROLES": ["data_researcher"], "STATISTICS_ROLES": ["staff"]}
    return sign_in(factories.make_team_member("staff", course_key))


def get(client, course_key, **query):
    return client.get(api_path(course_key, OVERVIEW), query)


def test_answers_the_numbers_and_what_the_charts_are_drawn_from(course_key, instructor_client):
    factories.make_learners(course_key, 30)
    answer = get(instructor_client, course_key)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["safe"], body["refreshing"], body["numbers"]["enrolled"]) == (False, False, 30)
    assert [chart["name"] for chart in body["charts"]] == ["gender", "enrollment_track", "age", "education", "country"]
    assert body["charts"][0]["rows"] == [
        {"key": "not_reported", "label": "Not reported", "count": 30, "share": 1.0, "muted": True}
    ]
    assert [(period["joined"], period["left"], period["enrolled"]) for period in body["members"]] == [(30, 0, 30)]
    assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.django_db
def test_addresses_of_files_lead_to_the_numbers_that_are_shown(instructor, sign_in):
    course_key = factories.make_course(cohorts=True)
    factories.give_role(instructor, "instructor", course_key)
    instructor_client = sign_in(instructor)
    users = [factories.make_learner(course_key) for _ in range(6)]
    factories.make_cohort(course_key, "Blue & green", users[:4])
    body = get(instructor_client, course_key, cohort="Blue & green").json()
    for url in (body["weeks_csv_url"], body["members_csv_url"], *(chart["csv_url"] for chart in body["charts"])):
        assert instructor_client.get(url).status_code == 200
    gender = b"".join(instructor_client.get(body["charts"][0]["csv_url"]).streaming_content)
    assert b'"not_reported","Not reported","4"' in gender


def test_is_counted_as_of_the_moment_of_the_charts(course_key, instructor_client):
    factories.make_learners(course_key, 30)
    first = get(instructor_client, course_key).json()
    factories.make_learners(course_key, 5)
    assert get(instructor_client, course_key).json() == first
    assert instructor_client.get(api_path(course_key, "statistics/")).json()["generated"] == first["generated"]


def test_a_large_course_has_none_until_a_worker_has_counted_it(course_key, instructor_client, use_broker, monkeypatch):
    monkeypatch.setattr(store, "SMALL_COURSE", 3)
    factories.make_learners(course_key, 5)
    use_broker("memory://")
    answer = get(instructor_client, course_key)
    assert (answer.status_code, answer.json()["generated"], answer.json()["numbers"]) == (202, None, None)
    store.refresh(course_key)
    assert get(instructor_client, course_key).json()["numbers"]["enrolled"] == 5


def test_whoever_sees_charts_alone_gets_what_is_safe_to_share_alone(course_key, charts_client):
    factories.make_learners(course_key, 60)
    assert get(charts_client, course_key).status_code == 403
    assert get(charts_client, course_key, cohort="Blue").status_code == 403
    assert get(charts_client, course_key, safe="1", cohort="Blue").status_code == 422
    body = get(charts_client, course_key, safe="1").json()
    assert abs(body["numbers"]["enrolled"] - 60) <= 3
    assert body["numbers"]["never"] is None
    assert all(period["left"] is None for period in body["members"])
    assert charts_client.get(body["members_csv_url"]).status_code == 200


@pytest.mark.parametrize("query", [{"safe": "1", "enrollment_mode": "audit"}, {"color": "blue"}, {"safe": "2"}])
def test_refuses_what_cannot_be(course_key, instructor_client, query):
    assert get(instructor_client, course_key, **query).status_code == 422


def test_not_for_strangers(course_key, client, sign_in):
    assert get(client, course_key).status_code == 401
    assert get(sign_in(factories.make_learner(course_key)), course_key).status_code == 403


@pytest.mark.parametrize("query", [{}, {"safe": "1"}])
def test_a_look_takes_few_queries(course_key, instructor_client, django_assert_max_num_queries, query):
    factories.make_learners(course_key, 100)
    get(instructor_client, course_key, **query)
    with django_assert_max_num_queries(8 + OF_AUTHZ):
        assert get(instructor_client, course_key, **query).status_code == 200
