"""``learners/`` with ``words`` and ``usernames``, ``learners/details/``, and ``learners/presets/``."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lms.djangoapps.course_goals.models import UserActivity
from lms.djangoapps.grades.models import PersistentCourseGrade

from learner_data_plugin.engagement.periods import monday_of, today
from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun

from .. import factories
from ..erasing import erase
from ..reading import OF_AUTHZ, rows_of
from .paths import api_path

JSON = "application/json"


def ask(client, course_key, **body):
    answer = client.post(api_path(course_key, "learners/"), body, content_type=JSON)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def ada(course_key):
    profile = {"gender": "f", "level_of_education": "p_oth", "country": "IN"}
    return factories.make_learner(course_key, "ada", profile=profile)


@pytest.fixture
def team(course_key, instructor_client, ada):
    factories.make_learner(course_key, "bob")
    return instructor_client


def test_details_of_those_named(course_key, team, ada):
    UserActivity.objects.create(user=ada, course_key=course_key, date=today())
    body = {"usernames": ["bob", "ada", "nobody", "ada"]}
    answer = team.post(api_path(course_key, "learners/details/"), body, content_type=JSON)
    assert answer.status_code == 200
    found = answer.json()
    assert found["weeks"][-1] == monday_of(today()).isoformat()
    assert [learner["username"] for learner in found["learners"]] == ["bob", "ada"]
    assert found["learners"][1] == {
        "username": "ada",
        "weeks": [*[0] * 11, 1],
        "last_active": today().isoformat(),
        "struggling": False,
        "progress_url": f"/courses/{course_key}/progress/{ada.pk}/",
    }
    [record] = AuditRecord.objects.filter(action="listed")
    assert (record.rows, record.columns) == (2, ["username", "last_active"])


@pytest.mark.parametrize("body", [{}, {"usernames": "ada"}, {"usernames": ["x"] * 201}, {"names": []}])
def test_details_of_what_is_no_page(course_key, team, body):
    answer = team.post(api_path(course_key, "learners/details/"), body, content_type=JSON)
    assert answer.status_code == 422


@pytest.mark.parametrize("private", ["username", "last_active"])
def test_details_are_not_told_where_they_are_private(course_key, team, settings, private):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": [private]}
    answer = team.post(api_path(course_key, "learners/details/"), {"usernames": ["ada"]}, content_type=JSON)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_selection")


def test_details_are_for_the_course_team(course_key, client, sign_in):
    assert client.post(api_path(course_key, "learners/details/"), {}, content_type=JSON).status_code == 401
    other = sign_in(factories.make_team_member("instructor", factories.make_course()))
    assert other.post(api_path(course_key, "learners/details/"), {}, content_type=JSON).status_code == 403


def test_answers_are_as_before_without_words(course_key, team):
    answer = ask(team, course_key, columns=["username", "gender"])
    assert set(answer) == {"course_id", "count", "columns", "learners"}
    assert answer["columns"][1] == {"key": "gender", "label": "Gender"}


def test_codes_stay_and_words_are_told(course_key, team):
    keys = ["gender", "level_of_education", "country", "enrollment_mode", "name"]
    answer = ask(team, course_key, columns=keys, words=True)
    assert answer["learners"][0]["gender"] == "f"
    assert {column["key"]: column.get("words") for column in answer["columns"]} == {
        "gender": {"f": "Female"},
        "level_of_education": {"p_oth": "Doctorate"},
        "country": {"IN": "India"},
        "enrollment_mode": {"audit": "Audit"},
        "name": None,
    }


def test_grade_so_far_is_the_platforms(course_key, team, ada):
    def keep(user_id, percent, course=course_key):
        PersistentCourseGrade.objects.create(
            user_id=user_id, course_id=course, percent_grade=percent, letter_grade="", grading_policy_hash="x"
        )

    keep(ada.pk, 0.59649)
    keep(ada.pk, 0.1, factories.make_course())
    answer = ask(team, course_key, columns=["username", "grade"])
    assert answer["learners"] == [{"username": "ada", "grade": 59.6}, {"username": "bob", "grade": ""}]


def test_only_those_named(course_key, team, ada):
    answer = ask(team, course_key, columns=["username"], usernames=["ada", "nobody", "BOB"])
    assert answer["learners"] == [{"username": "ada"}]


def test_those_named_are_exported_and_their_names_forgotten_with_an_erasure(course_key, team, ada):
    body = {"report": "profile", "columns": ["email"], "usernames": ["ada"]}
    assert team.post(api_path(course_key, "reports/"), body, content_type=JSON).status_code == 202
    assert rows_of(ReportFile.objects.select_related("run").get()) == [["email"], [ada.email]]
    [listed] = team.get(api_path(course_key, "reports/")).json()["reports"]
    assert (listed["title"], listed["contents"]) == ("Profile information", ["Selected learners", "1 column"])
    erase(ada)
    [run] = ReportRun.objects.all()
    assert run.selection == {"columns": ["email"], "usernames": []}


@pytest.mark.parametrize(("place", "more"), [("learners/", {}), ("reports/", {"report": "profile"})])
def test_no_usernames_are_not_everybody(course_key, team, ada, place, more):
    answer = team.post(api_path(course_key, place), {**more, "usernames": []}, content_type=JSON)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_parameter")


def test_nobody_is_named_where_usernames_are_private(course_key, team, settings):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["username"]}
    body = {"columns": ["name"], "usernames": ["ada"]}
    answer = team.post(api_path(course_key, "learners/"), body, content_type=JSON)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_selection")


def test_presets_are_counted(course_key, team, ada):
    # A week ago is always in the last week that is over.
    UserActivity.objects.create(user=ada, course_key=course_key, date=today() - timedelta(days=7))
    answer = team.get(api_path(course_key, "learners/presets/"))
    assert answer.json() == {
        "presets": [
            {"activity": "", "count": 2},
            {"activity": "never", "count": 1},
            {"activity": "inactive_7", "count": 2},
            {"activity": "inactive_14", "count": 1},
            {"activity": "struggling", "count": 0},
            {"activity": "active_last_week", "count": 1},
            {"activity": "joined_7", "count": 2},
        ]
    }


def test_when_learners_enrolled_cannot_be_found_out_where_it_is_private(course_key, team, settings):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["enrollment_date"]}
    told = team.get(api_path(course_key, "learners/presets/")).json()["presets"]
    assert "joined_7" not in [preset["activity"] for preset in told]
    answer = team.get(api_path(course_key, "learners/?activity=joined_7"))
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_selection")


@pytest.mark.parametrize("preset", ["never", "inactive_7", "inactive_14", "struggling", "active_last_week"])
def test_who_was_active_cannot_be_found_out_where_it_is_private(course_key, team, settings, preset):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["last_active"]}
    told = team.get(api_path(course_key, "learners/presets/")).json()["presets"]
    assert [one["activity"] for one in told] == ["", "joined_7"]
    answer = team.get(api_path(course_key, f"learners/?activity={preset}"))
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_selection")
    assert answer.json()["developer_message"] == "Activity is not shown in this course's learner data."


def test_presets_of_a_track(course_key, team):
    factories.make_learner(course_key, "cyd", mode="verified")
    answer = team.get(api_path(course_key, "learners/presets/?enrollment_mode=verified"))
    assert [preset["count"] for preset in answer.json()["presets"]] == [1, 1, 1, 1, 0, 0, 1]
    assert team.get(api_path(course_key, "learners/presets/?search=a")).status_code == 422


def test_presets_are_for_the_course_team(course_key, client, sign_in):
    assert client.get(api_path(course_key, "learners/presets/")).status_code == 401
    other = sign_in(factories.make_team_member("instructor", factories.make_course()))
    assert other.get(api_path(course_key, "learners/presets/")).status_code == 403


def test_a_page_with_details_takes_few_queries(course_key, team, settings, django_assert_max_num_queries):
    settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 2}
    factories.make_learners(course_key, 60)
    columns = ["username", "name", "email", "enrollment_mode", "grade"]
    body = {"columns": columns, "activity": "inactive_14", "page": 1, "page_size": 50, "words": True}
    ask(team, course_key, **body)
    with django_assert_max_num_queries(15 + OF_AUTHZ):
        found = ask(team, course_key, **body)
    names = {"usernames": [learner["username"] for learner in found["learners"]]}
    with django_assert_max_num_queries(14 + OF_AUTHZ):
        team.post(api_path(course_key, "learners/details/"), names, content_type=JSON)
