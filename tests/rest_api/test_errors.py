"""Each documented error: its status, its code, and nothing of learners or of the code in it."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote

import pytest
from django.test import Client

from .. import factories
from .paths import api_path

JSON = "application/json"
CALLS = ("learners/", "reports/", "tasks/", "anonymized_ids.csv", "reports/name.csv")


def assert_error(answer, status, code):
    """The documented shape, with the headers that every answer has."""
    assert answer.status_code == status, answer.content
    body = answer.json()
    extra = {"count", "limit"} if code == "too_many_learners" else set()
    assert set(body) == {"error_code", "developer_message"} | extra
    assert body["error_code"] == code
    assert isinstance(body["developer_message"], str)
    assert len(body["developer_message"]) > 10
    assert "Traceback" not in body["developer_message"]
    assert answer["Content-Type"].startswith(JSON)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def path(course_id, call):
    return f"/learner_data/api/v1/courses/{course_id}/{call}"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "course_id",
    [
        "nonsense",
        "a+b+c",
        "course-v1:OnlyOrg",
        "course-v1:a+b",
        "course-v1:a+b+c+d+e",
        "course-v1:Nobody+Knows+It",
        "Nobody/Knows/It",
        "ccx-v1:Nobody+Knows+It+ccx@1",
        "library-v1:Nobody+Knows",
        "block-v1:a+b+c+type@course+block@course",
        "course-v1:é+b+c",
        quote("course-v1:a+b+c\n", safe=""),
        quote("course-v1:a b+c\x00+d", safe=""),
        quote("course-v1:' OR 1=1 --+b+c", safe=""),
        "course-v1:" + "x" * 2_000 + "+b+c",
        "..",
        "%ff%fe",
        "1",
    ],
)
def test_unknown_or_malformed_course_is_not_found(course_id, call, instructor_client):
    assert_error(instructor_client.get(path(course_id, call)), 404, "course_not_found")


def test_course_id_of_other_case_is_not_found(course_key, instructor_client):
    course_id = str(course_key).replace("TestX", "TESTX")
    assert_error(instructor_client.get(path(course_id, "tasks/")), 404, "course_not_found")


def test_unknown_course_is_not_found_for_writes(instructor_client):
    answer = instructor_client.post(path("course-v1:No+Such+One", "reports/"), {"report": "profile"}, content_type=JSON)
    assert_error(answer, 404, "course_not_found")
    assert_error(instructor_client.delete(path("nonsense", "reports/a.csv")), 404, "course_not_found")


@pytest.mark.parametrize("call", CALLS)
def test_not_signed_in(call, course_key):
    answer = Client().get(api_path(course_key, call))
    assert_error(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"]


def test_who_is_not_signed_in_learns_nothing_of_courses(db):
    assert_error(Client().get(path("course-v1:No+Such+One", "tasks/")), 401, "not_authenticated")


@pytest.mark.parametrize("call", CALLS)
def test_no_role(call, course_key, sign_in):
    client = sign_in(factories.make_learner(course_key))
    assert_error(client.get(api_path(course_key, call)), 403, "permission_denied")


@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("put", "learners/"),
        ("put", "reports/"),
        ("patch", "reports/"),
        ("delete", "reports/"),
        ("post", "tasks/"),
        ("delete", "tasks/"),
        ("post", "anonymized_ids.csv"),
        ("put", "reports/name.csv"),
        ("post", "reports/name.csv"),
    ],
)
def test_method_not_allowed(method, call, course_key, instructor_client):
    answer = getattr(instructor_client, method)(api_path(course_key, call), {}, content_type=JSON)
    assert_error(answer, 405, "method_not_allowed")
    assert answer["Allow"]


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "application/xml", "text/json"],
)
def test_body_in_another_format(content_type, course_key, instructor_client):
    answer = instructor_client.post(api_path(course_key, "reports/"), "report=profile", content_type=content_type)
    assert_error(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "report=profile",
        "{'report': 'profile'}",
        '{"report": NaN}',
        b"\xff\xfe",
        b'{"report": "\xff"}',
        "[" * 60_000,
        '{"a":' * 12_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_body_that_is_not_json(body, course_key, instructor_client):
    answer = instructor_client.post(api_path(course_key, "reports/"), body, content_type=JSON)
    assert_error(answer, 422, "malformed_body")


@pytest.mark.parametrize("body", [[], [{"report": "profile"}], "profile", 1, None, True])
def test_body_that_is_no_object(body, course_key, instructor_client):
    answer = instructor_client.post(api_path(course_key, "reports/"), json.dumps(body), content_type=JSON)
    assert_error(answer, 422, "invalid_parameter")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "unknown_report"),
        ({"report": "grades"}, "unknown_report"),
        ({"report": ""}, "unknown_report"),
        ({"report": None}, "unknown_report"),
        ({"report": 1}, "unknown_report"),
        ({"report": ["profile"]}, "unknown_report"),
        ({"report": {"profile": 1}}, "unknown_report"),
        ({"report": "PROFILE"}, "unknown_report"),
        ({"report": "profile", "format": "pdf"}, "unknown_format"),
        ({"report": "profile", "format": None}, "unknown_format"),
        ({"report": "profile", "format": 7}, "unknown_format"),
        ({"report": "profile", "format": ["csv"]}, "unknown_format"),
        ({"report": "profile", "extra": 1}, "unknown_parameter"),
        ({"report": "profile", "x" * 10_000: 1}, "unknown_parameter"),
        ({"report": "profile", "columns": "id"}, "invalid_parameter"),
        ({"report": "profile", "columns": [1]}, "invalid_parameter"),
        ({"report": "profile", "columns": [["id"]]}, "invalid_parameter"),
        ({"report": "profile", "columns": {"id": 1}}, "invalid_parameter"),
        ({"report": "profile", "columns": []}, "invalid_selection"),
        ({"report": "profile", "columns": ["id", "id"]}, "invalid_selection"),
        ({"report": "profile", "columns": ["password"]}, "unknown_column"),
        ({"report": "profile", "columns": ["user__password"]}, "unknown_column"),
        ({"report": "profile", "search": 1}, "invalid_parameter"),
        ({"report": "profile", "search": None}, "invalid_parameter"),
        ({"report": "profile", "search": "x" * 256}, "invalid_parameter"),
        ({"report": "profile", "search": "a\0b"}, "invalid_parameter"),
        ({"report": "profile", "search": "\ud800"}, "malformed_body"),
        ({"report": "profile", "columns": ["\ud800"]}, "malformed_body"),
        ({"report": "profile", "\ud800": 1}, "malformed_body"),
        ({"report": "profile", "cohort": "No such cohort"}, "invalid_selection"),
        ({"report": "profile", "team": "No such team"}, "invalid_selection"),
        ({"report": "profile", "sort": "password"}, "invalid_selection"),
        ({"report": "profile", "sort": ["id"]}, "invalid_parameter"),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_field_that_is_wrong(body, code, course_key, instructor_client):
    answer = instructor_client.post(api_path(course_key, "reports/"), json.dumps(body), content_type=JSON)
    assert_error(answer, 422, code)
    assert len(answer.content) < 1_000
    assert instructor_client.get(api_path(course_key, "tasks/")).json() == {"tasks": []}


def test_a_long_wrong_value_is_not_sent_back(course_key, instructor_client):
    body = json.dumps({"report": "profile", "columns": ["y" * 60_000]})
    answer = instructor_client.post(api_path(course_key, "reports/"), body, content_type=JSON)
    assert_error(answer, 422, "unknown_column")
    assert len(answer.content) < 1_000


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("columns=password", "unknown_column"),
        ("columns=", "invalid_selection"),
        ("sort=nonsense", "invalid_selection"),
        ("search=" + "x" * 256, "invalid_parameter"),
        ("search=%00", "invalid_parameter"),
        ("format=xml", "unknown_parameter"),
        ("user__password=1", "unknown_parameter"),
        ("cohort=Nowhere", "invalid_selection"),
        ("enrollment_mode=" + "x" * 300, "invalid_parameter"),
    ],
)
def test_query_of_the_table_that_is_wrong(query, code, course_key, instructor_client):
    assert_error(instructor_client.get(api_path(course_key, f"learners/?{query}")), 422, code)


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=", "page=1.5", "page_size=0", "page_size=1001", "page=" + "9" * 40, "page=%C2%B2"]
    + [f"{name}={'0' * zeros}1" for name in ("page", "page_size") for zeros in (2_000, 5_000)],
)
def test_page_of_reports_that_is_wrong(query, course_key, instructor_client):
    assert_error(instructor_client.get(api_path(course_key, f"reports/?{query}")), 422, "invalid_parameter")


def test_table_of_a_course_that_is_too_large(course_key, instructor_client, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "MAX_LEARNERS_ON_PAGE": 3}
    factories.make_learners(course_key, 3)
    answer = instructor_client.get(api_path(course_key, "learners/"))
    assert_error(answer, 422, "too_many_learners")
    assert (answer.json()["count"], answer.json()["limit"]) == (3, 3)


@pytest.mark.parametrize(
    "name",
    [
        "../",
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e%2fetc/passwd",
        "%252e%252e%252fetc",
        "..\\..\\windows",
        "/etc/passwd",
        "%00",
        "name%00.csv",
        "x" * 5_000,
        "name%0a.csv",
        "%ff",
        "name.csv/",
        "é.csv",
        "none",
    ],
)
@pytest.mark.parametrize("method", ["get", "delete"])
def test_report_name_that_is_none(method, name, course_key, instructor, instructor_client):
    factories.make_report(course_key, instructor)
    answer = getattr(instructor_client, method)(api_path(course_key, f"reports/{name}"))
    assert_error(answer, 404, "report_not_found")


def test_neither_path_nor_id_of_a_report_opens_it(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    for name in (file.path, str(file.pk), file.name.upper(), file.name[:-1], f"./{file.name}", f"x/../{file.name}"):
        assert_error(instructor_client.get(api_path(course_key, f"reports/{quote(name)}")), 404, "report_not_found")


def test_report_of_another_course_is_not_found_here(course_key, instructor, instructor_client):
    elsewhere = factories.make_course()
    name = factories.make_report(elsewhere, factories.make_team_member("instructor", elsewhere)).name
    assert_error(instructor_client.get(api_path(course_key, f"reports/{name}")), 404, "report_not_found")
    assert_error(instructor_client.delete(api_path(course_key, f"reports/{name}")), 404, "report_not_found")
    assert_error(instructor_client.get(api_path(elsewhere, f"reports/{name}")), 403, "permission_denied")


def test_report_whose_content_is_gone_is_not_found(course_key, instructor, instructor_client, tmp_path):
    file = factories.make_report(course_key, instructor)
    (tmp_path / "reports" / file.path).unlink()
    assert_error(instructor_client.get(api_path(course_key, f"reports/{file.name}")), 404, "report_not_found")


@pytest.mark.parametrize("accept", ["application/json", "text/html", "*/*", "application/xml", "nonsense", "", "text/html;q=x"])
def test_errors_and_answers_are_json_whatever_is_accepted(accept, course_key, instructor_client):
    assert instructor_client.get(api_path(course_key, "tasks/"), HTTP_ACCEPT=accept)["Content-Type"] == JSON
    assert_error(instructor_client.get(path("nonsense", "tasks/"), HTTP_ACCEPT=accept), 404, "course_not_found")


def test_an_error_nobody_foresaw_tells_nothing_of_learners(course_key, instructor_client, settings, caplog):
    factories.make_learner(course_key, "secret_person", profile={"name": "Secret Name"})
    settings.VERIFY_STUDENT = {}  # the platform would not start like that: reading the verified learners fails
    factories.make_learner(course_key, "verified_person", mode="verified")
    with caplog.at_level(logging.DEBUG, logger="learner_data_plugin"):
        instructor_client.raise_request_exception = False
        answer = instructor_client.get(api_path(course_key, "learners/"))
    assert_error(answer, 500, "server_error")
    told = answer.content.decode() + caplog.text
    assert "KeyError" in caplog.text
    for secret in ("secret_person", "Secret Name", "verified_person", "DAYS_GOOD_FOR'"):
        assert secret not in told


def test_no_log_line_of_a_whole_job_names_a_learner(course_key, instructor, instructor_client, caplog):
    factories.make_learner(course_key, "secret_person", email="secret@example.com", profile={"name": "Secret Name"})
    with caplog.at_level(logging.DEBUG):
        body = {"report": "profile", "search": "secret_person"}
        assert instructor_client.post(api_path(course_key, "reports/"), body, content_type=JSON).status_code == 202
        [file] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
        assert b"secret@example.com" in b"".join(instructor_client.get(file["url"]).streaming_content)
        instructor_client.get(api_path(course_key, "learners/"))
    lines = [
        record.getMessage() for record in caplog.records if not record.name.startswith(("django.db.backends", "faker"))
    ]
    assert not [line for line in lines if "secret" in line.lower()]


@pytest.mark.parametrize("content_type", [JSON, "text/plain"])
@pytest.mark.parametrize("call", ["reports/", "learners/", "tasks/", "reports/name.csv", "anonymized_ids.csv"])
def test_body_that_is_too_large_is_refused_before_it_is_read(call, content_type, course_key, instructor_client):
    class Untouched:
        """A body that nobody may read."""

        def read(self, *_args):
            raise AssertionError("the body was read")

        readline = read

    answer = instructor_client.generic(
        "DELETE" if call == "reports/name.csv" else "POST",
        api_path(course_key, call),
        content_type=content_type,
        CONTENT_LENGTH=str(64 * 1024 + 1),
        **{"wsgi.input": Untouched()},
    )
    assert_error(answer, 413, "body_too_large")
    assert "65,536" in answer.json()["developer_message"]


def test_body_as_large_as_allowed_is_read(course_key, instructor_client):
    body = json.dumps({"report": "profile", "columns": []})
    body += " " * (64 * 1024 - len(body))
    answer = instructor_client.post(api_path(course_key, "reports/"), body, content_type=JSON)
    assert_error(answer, 422, "invalid_selection")


@pytest.mark.parametrize("length", ["", "many", "-1"])
def test_length_that_is_none_counts_for_nothing(length, course_key, instructor_client):
    answer = instructor_client.generic("GET", api_path(course_key, "tasks/"), CONTENT_LENGTH=length)
    assert answer.status_code == 200


@pytest.mark.parametrize("address", ["views/x", "views/%0A1", "schedules/x", f"schedules/{'9' * 30}", "deanonymize/requests/x"])
def test_number_that_is_none_is_not_found(address, course_key, instructor_client):
    method = instructor_client.post if "requests" in address else instructor_client.delete
    answer = method(api_path(course_key, address), content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (403 if "requests" in address else 404, "application/json")
