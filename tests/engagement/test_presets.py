"""Who has not come, and who tries and fails."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment
from completion.models import BlockCompletion
from django.utils import timezone
from freezegun import freeze_time
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin.engagement import presets
from learner_data_plugin.engagement.periods import today
from learner_data_plugin.engagement.presets import ACTIVITY, filter_by_activity
from tests import factories

from .making import block, complete, log_line, make_module, record


def ago(days):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def learners(course_key):
    return {name: factories.make_learner(course_key, name) for name in ("ada", "bob", "cyd", "dan", "eve")}


def visit(user, course_key, days):
    record([log_line(user, course_key, ago(days), "book")])


def check(user, course_key, days, success, problem="p"):
    data = {"problem_id": str(block(course_key, name=problem)), "success": success, "attempts": 1}
    record([log_line(user, course_key, ago(days), "problem_check", data)])


def found(course_key, preset):
    enrollments = CourseEnrollment.objects.filter(course_id=course_key, is_active=True)
    return set(filter_by_activity(enrollments, course_key, preset).values_list("user__username", flat=True))


def test_without_anything_recorded_everybody_has_never_come(course_key, learners):
    for preset in ("never", "inactive_7", "inactive_14"):
        assert found(course_key, preset) == set(learners)
    assert found(course_key, "struggling") == set()


def test_not_for_so_many_days(course_key, learners):
    for name, days in (("ada", 0), ("bob", 6), ("cyd", 7), ("dan", 14)):
        visit(learners[name], course_key, days)
    assert found(course_key, "inactive_7") == {"cyd", "dan", "eve"}
    assert found(course_key, "inactive_14") == {"dan", "eve"}
    assert found(course_key, "never") == {"eve"}


def test_completions_goals_and_states_tell_too(course_key, learners):
    complete(learners["ada"], block(course_key, "video"), ago(3))
    complete(learners["bob"], block(course_key, "video"), ago(40))
    UserActivity.objects.create(user=learners["cyd"], course_key=course_key, date=today() - timedelta(days=2))
    make_module(learners["dan"], block(course_key, "sequential"), created=ago(50))
    assert found(course_key, "inactive_7") == {"bob", "dan", "eve"}
    assert found(course_key, "never") == {"eve"}


def test_struggling_are_those_who_tried_in_two_weeks_and_never_succeeded_in_them(course_key, learners):
    check(learners["ada"], course_key, 13, "incorrect")
    check(learners["bob"], course_key, 13, "incorrect")
    check(learners["bob"], course_key, 1, "correct", "another")
    check(learners["cyd"], course_key, 14, "incorrect")
    check(learners["dan"], course_key, 2, "incorrect")
    check(learners["dan"], course_key, 20, "correct")
    visit(learners["eve"], course_key, 1)
    assert found(course_key, "struggling") == {"ada", "dan"}


@freeze_time("2026-03-11 12:00")  # a Wednesday
def test_last_week_is_from_monday_to_sunday_before_this_one(course_key, learners):
    for name, day in (("ada", "2026-03-01"), ("bob", "2026-03-02"), ("cyd", "2026-03-08"), ("dan", "2026-03-09")):
        UserActivity.objects.create(user=learners[name], course_key=course_key, date=day)
    assert found(course_key, "active_last_week") == {"bob", "cyd"}


@freeze_time("2026-03-11 12:00")
def test_last_week_is_told_by_events_and_by_the_first_and_last_completion(course_key, learners):
    visit(learners["ada"], course_key, 9)
    visit(learners["bob"], course_key, 1)
    complete(learners["cyd"], block(course_key, "video"), ago(4))
    with freeze_time("2026-03-04"):
        complete(learners["dan"], block(course_key, "video"), ago(0))
    BlockCompletion.objects.filter(user=learners["dan"]).update(modified=ago(1))  # completed again this week
    complete(learners["eve"], block(course_key, "video"), ago(2))
    assert found(course_key, "active_last_week") == {"ada", "cyd", "dan"}


def test_those_who_joined_in_the_last_seven_days_today_included(course_key, learners):
    for name, day in (("ada", 6), ("bob", 7), ("cyd", 400)):
        moment = datetime.combine(today() - timedelta(days=day), time(0, 0), UTC)
        CourseEnrollment.objects.filter(user=learners[name]).update(created=moment)
    assert found(course_key, "joined_7") == {"ada", "dan", "eve"}


@pytest.mark.parametrize(
    ("private", "kept"),
    [
        ("enrollment_date", ["never", "inactive_7", "inactive_14", "struggling", "active_last_week"]),
        ("last_active", ["joined_7"]),
        ("days_active_7", ["never", "inactive_14", "struggling", "joined_7"]),
        ("problems_tried", ["never", "inactive_7", "inactive_14", "active_last_week", "joined_7"]),
        ("problems_correct", ["never", "inactive_7", "inactive_14", "active_last_week", "joined_7"]),
        ("year_of_birth", list(ACTIVITY)),
    ],
)
def test_no_preset_tells_what_is_private(course_key, settings, private, kept):
    assert presets.offered(course_key.org) == ACTIVITY
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": [private]}
    assert list(presets.offered(course_key.org)) == kept


@pytest.mark.parametrize("preset", [preset for preset in ACTIVITY if preset != "joined_7"])
def test_another_course_says_nothing(course_key, learners, preset):
    elsewhere = factories.make_course()
    before = found(course_key, preset)
    for user in learners.values():
        factories.enroll(user, elsewhere)
        check(user, elsewhere, 1, "incorrect")
        complete(user, block(elsewhere, "video"), ago(1))
        make_module(user, block(elsewhere, "sequential"), created=ago(1))
    assert found(course_key, preset) == before
