"""The API's own description."""

from __future__ import annotations

import sys
from urllib.parse import quote

import pytest
from django.urls import resolve

from learner_data_plugin.learners.parameters import SELECTION_TEXTS
from learner_data_plugin.rest_api.v1 import urls

from .. import factories
from .paths import api_path

COURSE_ID = "course-v1:TestX+Course+2026"
ROOT = "/learner_data/api/v1/courses/{course_id}/"


@pytest.fixture
def description(client, db):
    answer = client.get("/learner_data/openapi.json")
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def calls(description):
    """Each call by method and address."""
    return {
        (method, path.removeprefix(ROOT)): call
        for path, item in description["paths"].items()
        for method, call in item.items()
        if method != "parameters"
    }


@pytest.fixture
def content(course_key, instructor):
    """A course with learners, a task and a file."""
    factories.make_learners(course_key, 12)
    factories.make_report(course_key, instructor)


def parameters(call, place):
    return {parameter["name"] for parameter in call["parameters"] if parameter["in"] == place}


@pytest.fixture
def fields(description):
    """The fields of a component, and those of what it refers to."""

    def of(call, status):
        [content] = call["responses"][status]["content"].values()
        return resolved(content["schema"])

    def resolved(schema):
        if "$ref" in schema:
            return resolved(description["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        if schema["type"] == "array":
            return resolved(schema["items"])
        return {**schema.get("properties", {}), "": resolved}

    return of


def test_is_openapi_3_and_the_old_address_leads_to_it(description, client):
    assert description["openapi"].startswith("3.")
    answer = client.get("/learner_data/swagger.json")
    assert (answer.status_code, answer["Location"]) == (301, "openapi.json")


def test_it_is_valid(description):
    from drf_spectacular.validation import validate_schema

    validate_schema(description)


def test_making_it_warns_of_nothing(capsys, description):
    assert capsys.readouterr().err == ""


def test_a_platform_without_the_generator_lacks_the_description_alone(client, db, monkeypatch):
    monkeypatch.setitem(sys.modules, "drf_spectacular.generators", None)
    answer = client.get("/learner_data/openapi.json")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "openapi_unavailable")


def test_addresses_lead_to_every_view_of_the_api(description):
    addresses = [path.format(course_id=COURSE_ID, name="x", number=1, task_id="x") for path in description["paths"]]
    found = {resolve(address).url_name for address in addresses}
    assert found == {pattern.name for pattern in urls.urlpatterns}


def test_methods_are_those_that_are_allowed(description, calls, instructor_client, course_key):
    for path in description["paths"]:
        address = path.format(course_id=quote(str(course_key)), name="x", number=1, task_id="x")
        allowed = set(instructor_client.patch(address)["Allow"].lower().split(", ")) - {"head", "options"}
        assert {method for method, other in calls if ROOT + other == path} == allowed


def test_parameters_are_those_that_the_calls_take(description, calls):
    assert parameters(calls["get", "learners/"], "query") == {"columns", "page", "page_size", "words", *SELECTION_TEXTS}
    assert parameters(calls["get", "reports/"], "query") == {"page", "page_size"}
    assert parameters(calls["get", "reports/{name}"], "query") == {"bom"}
    assert parameters(calls["get", "statistics/"], "query") == {"safe"}
    assert parameters(calls["get", "statistics/{name}.csv"], "query") == {"bom", "safe"}
    body = description["components"]["schemas"]["ReportRequest"]
    chosen = {"purpose", "columns", "date", "end_date", "kind", "usernames", "earlier", "later", *SELECTION_TEXTS}
    assert set(body["properties"]) == {"report", "format", *chosen}
    ours = ["profile", "engagement_daily", "engagement_weekly", "anonymized_ids", "research", "changes"]
    assert description["components"]["schemas"]["ReportEnum"]["enum"] == ours
    assert description["components"]["schemas"]["FormatEnum"]["enum"] == ["xlsx", "csv", "jsonl"]


def test_every_call_tells_its_course_and_the_errors_of_access(calls):
    for call in calls.values():
        assert "course_id" in parameters(call, "path")
        assert {"401", "403", "404"} < set(call["responses"])
        assert call["description"]


@pytest.mark.parametrize("call", ["learners/", "reports/", "tasks/", "statistics/"])
def test_answers_have_the_fields_told(call, calls, fields, course_key, instructor_client, content):
    told = fields(calls["get", call], "200")
    resolved = told.pop("")
    answer = instructor_client.get(api_path(course_key, call)).json()
    assert set(answer) <= set(told)
    for name, value in answer.items():
        if isinstance(value, list) and name != "learners":
            assert value
            assert set(value[0]) <= set(resolved(told[name]))


def test_answer_to_a_request_for_a_report_has_the_fields_told(calls, fields, course_key, instructor_client):
    body = {"report": "profile", "format": "csv"}
    made = instructor_client.post(api_path(course_key, "reports/"), body, content_type="application/json")
    assert set(made.json()) == set(fields(calls["post", "reports/"], "202")) - {""}
