"""``views/``: views of the table that the course team has given names."""

from __future__ import annotations

import pytest

from learner_data_plugin.learners import saved_views
from learner_data_plugin.models import SavedView

from .. import factories
from .paths import api_path

JSON = "application/json"


def save(client, course_key, **body):
    return client.post(api_path(course_key, "views/"), body, content_type=JSON)


def listed(client, course_key):
    answer = client.get(api_path(course_key, "views/"))
    assert answer.status_code == 200
    return answer.json()["views"]


@pytest.fixture
def staff_client(course_key, sign_in):
    return sign_in(factories.make_team_member("staff", course_key))


def test_a_view_is_saved_for_the_team(course_key, instructor, instructor_client, staff_client):
    answer = save(
        instructor_client, course_key, name=" Gone ", columns=["username", "email"], activity="inactive_14", sort="-email"
    )
    assert answer.status_code == 201
    [view] = listed(staff_client, course_key)
    assert view["name"] == "Gone"
    assert view["selection"] == {"columns": ["username", "email"], "activity": "inactive_14", "sort": "-email"}
    assert (view["creator"], view["can_delete"]) == (instructor.username, False)
    assert answer.json() == {**view, "can_delete": True}


def test_views_are_in_the_order_of_their_names(course_key, instructor_client):
    for name in ("b", "a"):
        save(instructor_client, course_key, name=name)
    assert [view["name"] for view in listed(instructor_client, course_key)] == ["a", "b"]


def test_not_of_other_courses(course_key, instructor, instructor_client):
    elsewhere = factories.make_course()
    factories.give_role(instructor, "instructor", elsewhere)
    view = save(instructor_client, elsewhere, name="a").json()
    assert listed(instructor_client, course_key) == []
    answer = instructor_client.delete(api_path(course_key, f"views/{view['id']}"))
    assert (answer.status_code, answer.json()["error_code"]) == (404, "view_not_found")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": " "}, "invalid_parameter"),
        ({"name": "x" * 65}, "invalid_parameter"),
        ({}, "invalid_parameter"),
        ({"name": "a", "search": "ada"}, "unknown_parameter"),
        ({"name": "a", "usernames": ["ada"]}, "unknown_parameter"),
        ({"name": "a", "columns": ["password"]}, "unknown_column"),
        ({"name": "a", "cohort": "Nobody's"}, "invalid_selection"),
    ],
)
def test_what_cannot_be_saved(course_key, instructor_client, body, code):
    answer = save(instructor_client, course_key, **body)
    assert (answer.status_code, answer.json()["error_code"]) == (422, code)
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once(course_key, instructor_client, staff_client):
    save(instructor_client, course_key, name="a")
    answer = save(staff_client, course_key, name="a", activity="never")
    assert (answer.status_code, answer.json()["error_code"]) == (422, "invalid_selection")
    assert [view["selection"] for view in listed(staff_client, course_key)] == [{}]


def test_no_more_than_anybody_can_look_through(course_key, instructor_client, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    save(instructor_client, course_key, name="a")
    assert save(instructor_client, course_key, name="b").status_code == 422


def test_its_creator_and_admins_delete_it(course_key, instructor_client, staff_client):
    own, of_admin = (save(client, course_key, name=name).json()["id"] for client, name in (
        (staff_client, "own"), (instructor_client, "of an Admin"),
    ))  # fmt: skip
    refused = staff_client.delete(api_path(course_key, f"views/{of_admin}"))
    assert (refused.status_code, refused.json()["error_code"]) == (403, "deletion_refused")
    assert staff_client.delete(api_path(course_key, f"views/{own}")).status_code == 204
    other = save(staff_client, course_key, name="own").json()["id"]
    for number in (other, of_admin):
        assert instructor_client.delete(api_path(course_key, f"views/{number}")).status_code == 204
    assert listed(instructor_client, course_key) == []


def test_a_view_outlives_the_account(course_key, instructor_client):
    member = factories.make_team_member("staff", course_key)
    SavedView.objects.create(course_id=course_key, name="a", creator=member)
    member.delete()
    [view] = listed(instructor_client, course_key)
    assert view["creator"] == ""


def test_for_the_course_team_alone(course_key, client, sign_in):
    assert save(client, course_key, name="a").status_code == 401
    other = sign_in(factories.make_team_member("instructor", factories.make_course()))
    assert save(other, course_key, name="a").status_code == 403
    assert other.get(api_path(course_key, "views/")).status_code == 403
