"""``schedules/``: recurring reports of a course."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from learner_data_plugin.models import AuditRecord, ReportSchedule, ScheduleOccurrence
from learner_data_plugin.schedules import due
from tests.reading import OF_AUTHZ

from .. import factories
from .paths import api_path


def post(client, course_key, **body):
    return client.post(api_path(course_key, "schedules/"), body, content_type="application/json")


def patch(client, course_key, number, **body):
    return client.patch(api_path(course_key, f"schedules/{number}"), body, content_type="application/json")


def listed(client, course_key):
    answer = client.get(api_path(course_key, "schedules/"))
    assert answer.status_code == 200
    return answer.json()["schedules"]


def code(answer):
    return answer.status_code, answer.json()["error_code"]


def test_one_is_set_up_listed_paused_resumed_and_deleted(course_key, instructor, instructor_client):
    answer = post(instructor_client, course_key, report="profile", every="week", enrollment_mode="verified", changes=True)

    assert answer.status_code == 201
    schedule = answer.json()
    assert schedule == {
        "id": schedule["id"],
        "report": "profile",
        "format": "csv",
        "every": "week",
        "recipients": [instructor.username],
        "selection": {"enrollment_mode": "verified"},
        "changes": True,
        "skip_empty": False,
        "purpose": "",
        "requester": instructor.username,
        "created": schedule["created"],
        "state": "active",
        "reason": "",
        "next_due": schedule["next_due"],
        "can_change": True,
        "last": None,
    }
    assert schedule["next_due"].endswith("T04:00:00+00:00")
    assert listed(instructor_client, course_key) == [schedule]

    paused = patch(instructor_client, course_key, schedule["id"], paused=True).json()
    assert (paused["state"], paused["reason"], paused["next_due"]) == ("paused", "Somebody of the course team paused it.", None)
    resumed = patch(instructor_client, course_key, schedule["id"], paused=False).json()
    assert resumed == schedule

    assert instructor_client.delete(api_path(course_key, f"schedules/{schedule['id']}")).status_code == 204
    assert listed(instructor_client, course_key) == []
    actions = AuditRecord.objects.filter(user_id=instructor.pk).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["scheduled", "schedule_paused", "schedule_resumed", "unscheduled"]


def test_what_became_of_it_is_told(course_key, instructor_client):
    factories.make_learner(course_key)
    schedule = post(instructor_client, course_key, report="profile", every="day", changes=True).json()
    number, first = schedule["id"], datetime.fromisoformat(schedule["next_due"])
    for days in range(2):
        due.run_due(now=first + timedelta(days=days))
    factories.make_learner(course_key)
    due.run_due(now=first + timedelta(days=2))

    [schedule] = listed(instructor_client, course_key)
    last = schedule["last"]
    assert (schedule["id"], last["state"], last["rows"]) == (number, "done", 2)
    assert last["changes"] == {"joined": 1, "left": 0, "changed": 0}
    reports = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    assert [report["name"] for report in reports[:2]] == [last["changes_name"], last["report_name"]]
    assert [report["changes"] for report in reports[:2]] == [last["changes"], None]


def test_recipients_are_as_asked_for(course_key, instructor_client):
    names = [factories.make_team_member(role, course_key).username for role in ("staff", "data_researcher")]
    assert post(instructor_client, course_key, report="profile", every="day", recipients=names).json()["recipients"] == names
    assert post(instructor_client, course_key, report="profile", every="day", recipients=[]).json()["recipients"] == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "unknown_report"),
        ({"report": "profile"}, "invalid_parameter"),
        ({"report": "profile", "every": "hour"}, "invalid_parameter"),
        ({"report": "profile", "every": "day", "format": "pdf"}, "unknown_format"),
        ({"report": "profile", "every": "day", "search": "ada"}, "invalid_selection"),
        ({"report": "profile", "every": "day", "columns": ["x"]}, "unknown_column"),
        ({"report": "profile", "every": "day", "recipients": ["nobody"]}, "invalid_selection"),
        ({"report": "profile", "every": "day", "recipients": "nobody"}, "invalid_parameter"),
        ({"report": "profile", "every": "day", "date": "2026-01-01"}, "unknown_parameter"),
        ({"report": "engagement_daily", "every": "day", "date": "2026-01-01"}, "unknown_parameter"),
        ({"report": "engagement_weekly", "every": "day"}, "invalid_selection"),
        ({"report": "changes", "every": "day"}, "invalid_selection"),
    ],
)
def test_what_is_wrong_is_told(course_key, instructor_client, body, error):
    assert code(post(instructor_client, course_key, **body)) == (422, error)
    assert not ReportSchedule.objects.exists()


def test_purpose_is_asked_for_where_the_site_wants_it(course_key, instructor_client):
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"REQUIRE_PURPOSE": True})
    assert code(post(instructor_client, course_key, report="profile", every="day")) == (422, "purpose_required")
    answer = post(instructor_client, course_key, report="profile", every="day", purpose="Weekly team meeting")
    assert answer.json()["purpose"] == "Weekly team meeting"


def test_others_see_it_and_cannot_change_it(course_key, instructor_client, sign_in):
    number = post(instructor_client, course_key, report="profile", every="day").json()["id"]
    client = sign_in(factories.make_team_member("staff", course_key))
    assert [schedule["can_change"] for schedule in listed(client, course_key)] == [False]
    assert code(patch(client, course_key, number, paused=True)) == (403, "schedule_refused")
    assert code(client.delete(api_path(course_key, f"schedules/{number}"))) == (403, "schedule_refused")


def test_of_another_course_it_is_not_there(course_key, instructor, instructor_client):
    number = post(instructor_client, course_key, report="profile", every="day").json()["id"]
    other = factories.make_course()
    factories.give_role(instructor, "instructor", other)
    assert code(patch(instructor_client, other, number, paused=True)) == (404, "schedule_not_found")
    assert code(instructor_client.delete(api_path(other, f"schedules/{number}"))) == (404, "schedule_not_found")


@pytest.mark.parametrize("role", ["limited_staff", None])
def test_without_a_role_nothing_is_told(course_key, sign_in, role):
    client = sign_in(factories.make_team_member(role, course_key) if role else factories.make_user())
    assert code(client.get(api_path(course_key, "schedules/")))[0] == 403
    assert code(post(client, course_key, report="profile", every="day"))[0] == 403
    assert not ReportSchedule.objects.exists()


def test_listing_costs_the_same_however_many_there_are(course_key, instructor_client, django_assert_max_num_queries):
    for _ in range(5):
        schedule = post(instructor_client, course_key, report="profile", every="day").json()
    due.run_due(now=datetime.fromisoformat(schedule["next_due"]))
    assert ScheduleOccurrence.objects.count() == 5
    with django_assert_max_num_queries(16 + OF_AUTHZ):
        assert len(listed(instructor_client, course_key)) == 5


def test_difference_to_a_stored_file_is_requested_like_any_report(course_key, instructor, instructor_client):
    factories.make_learner(course_key)
    earlier = factories.make_report(course_key, instructor)
    factories.make_learner(course_key)

    def request(**body):
        return instructor_client.post(api_path(course_key, "reports/"), body, content_type="application/json")

    assert request(report="changes", earlier=earlier.name).status_code == 202
    [made, _earlier] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    assert made["changes"] == {"joined": 1, "left": 0, "changed": 0}
    assert code(request(report="changes", earlier="no.csv")) == (404, "report_not_found")
    assert code(request(report="changes")) == (422, "invalid_selection")
