"""The stand-alone page."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.test import Client

from learner_data_plugin import page

from . import factories
from .rest_api.paths import api_path


def page_path(course_id):
    return f"/learner_data/courses/{course_id}/"


def test_shows_the_panels(course_key, instructor_client):
    answer = instructor_client.get(page_path(course_key))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies["csrftoken"].value
    text = answer.content.decode()
    found = re.search(r'data-learner-data="([^"]*)"', text)
    assert json.loads(html.unescape(found[1]))["course_id"] == str(course_key)


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
    assert (told["error_code"], told["developer_message"]) == ("permission_denied", str(page.VIEWS_AS_LEARNER))


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


@pytest.mark.standin_only(reason="the platform's middleware has queries of its own, and caches of its own")
def test_page_takes_few_queries_whatever_the_course_holds(
    course_key, instructor, instructor_client, django_assert_max_num_queries
):
    factories.make_learners(course_key, 150)
    factories.make_stored_files(course_key, 100, instructor)
    instructor_client.get(page_path(course_key))
    with django_assert_max_num_queries(12):
        assert instructor_client.get(page_path(course_key)).status_code == 200
