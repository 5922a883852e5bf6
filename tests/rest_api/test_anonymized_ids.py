"""``anonymized_ids.csv``: everyone who ever enrolled."""

from __future__ import annotations

import csv
import io

import pytest
from common.djangoapps.student.models import anonymous_id_for_user
from django.contrib.auth import get_user_model

from .. import factories
from .paths import api_path


def fetch(client, course_key):
    answer = client.get(api_path(course_key, "anonymized_ids.csv"))
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content)


def test_ids_are_the_platforms_for_everyone_who_ever_enrolled(course_key, instructor_client):
    ids = {factories.make_learner(course_key, is_active=active).pk for active in (True, False, True)}
    _, content = fetch(instructor_client, course_key)
    header, *rows = csv.reader(io.StringIO(content.decode()))
    assert header == ["User ID", "Anonymized User ID", "Course Specific Anonymized User ID"]
    assert {int(row[0]) for row in rows} == ids
    for user_id, site_wide, course_specific in rows:
        user = get_user_model().objects.get(pk=user_id)
        assert site_wide == anonymous_id_for_user(user, None)
        assert course_specific == anonymous_id_for_user(get_user_model().objects.get(pk=user_id), course_key)


def test_second_download_is_identical(course_key, instructor_client):
    factories.make_learners(course_key, 20)
    assert fetch(instructor_client, course_key)[1] == fetch(instructor_client, course_key)[1]


def test_browser_saves_it_under_the_documented_name(course_key, instructor_client):
    answer, _ = fetch(instructor_client, course_key)
    assert answer["Content-Disposition"] == f'attachment; filename="{course_key}-anon-id.csv"'
    assert answer["Content-Type"].startswith("text/csv")
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_larger_course_is_sent_to_the_report(course_key, instructor_client, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "ANONYMIZED_IDS_ON_PAGE": 2}
    factories.make_learners(course_key, 2)
    answer = instructor_client.get(api_path(course_key, "anonymized_ids.csv"))
    assert (answer.status_code, answer.json()["error_code"]) == (422, "too_many_learners")


@pytest.mark.standin_only(reason="the platform's middleware has queries of its own, and caches of its own")
def test_number_of_queries_does_not_grow_with_the_course(course_key, instructor_client, django_assert_max_num_queries):
    factories.make_learners(course_key, 300)
    with django_assert_max_num_queries(25):
        fetch(instructor_client, course_key)
