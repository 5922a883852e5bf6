"""``reports/verify``: a hash in, what the audit knows out."""

from __future__ import annotations

import hashlib

import pytest

from .. import factories
from .paths import api_path

JSON = "application/json"


def ask(client, course_key, content, **more):
    body = {"sha256": hashlib.sha256(content).hexdigest(), **more}
    return client.post(api_path(course_key, "reports/verify"), body, content_type=JSON)


def download(client, course_key, query=""):
    [report] = client.get(api_path(course_key, "reports/")).json()["reports"]
    return report, b"".join(client.get(report["url"] + query).streaming_content)


@pytest.mark.parametrize("query", ["", "?bom=1"])
def test_downloaded_file_is_known(query, course_key, instructor, instructor_client):
    factories.make_learner(course_key)
    factories.make_report(course_key, instructor)
    report, content = download(instructor_client, course_key, query)
    answer = ask(instructor_client, course_key, content)
    assert answer.status_code == 200
    expected = {"report": "profile", "course_id": str(course_key), "name": report["name"], "rows": 1}
    assert {key: answer.json()[key] for key in expected} == expected
    assert answer.json()["requester"] == instructor.username
    assert answer.json()["created"][:16] == report["created"][:16]
    assert answer.json()["columns"][:2] == ["id", "username"]


def test_others_are_not(course_key, instructor, instructor_client):
    factories.make_report(course_key, instructor)
    report, content = download(instructor_client, course_key)
    for more, code in (({}, "file_not_from_here"), ({"name": report["name"]}, "file_changed")):
        answer = ask(instructor_client, course_key, content + b"x", **more)
        assert (answer.status_code, answer.json()["error_code"]) == (404, code)


@pytest.mark.parametrize("sha256", ["", "0" * 63, "g" * 64, 5, None])
def test_what_is_no_hash_is_refused(sha256, course_key, instructor_client):
    answer = instructor_client.post(api_path(course_key, "reports/verify"), {"sha256": sha256}, content_type=JSON)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_parameter")


def test_who_sees_no_learner_data_learns_nothing(course_key, instructor, sign_in):
    factories.make_report(course_key, instructor)
    outsider = sign_in(factories.make_team_member("staff", factories.make_course(org="OtherX")))
    assert ask(outsider, course_key, b"").status_code == 403


def test_it_is_no_report(course_key, instructor_client):
    assert instructor_client.get(api_path(course_key, "reports/verify")).status_code == 405
