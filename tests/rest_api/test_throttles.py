"""How often one account may have files made."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache

from learner_data_plugin.models import ReportRun
from learner_data_plugin.rest_api.v1.throttles import GenerateThrottle

from .. import factories
from .paths import api_path

JSON = "application/json"


@pytest.fixture(autouse=True)
def _two_a_minute(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "throttles"}}
    cache.clear()
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "GENERATE_THROTTLE": "2/minute"}


def generate(client, course_key):
    return client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON)


def test_third_request_in_a_minute_is_told_when_to_come_back(course_key, instructor_client):
    assert [generate(instructor_client, course_key).status_code for _ in range(2)] == [202, 202]
    answer = generate(instructor_client, course_key)
    assert answer.status_code == 429
    assert set(answer.json()) == {"error_code", "developer_message"}
    assert answer.json()["error_code"] == "throttled"
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert ReportRun.objects.count() == 2


def test_reading_is_not_throttled(course_key, instructor_client):
    for _ in range(3):
        generate(instructor_client, course_key)
    for call in ("reports/", "tasks/", "learners/"):
        assert instructor_client.get(api_path(course_key, call)).status_code == 200


def test_anonymized_ids_count_as_well(course_key, instructor_client):
    for _ in range(2):
        generate(instructor_client, course_key)
    assert instructor_client.get(api_path(course_key, "anonymized_ids.csv")).status_code == 429


def test_each_account_is_counted_by_itself(course_key, instructor_client, sign_in):
    for _ in range(3):
        generate(instructor_client, course_key)
    assert generate(sign_in(factories.make_team_member("staff", course_key)), course_key).status_code == 202


@pytest.fixture
def cache_gone(monkeypatch):
    """The cache that counts, at a Redis that is not there."""
    monkeypatch.setattr(GenerateThrottle, "cache", RedisCache("redis://127.0.0.1:1/0", {}))


@pytest.mark.usefixtures("cache_gone")
def test_reports_are_made_while_nobody_counts(course_key, instructor_client, caplog):
    assert [generate(instructor_client, course_key).status_code for _ in range(3)] == [202, 202, 202]
    assert "does not answer: ConnectionError" in caplog.text


@pytest.mark.usefixtures("cache_gone")
def test_anonymized_ids_wait_while_nobody_counts(course_key, instructor_client):
    answer = instructor_client.get(api_path(course_key, "anonymized_ids.csv"))
    assert (answer.status_code, answer.json()["error_code"]) == (429, "throttled")
    assert int(answer["Retry-After"]) <= 60
