"""How often one account may have files made."""

from __future__ import annotations

import io

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.urls import reverse

from learner_data_plugin.models import ReportRun
from learner_data_plugin.rest_api.v1 import urls
from learner_data_plugin.rest_api.v1.throttles import GenerateThrottle, RequestThrottle
from learner_data_plugin.settings.common import DEFAULTS

from .. import factories
from .paths import api_path, let_go

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


def test_reading_has_a_rate_of_its_own(course_key, instructor_client):
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
    for throttle in (GenerateThrottle, RequestThrottle):
        monkeypatch.setattr(throttle, "cache", RedisCache("redis://127.0.0.1:1/0", {}))


@pytest.mark.usefixtures("cache_gone")
def test_reports_are_made_while_nobody_counts(course_key, instructor_client, caplog):
    assert [generate(instructor_client, course_key).status_code for _ in range(3)] == [202, 202, 202]
    assert "does not answer: ConnectionError" in caplog.text


@pytest.mark.usefixtures("cache_gone")
def test_anonymized_ids_wait_while_nobody_counts(course_key, instructor_client):
    answer = instructor_client.get(api_path(course_key, "anonymized_ids.csv"))
    assert (answer.status_code, answer.json()["error_code"]) == (429, "throttled")
    assert int(answer["Retry-After"]) <= 60


class TestAnyRequest:
    @pytest.fixture(autouse=True)
    def _three_a_minute(self, settings):
        settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "REQUEST_THROTTLE": "3/minute"}

    def test_fourth_request_in_a_minute_is_told_when_to_come_back(self, course_key, instructor_client):
        calls = ("reports/", "tasks/", "learners/", "statistics/")
        answers = [instructor_client.get(api_path(course_key, call)) for call in calls]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].json()["error_code"] == "throttled"
        assert 1 <= int(answers[-1]["Retry-After"]) <= 61

    def test_requests_of_somebody_who_is_refused_count(self, course_key, sign_in):
        client = sign_in(factories.make_user())
        statuses = [client.get(api_path(course_key, "learners/")).status_code for _ in range(4)]
        assert statuses == [403, 403, 403, 429]

    def test_wrong_requests_count(self, course_key, instructor_client):
        statuses = [instructor_client.get(api_path(course_key, "learners/?x=1")).status_code for _ in range(4)]
        assert statuses == [422, 422, 422, 429]

    def test_each_account_is_counted_by_itself(self, course_key, instructor_client, sign_in):
        for _ in range(4):
            instructor_client.get(api_path(course_key, "tasks/"))
        other = sign_in(factories.make_team_member("staff", course_key))
        assert other.get(api_path(course_key, "tasks/")).status_code == 200

    def test_courses_share_the_rate(self, course_key, instructor, sign_in):
        elsewhere = factories.make_course()
        client = sign_in(factories.give_role(instructor, "instructor", elsewhere))
        statuses = [client.get(api_path(key, "tasks/")).status_code for key in (course_key, elsewhere, course_key, elsewhere)]
        assert statuses == [200, 200, 200, 429]

    @pytest.mark.usefixtures("cache_gone")
    def test_nobody_is_kept_from_reading_while_nobody_counts(self, course_key, instructor_client, caplog):
        statuses = [instructor_client.get(api_path(course_key, "tasks/")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 200]
        assert "does not answer: ConnectionError" in caplog.text


def test_default_rate_leaves_the_page_room():
    """An open page asks about once a second while a report runs."""
    number, _per, period = DEFAULTS["REQUEST_THROTTLE"].partition("/")
    assert period == "minute"
    assert int(number) >= 5 * 60


@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=lambda pattern: pattern.name)
def test_no_call_is_left_out(pattern, course_key, instructor_client, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "REQUEST_THROTTLE": "1/minute"}
    parts = {"course_id": str(course_key), "name": "name", "number": "1", "task_id": "1"}
    names = {name: parts[name] for name in pattern.pattern.regex.groupindex}
    address = reverse(f"learner_data_plugin:{pattern.name}", kwargs=names)
    first, second = instructor_client.get(address), instructor_client.get(address)
    for answer in (first, second):
        let_go(answer)
    assert first.status_code != 429
    assert (second.status_code, second.json()["error_code"]) == (429, "throttled")


def test_files_that_people_bring_along_are_counted_by_themselves(course_key, instructor_client):
    def pseudonymize():
        file = io.BytesIO(b"username\nnobody\n")
        answer = instructor_client.post(api_path(course_key, "pseudonymize/"), {"file": file, "kind": "course"})
        let_go(answer)
        return answer.status_code

    assert [pseudonymize() for _ in range(3)] == [200, 200, 200]
    assert [generate(instructor_client, course_key).status_code for _ in range(2)] == [202, 202]
