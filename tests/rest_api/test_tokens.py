"""Which tokens are enough to read learner data."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from edx_rest_framework_extensions.permissions import NotJwtRestrictedApplication
from openedx.core.djangoapps.oauth_dispatch.jwt import create_jwt_for_user
from rest_framework.permissions import BasePermission

from learner_data_plugin.data import AuditAction
from learner_data_plugin.models import AuditRecord, ReportRun
from learner_data_plugin.rest_api.v1.tasks import TasksView

from .paths import api_path
from .tokens import bearer, jwt

JSON = "application/json"
SOMEBODY_ELSES_KEY = "not the key of this site, but one that is as long"


def test_token_of_a_restricted_application_is_refused(course_key, instructor):
    client = Client(HTTP_AUTHORIZATION=jwt(instructor, is_restricted=True))
    for call in ("learners/", "reports/", "tasks/", "anonymized_ids.csv", "statistics/"):
        answer = client.get(api_path(course_key, call))
        assert (answer.status_code, answer.json()["error_code"]) == (403, "token_refused"), call
    answer = client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "token_refused")
    assert not ReportRun.objects.exists()
    assert AuditRecord.objects.filter(action=AuditAction.REFUSED, user_id=instructor.pk, course_id=course_key).exists()


def test_platforms_middleware_adds_its_permission_to_the_views(course_key, instructor_client):
    instructor_client.get(api_path(course_key, "tasks/"))
    assert NotJwtRestrictedApplication in TasksView.permission_classes


class OnlyDemoX(BasePermission):
    """Such as a site's own middleware may add to every view."""

    message = "This is not a course of DemoX."

    def has_permission(self, request: Any, view: Any) -> bool:
        return view.kwargs["course_id"].startswith("course-v1:DemoX+")


def test_permission_classes_that_a_site_adds_are_asked(course_key, instructor_client, monkeypatch):
    monkeypatch.setattr(TasksView, "permission_classes", (*TasksView.permission_classes, OnlyDemoX))
    answer = instructor_client.get(api_path(course_key, "tasks/"))
    assert answer.status_code == 403
    assert answer.json() == {"error_code": "token_refused", "developer_message": "This is not a course of DemoX."}


@pytest.mark.parametrize(
    "token",
    [
        lambda user: jwt(user, exp=int(time.time()) - 60),
        lambda user: jwt(user, iss="https://somebody.example.com"),
        lambda user: f"JWT {create_jwt_for_user(user, aud='somebody else')}",
        lambda user: f"JWT {create_jwt_for_user(user, secret=SOMEBODY_ELSES_KEY)}",
        lambda user: jwt(user).rsplit(".", 1)[0] + ".",
    ],
    ids=["expired", "other issuer", "other audience", "wrongly signed", "not signed"],
)
def test_token_that_does_not_hold_is_not_signed_in(token, course_key, instructor):
    answer = Client(HTTP_AUTHORIZATION=token(instructor)).get(api_path(course_key, "tasks/"))
    assert (answer.status_code, answer.json()["error_code"]) == (401, "not_authenticated")


@pytest.fixture(params=[None, "", '{"keys": []}'], ids=["none", "empty", "no keys"])
def no_public_key(request, settings):
    """A site that has not said with which key its web tokens are signed."""
    settings.JWT_AUTH = {**settings.JWT_AUTH, "JWT_PUBLIC_SIGNING_JWK_SET": request.param}


def test_no_web_token_is_believed_where_no_key_can_check_it(course_key, instructor, no_public_key):
    for header in (jwt(instructor), f"JWT {create_jwt_for_user(instructor, secret=SOMEBODY_ELSES_KEY)}"):
        answer = Client(HTTP_AUTHORIZATION=header).get(api_path(course_key, "tasks/"))
        assert (answer.status_code, answer.json()["error_code"]) == (401, "not_authenticated")


def test_sessions_and_bearer_tokens_work_where_no_key_can_check_web_tokens(
    course_key, instructor, instructor_client, no_public_key
):
    assert instructor_client.get(api_path(course_key, "tasks/")).status_code == 200
    assert Client(HTTP_AUTHORIZATION=bearer(instructor)).get(api_path(course_key, "tasks/")).status_code == 200


def test_operators_are_told_that_no_key_can_check_web_tokens(no_public_key):
    found = {finding.id: finding for finding in run_checks(tags=["learner_data_plugin"], include_deployment_checks=True)}
    assert found["learner_data_plugin.W008"].level < found["learner_data_plugin.E004"].level
    assert "JWT_PUBLIC_SIGNING_JWK_SET" in found["learner_data_plugin.E004"].msg


@pytest.mark.parametrize("token_of", [bearer, jwt])
@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [("read write", 200, 202), ("read", 200, 403), ("write", 403, 202), ("email profile user_id", 403, 403)],
)
def test_token_needs_the_scope_for_what_it_does(token_of, scopes, reads, writes, course_key, instructor):
    client = Client(HTTP_AUTHORIZATION=token_of(instructor, scopes=scopes.split()))
    read = client.get(api_path(course_key, "learners/"))
    written = client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON)
    assert (read.status_code, written.status_code) == (reads, writes)
    for answer, scope in ((read, "read"), (written, "write")):
        if answer.status_code == 403:
            assert answer.json()["error_code"] == "token_refused"
            assert f"'{scope}'" in answer.json()["developer_message"]


@pytest.mark.parametrize("token_of", [bearer, jwt])
def test_site_chooses_which_scopes_are_needed(token_of, course_key, instructor, settings):
    path = api_path(course_key, "learners/")
    for chosen, with_default, with_own in (({"read": "learner_data:read"}, 403, 200), ({}, 200, 200), (None, 200, 403)):
        settings.LEARNER_DATA_PLUGIN = {} if chosen is None else {"TOKEN_SCOPES": chosen}
        answers = [
            Client(HTTP_AUTHORIZATION=token_of(instructor, scopes=scopes)).get(path).status_code
            for scopes in (["read"], ["learner_data:read"])
        ]
        assert answers == [with_default, with_own], chosen


def test_web_token_of_the_accounts_own_sign_in_needs_no_scope(course_key, instructor):
    """The platform's cookies for its micro-frontends have the scopes user_id, email and profile."""
    token = jwt(instructor, scopes=["user_id", "email", "profile"], grant_type="password")
    client = Client(HTTP_AUTHORIZATION=token)
    assert client.get(api_path(course_key, "learners/")).status_code == 200
    assert client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON).status_code == 202


def test_cookie_of_a_micro_frontend_signs_in(course_key, instructor):
    _prefix, token = jwt(instructor, scopes=["user_id", "email", "profile"], grant_type="password").split()
    head, payload, signature = token.split(".")
    client = Client(HTTP_USE_JWT_COOKIE="true")
    client.cookies["edx-jwt-cookie-header-payload"], client.cookies["edx-jwt-cookie-signature"] = f"{head}.{payload}", signature
    assert client.get(api_path(course_key, "learners/")).status_code == 200


def test_cookie_does_not_turn_an_applications_web_token_into_a_sign_in(course_key, instructor):
    _prefix, token = jwt(instructor, scopes=["email", "profile"], grant_type="authorization-code").split()
    head, payload, signature = token.split(".")
    client = Client(HTTP_USE_JWT_COOKIE="true")
    client.cookies["edx-jwt-cookie-header-payload"], client.cookies["edx-jwt-cookie-signature"] = f"{head}.{payload}", signature
    answer = client.get(api_path(course_key, "learners/"))
    assert (answer.status_code, answer.json().get("error_code")) == (403, "token_refused")
