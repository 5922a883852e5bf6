"""``statistics/``: charts and the numbers behind them."""

from __future__ import annotations

import csv
import io

import pytest
from common.djangoapps.student.models import UserProfile
from django.test import Client

from .. import factories
from .paths import api_path


@pytest.fixture
def small_group(course_key):
    """A course in which three are of another gender than the rest."""
    ids = factories.make_learners(course_key, 63)
    UserProfile.objects.filter(user_id__in=ids[:30]).update(gender="f")
    UserProfile.objects.filter(user_id__in=ids[30:60]).update(gender="m")
    UserProfile.objects.filter(user_id__in=ids[60:]).update(gender="o")


def chart_of(answer, name):
    return next(chart for chart in answer.json()["charts"] if chart["name"] == name)


def test_answers_charts(course_key, instructor_client):
    factories.make_learners(course_key, 30)
    answer = instructor_client.get(api_path(course_key, "statistics/"))
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert set(body) == {"course_id", "learner_count", "generated", "charts"}
    assert body["course_id"] == str(course_key)
    assert body["learner_count"] == 30
    gender = chart_of(answer, "gender")
    assert set(gender) == {"name", "title", "description", "note", "rows", "svg", "csv_url"}
    assert gender["rows"] == [{"key": "not_reported", "label": "Not reported", "count": 30, "share": 1.0, "mark": ""}]
    assert gender["svg"].startswith("<svg ")
    assert answer["Cache-Control"] == "no-store, private"
    enrollments = chart_of(answer, "enrollments")
    assert [row["total"] for row in enrollments["rows"]] == [30]


def test_no_small_group_leaves_the_site(course_key, small_group, instructor_client):
    answer = instructor_client.get(api_path(course_key, "statistics/"))
    gender = chart_of(answer, "gender")
    assert {row["key"] for row in gender["rows"]} <= {"f", "m", "together"}
    assert all(row["count"] >= 30 for row in gender["rows"])
    assert "(5%)" not in gender["svg"]


def test_a_chart_without_rows_says_why(course_key, instructor_client):
    active = chart_of(instructor_client.get(api_path(course_key, "statistics/")), "active_learners")
    assert active["rows"] == []
    assert active["svg"] == ""
    assert active["csv_url"] is None
    assert active["note"] == "No activity was recorded in the last 12 weeks."


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


@pytest.mark.parametrize("name", ["shoe_size", "age"])
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
        assert instructor_client.post(api_path(course_key, call)).status_code == 405
