"""``statistics/``: charts and the numbers behind them."""

from __future__ import annotations

import csv
import io
import re
import socket
from datetime import timedelta

import pytest
from common.djangoapps.student.models import UserProfile
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time

from learner_data_plugin import tasks
from learner_data_plugin.charts import store
from tests.reading import OF_AUTHZ

from .. import factories
from .paths import api_path

OTHER_CALLS = ("learners/", "reports/", "reports/a.csv", "tasks/", "anonymized_ids.csv")


@pytest.fixture
def small_group(course_key):
    """A course in which three are of another gender than the rest."""
    ids = factories.make_learners(course_key, 63)
    UserProfile.objects.filter(user_id__in=ids[:30]).update(gender="f")
    UserProfile.objects.filter(user_id__in=ids[30:60]).update(gender="m")
    UserProfile.objects.filter(user_id__in=ids[60:]).update(gender="o")


@pytest.fixture
def charts_client(course_key, sign_in, settings):
    """The browser of somebody who may see the charts that are safe to share, and nothing else."""
    settings.LEARNER_DATA_PLUGIN = {"ROLES": ["data_researcher"], "STATISTICS_ROLES": ["staff"]}
    return sign_in(factories.make_team_member("staff", course_key))


@pytest.fixture
def large_course(course_key, use_broker):
    """A course that is not counted while somebody waits; messages wait for a worker."""
    factories.make_learners(course_key, store.SMALL_COURSE)
    use_broker("memory://")
    return course_key


@pytest.fixture
def no_broker(use_broker):
    """Nothing listens where the broker should be."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        use_broker(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        yield


def refresh(client, course_key):
    return client.post(api_path(course_key, "statistics/"), {}, content_type="application/json")


def chart_of(answer, name):
    return next(chart for chart in answer.json()["charts"] if chart["name"] == name)


def counts_of(answer, name):
    return {row["key"]: row["count"] for row in chart_of(answer, name)["rows"]}


def test_answers_charts(course_key, instructor_client):
    factories.make_learners(course_key, 30)
    answer = instructor_client.get(api_path(course_key, "statistics/"))
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert set(body) == {"course_id", "safe", "learner_count", "generated", "refreshing", "charts"}
    assert body["course_id"] == str(course_key)
    assert (body["safe"], body["refreshing"]) == (False, False)
    assert body["learner_count"] == 30
    gender = chart_of(answer, "gender")
    assert set(gender) == {"name", "title", "description", "note", "rows", "svg", "csv_url"}
    assert gender["rows"] == [{"key": "not_reported", "label": "Not reported", "count": 30, "share": 1.0, "mark": ""}]
    assert gender["svg"].startswith("<svg ")
    assert answer["Cache-Control"] == "no-store, private"
    enrollments = chart_of(answer, "enrollments")
    assert [(row["total"], row["left"]) for row in enrollments["rows"]] == [(30, 0)]


def test_whoever_may_see_every_row_sees_exact_numbers(course_key, small_group, instructor_client):
    answer = instructor_client.get(api_path(course_key, "statistics/"))
    assert counts_of(answer, "gender") == {"f": 30, "m": 30, "o": 3}
    assert "3 (5%)" in chart_of(answer, "gender")["svg"]


def test_numbers_are_as_of_when_they_were_counted(course_key, instructor_client):
    factories.make_learners(course_key, 30)
    with freeze_time("2026-06-01 12:00"):
        first = instructor_client.get(api_path(course_key, "statistics/")).json()
    factories.make_learners(course_key, 5)
    with freeze_time("2026-06-01 12:04"):
        assert instructor_client.get(api_path(course_key, "statistics/")).json() == first
    with freeze_time("2026-06-01 12:06"):
        old = instructor_client.get(api_path(course_key, "statistics/")).json()
        assert old == {**first, "refreshing": True}
        new = instructor_client.get(api_path(course_key, "statistics/")).json()
        assert (new["learner_count"], new["generated"]) == (35, "2026-06-01T12:06:00Z")


def test_whoever_asks_has_them_counted_anew(course_key, instructor_client):
    factories.make_learners(course_key, 30)
    instructor_client.get(api_path(course_key, "statistics/"))
    factories.make_learners(course_key, 5)
    asked = refresh(instructor_client, course_key)
    assert (asked.status_code, asked.json()) == (202, {"refreshing": False})
    assert instructor_client.get(api_path(course_key, "statistics/")).json()["learner_count"] == 35


class TestLargeCourses:
    def test_are_being_prepared_until_a_worker_has_counted_them(self, large_course, instructor_client):
        for _ in range(2):
            answer = instructor_client.get(api_path(large_course, "statistics/"))
            assert answer.status_code == 202, answer.content
            body = answer.json()
            assert (body["generated"], body["refreshing"], body["learner_count"], body["charts"]) == (None, True, None, [])
        tasks.refresh_charts(str(large_course))
        answer = instructor_client.get(api_path(large_course, "statistics/"))
        assert (answer.status_code, answer.json()["learner_count"]) == (200, store.SMALL_COURSE)

    def test_are_counted_anew_in_the_background(self, large_course, instructor_client):
        tasks.refresh_charts(str(large_course))
        asked = refresh(instructor_client, large_course)
        assert (asked.status_code, asked.json()) == (202, {"refreshing": True})
        assert instructor_client.get(api_path(large_course, "statistics/")).json()["refreshing"] is True

    def test_cannot_be_counted_for_the_first_time_without_a_broker(self, large_course, instructor_client, no_broker):
        for _ in range(2):
            answer = instructor_client.get(api_path(large_course, "statistics/"))
            assert (answer.status_code, answer.json()["error_code"]) == (503, "queue_unavailable")
        assert refresh(instructor_client, large_course).status_code == 503

    def test_show_what_is_there_without_a_broker(self, large_course, instructor_client, no_broker):
        tasks.refresh_charts(str(large_course))
        with freeze_time(timezone.now() + timedelta(hours=1)):
            answer = instructor_client.get(api_path(large_course, "statistics/"))
        assert (answer.status_code, answer.json()["learner_count"]) == (200, store.SMALL_COURSE)


class TestSafeToShare:
    def test_no_small_group_leaves_the_site(self, course_key, small_group, instructor_client):
        answer = instructor_client.get(api_path(course_key, "statistics/?safe=1"))
        assert answer.json()["safe"] is True
        assert set(counts_of(answer, "gender")) == {"f", "m"}
        assert all(abs(count - 30) <= 3 for count in counts_of(answer, "gender").values())
        assert abs(answer.json()["learner_count"] - 63) <= 3
        assert all(row["left"] is None for row in chart_of(answer, "enrollments")["rows"])

    def test_page_file_and_drawing_say_the_same_in_every_language_and_at_every_look(self, course_key, small_group, sign_in):
        clients = [sign_in(factories.make_team_member("staff", course_key)) for _ in range(2)]
        answers = [
            client.get(api_path(course_key, "statistics/?safe=1"), HTTP_ACCEPT_LANGUAGE=language)
            for client in clients
            for language in ("en", "es", "ar")
        ]
        counts = counts_of(answers[0], "gender")
        assert all(counts_of(answer, "gender") == counts for answer in answers)
        assert {answer.json()["learner_count"] for answer in answers} == {answers[0].json()["learner_count"]}
        for answer in answers:
            chart = chart_of(answer, "gender")
            text = clients[0].get(chart["csv_url"]).getvalue().decode()
            rows = list(csv.DictReader(io.StringIO(text)))
            assert {row["key"]: int(row["count"]) for row in rows} == counts
        drawn = re.findall(r">(\d+) \((\d+)%\)</text>", chart_of(answers[0], "gender")["svg"])
        assert {int(number) for number, _share in drawn} == set(counts.values())

    def test_one_who_joins_is_not_seen(self, course_key, small_group, instructor_client):
        before = instructor_client.get(api_path(course_key, "statistics/?safe=1")).content
        factories.make_learner(course_key, profile={"gender": "f", "country": "FR"})
        with freeze_time(timezone.now() + timedelta(days=2)):
            refresh(instructor_client, course_key)
            assert counts_of(instructor_client.get(api_path(course_key, "statistics/")), "gender")["f"] == 31
            assert instructor_client.get(api_path(course_key, "statistics/?safe=1")).content == before

    def test_the_file_says_what_it_is(self, course_key, small_group, instructor_client):
        url = chart_of(instructor_client.get(api_path(course_key, "statistics/?safe=1")), "gender")["csv_url"]
        assert url == api_path(course_key, "statistics/gender.csv?safe=1")
        name = f"{course_key.org}_{course_key.course}_{course_key.run}_gender_safe_to_share.csv"
        assert instructor_client.get(url + "&bom=1")["Content-Disposition"] == f'attachment; filename="{name}"'

    @pytest.mark.parametrize("call", ["statistics/", "statistics/gender.csv"])
    @pytest.mark.parametrize(("query", "code"), [("safe=0", "invalid_parameter"), ("share=1", "unknown_parameter")])
    def test_anything_else_in_the_query_is_refused(self, course_key, instructor_client, call, query, code):
        answer = instructor_client.get(api_path(course_key, f"{call}?{query}"))
        assert (answer.status_code, answer.json()["error_code"]) == (422, code)


class TestStatisticsRoles:
    @pytest.mark.parametrize("call", ["statistics/?safe=1", "statistics/gender.csv?safe=1"])
    def test_see_charts_that_are_safe_to_share(self, course_key, small_group, charts_client, call):
        assert charts_client.get(api_path(course_key, call)).status_code == 200

    @pytest.mark.parametrize("call", ["statistics/", "statistics/gender.csv", *OTHER_CALLS])
    def test_see_nothing_else(self, course_key, charts_client, call):
        answer = charts_client.get(api_path(course_key, call))
        assert (answer.status_code, answer.json()["error_code"]) == (403, "permission_denied")

    def test_have_nothing_made(self, course_key, charts_client):
        for call in ("statistics/", "statistics/?safe=1", "reports/"):
            answer = charts_client.post(api_path(course_key, call), {}, content_type="application/json")
            assert answer.status_code == 403

    def test_see_nothing_of_another_course(self, charts_client):
        other = factories.make_course()
        assert charts_client.get(api_path(other, "statistics/?safe=1")).status_code == 403

    def test_see_nothing_while_they_look_at_the_course_as_a_learner(self, course_key, charts_client):
        factories.masquerade_as_learner(charts_client, course_key)
        assert charts_client.get(api_path(course_key, "statistics/?safe=1")).status_code == 403

    def test_are_nobody_unless_the_site_names_them(self, course_key, sign_in, settings):
        settings.LEARNER_DATA_PLUGIN = {"ROLES": ["data_researcher"]}
        client = sign_in(factories.make_team_member("staff", course_key))
        assert client.get(api_path(course_key, "statistics/?safe=1")).status_code == 403


@pytest.mark.standin_only(reason="the platform's middleware has queries of its own, and caches of its own")
@pytest.mark.parametrize("query", ["", "?safe=1"])
def test_a_look_takes_few_queries(course_key, instructor_client, django_assert_max_num_queries, query):
    factories.make_learners(course_key, 30)
    instructor_client.get(api_path(course_key, "statistics/"))
    with django_assert_max_num_queries(8 + OF_AUTHZ):
        assert instructor_client.get(api_path(course_key, f"statistics/{query}")).status_code == 200


def test_a_chart_without_rows_says_why(course_key, instructor_client):
    active = chart_of(instructor_client.get(api_path(course_key, "statistics/")), "active_learners")
    assert active["rows"] == []
    assert active["svg"] == ""
    assert active["csv_url"] is None
    assert active["note"] == "No activity is known yet."


def test_the_file_is_an_attachment_for_people_with_excel(course_key, instructor_client):
    factories.make_learners(course_key, 30)
    url = chart_of(instructor_client.get(api_path(course_key, "statistics/")), "gender")["csv_url"]
    assert url == api_path(course_key, "statistics/gender.csv")
    answer = instructor_client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    name = f"{course_key.org}_{course_key.course}_{course_key.run}_gender.csv"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Cache-Control"] == "no-store, private"
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode())))
    assert rows == [["key", "label", "count", "share"], ["not_reported", "Not reported", "30", "1.0"]]
    for_excel = instructor_client.get(url + "?bom=1")
    assert for_excel.getvalue() == b"\xef\xbb\xbf" + instructor_client.get(url).getvalue()


@pytest.mark.parametrize("name", ["shoe_size", "age", "a%0Ab", "%0A", "a/b", "%25"])
def test_charts_that_are_not_shown_here(course_key, instructor_client, settings, name):
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = ["year_of_birth"]
    answer = instructor_client.get(api_path(course_key, f"statistics/{name}.csv"))
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "chart_not_found"
    names = [chart["name"] for chart in instructor_client.get(api_path(course_key, "statistics/")).json()["charts"]]
    assert name not in names


@pytest.mark.parametrize("call", ["statistics/", "statistics/gender.csv"])
class TestAccess:
    def test_not_signed_in(self, course_key, call):
        assert Client().get(api_path(course_key, call)).status_code == 401

    @pytest.mark.parametrize("role", ["staff", "instructor", "data_researcher"])
    def test_the_course_team(self, course_key, sign_in, call, role):
        client = sign_in(factories.make_team_member(role, course_key))
        assert client.get(api_path(course_key, call)).status_code == 200

    def test_a_learner(self, course_key, sign_in, call):
        assert sign_in(factories.make_learner(course_key)).get(api_path(course_key, call)).status_code == 403

    def test_staff_of_another_course(self, course_key, sign_in, call):
        client = sign_in(factories.make_team_member("staff", factories.make_course()))
        assert client.get(api_path(course_key, call)).status_code == 403

    def test_no_such_course(self, instructor_client, call):
        assert instructor_client.get(api_path("course-v1:No+Such+Course", call)).status_code == 404
        assert instructor_client.get(api_path("nonsense", call)).status_code == 404

    def test_only_reading(self, course_key, instructor_client, call):
        assert instructor_client.put(api_path(course_key, call)).status_code == 405
