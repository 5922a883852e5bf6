"""What learner data is for, where a site wants to know."""

from __future__ import annotations

import pytest

from learner_data_plugin.models import AuditRecord, ReportRun
from tests import factories
from tests.rest_api.paths import api_path, status_of

JSON = "application/json"
PURPOSE = "To write to learners who have not begun"


@pytest.fixture
def required(settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "REQUIRE_PURPOSE": True}


def request_report(client, course_key, **body):
    return client.post(api_path(course_key, "reports/"), {"report": "profile", **body}, content_type=JSON)


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize("purpose", [{}, {"purpose": ""}, {"purpose": "research"}, {"purpose": "x         "}])
def test_nothing_is_generated_without_a_purpose(purpose, course_key, instructor_client):
    answer = request_report(instructor_client, course_key, **purpose)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "purpose_required")
    assert not ReportRun.objects.exists()
    query = "?purpose=" + purpose.get("purpose", "")
    answer = instructor_client.get(api_path(course_key, f"anonymized_ids.csv{query}"))
    assert (answer.status_code, answer.json()["error_code"]) == (422, "purpose_required")


@pytest.mark.usefixtures("required")
def test_purpose_stands_in_the_audit_with_all_that_becomes_of_the_report(course_key, instructor_client):
    assert request_report(instructor_client, course_key, purpose=PURPOSE).status_code == 202
    [file] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    assert status_of(instructor_client, file["url"]) == 200
    assert status_of(instructor_client, api_path(course_key, f"anonymized_ids.csv?purpose={PURPOSE}")) == 200
    records = dict(AuditRecord.objects.values_list("action", "purpose"))
    assert records == dict.fromkeys(("requested", "generated", "downloaded", "anonymized_ids"), PURPOSE)


def test_purpose_is_kept_where_nobody_asks_for_it(course_key, instructor_client):
    request_report(instructor_client, course_key, purpose=PURPOSE)
    assert AuditRecord.objects.get(action="generated").purpose == PURPOSE
    assert "purpose" not in ReportRun.objects.get().selection
    assert request_report(instructor_client, course_key, purpose=PURPOSE * 20).json()["error_code"] == "invalid_parameter"


def test_each_organization_asks_for_itself(course_key, instructor, instructor_client):
    factories.configure_site("AsksX", LEARNER_DATA_PLUGIN={"REQUIRE_PURPOSE": True})
    asks = factories.make_course(org="AsksX")
    factories.give_role(instructor, "instructor", asks)
    assert request_report(instructor_client, asks).status_code == 422
    assert request_report(instructor_client, course_key).status_code == 202


@pytest.mark.usefixtures("required")
def test_page_knows_that_it_has_to_ask(course_key, instructor_client):
    page = instructor_client.get(f"/learner_data/courses/{course_key}/").content.decode()
    assert "&#34;least_purpose&#34;: 10" in page
