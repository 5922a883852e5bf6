"""The API's own description."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.urls import resolve

from learner_data_plugin.rest_api.v1 import urls
from learner_data_plugin.rest_api.v1.parameters import SELECTION_TEXTS

from .. import factories
from .paths import api_path

COURSE_ID = "course-v1:TestX+Course+2026"


@pytest.fixture
def description(client, db):
    answer = client.get("/learner_data/swagger.json")
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def calls(description):
    """Each call by method and address."""
    return {
        (method, path): call
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


def test_addresses_lead_to_every_view_of_the_api(description):
    assert description["basePath"] == api_path("", "").removesuffix("/courses//")
    addresses = [description["basePath"] + path.format(course_id=COURSE_ID, name="x") for path in description["paths"]]
    found = {resolve(address).url_name for address in addresses}
    assert found == {pattern.name for pattern in urls.urlpatterns}


def test_methods_are_those_that_are_allowed(description, calls, instructor_client, course_key):
    for path in description["paths"]:
        address = description["basePath"] + path.format(course_id=quote(str(course_key)), name="x")
        allowed = set(instructor_client.patch(address)["Allow"].lower().split(", ")) - {"head", "options"}
        assert {method for method, other in calls if other == path} == allowed


def test_parameters_are_those_that_the_calls_take(calls):
    table = calls["get", "/courses/{course_id}/learners/"]
    assert parameters(table, "query") == {"columns", *SELECTION_TEXTS}
    assert parameters(calls["get", "/courses/{course_id}/reports/"], "query") == {"page", "page_size"}
    assert parameters(calls["get", "/courses/{course_id}/reports/{name}"], "query") == {"bom"}
    assert parameters(calls["get", "/courses/{course_id}/statistics/{name}.csv"], "query") == {"bom"}
    [body] = [given for given in calls["post", "/courses/{course_id}/reports/"]["parameters"] if given["in"] == "body"]
    assert set(body["schema"]["properties"]) == {"report", "format", "columns", *SELECTION_TEXTS}
    assert body["schema"]["properties"]["report"]["enum"] == ["profile", "anonymized_ids"]


def test_every_call_tells_its_course_and_the_errors_of_access(calls):
    for call in calls.values():
        assert "course_id" in parameters(call, "path")
        assert {"401", "403", "404"} < set(call["responses"])
        assert call["summary"]


@pytest.mark.parametrize("call", ["learners/", "reports/", "tasks/", "statistics/"])
def test_answers_have_the_fields_told(call, calls, course_key, instructor_client, content):
    told = calls["get", "/courses/{course_id}/" + call]["responses"]["200"]["schema"]["properties"]
    answer = instructor_client.get(api_path(course_key, call)).json()
    assert set(answer) <= set(told)
    for name, value in answer.items():
        if isinstance(value, list):
            assert value
            fields = told[name]["items"].get("properties", value[0])
            assert set(value[0]) <= set(fields)


def test_answer_to_a_request_for_a_report_has_the_fields_told(calls, course_key, instructor_client):
    told = calls["post", "/courses/{course_id}/reports/"]["responses"]["202"]["schema"]["properties"]
    body = {"report": "profile", "format": "csv"}
    made = instructor_client.post(api_path(course_key, "reports/"), body, content_type="application/json")
    assert set(made.json()) == set(told)
