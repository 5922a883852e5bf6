"""How callers say who they are, and that a write needs more than a cookie."""

from __future__ import annotations

import pytest
from django.test import Client

from learner_data_plugin.models import ReportRun

from .. import factories
from .paths import api_path
from .tokens import bearer, jwt

JSON = "application/json"


@pytest.fixture
def checked_client(instructor, sign_in):
    """A browser whose requests are checked for CSRF."""
    return sign_in(instructor, enforce_csrf_checks=True)


def csrf_token(client, course_key):
    """The token that the page hands out."""
    client.get(f"/learner_data/courses/{course_key}/")
    return client.cookies["csrftoken"].value


def test_request_for_a_report_needs_the_csrf_token(course_key, checked_client):
    path, body = api_path(course_key, "reports/"), {"report": "profile"}
    refused = checked_client.post(path, body, content_type=JSON)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "csrf_failed")
    assert not ReportRun.objects.exists()
    token = csrf_token(checked_client, course_key)
    assert checked_client.post(path, body, content_type=JSON, HTTP_X_CSRFTOKEN="wrong" + token).status_code == 403
    assert checked_client.post(path, body, content_type=JSON, HTTP_X_CSRFTOKEN=token).status_code == 202


def test_deletion_needs_the_csrf_token(course_key, instructor, checked_client):
    path = api_path(course_key, f"reports/{factories.make_report(course_key, instructor).name}")
    refused = checked_client.delete(path)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "csrf_failed")
    token = csrf_token(checked_client, course_key)
    assert checked_client.delete(path, HTTP_X_CSRFTOKEN=token).status_code == 204


@pytest.mark.parametrize("token_of", [bearer, jwt])
def test_token_is_enough_for_reading_and_writing(token_of, course_key, instructor):
    client = Client(enforce_csrf_checks=True, HTTP_AUTHORIZATION=token_of(instructor))
    assert client.get(api_path(course_key, "tasks/")).status_code == 200
    requested = client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON)
    assert requested.status_code == 202, requested.content
    [file] = client.get(api_path(course_key, "reports/")).json()["reports"]
    assert b"".join(client.get(file["url"]).streaming_content)


@pytest.mark.parametrize("token_of", [bearer, jwt])
def test_token_of_somebody_without_a_role_is_refused(token_of, course_key):
    client = Client(HTTP_AUTHORIZATION=token_of(factories.make_learner(course_key)))
    assert client.get(api_path(course_key, "learners/")).status_code == 403


@pytest.mark.parametrize("token_of", [bearer, jwt])
def test_token_of_an_inactive_account_is_refused(token_of, course_key):
    user = factories.give_role(factories.make_user(is_active=False), "instructor", course_key)
    answer = Client(HTTP_AUTHORIZATION=token_of(user)).get(api_path(course_key, "learners/"))
    assert answer.status_code in (401, 403)
    assert set(answer.json()) == {"error_code", "developer_message"}


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer", "Bearer a b", "JWT nonsense", "JWT a.b.c", "JWT", "Basic YTpi", "x" * 5_000]
)
def test_token_that_is_none_is_not_signed_in(header, course_key):
    answer = Client(HTTP_AUTHORIZATION=header).get(api_path(course_key, "learners/"))
    assert answer.status_code == 401
    assert set(answer.json()) == {"error_code", "developer_message"}
    assert answer.json()["error_code"] == "not_authenticated"
    assert isinstance(answer.json()["developer_message"], str)
