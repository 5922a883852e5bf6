"""On which days some learners were active, of all that tells of it."""

from __future__ import annotations

from datetime import date

import pytest
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin.engagement import recent
from learner_data_plugin.engagement.periods import DAY, Period

from .. import factories
from .making import at, block, complete, log_line, record

MONDAY = date(2026, 3, 2)
WEEK = Period(MONDAY, MONDAY + 6 * DAY)


def days(course_key, *learners, period=WEEK):
    found = recent.active_days(course_key, [learner.pk for learner in learners], period)
    return {user_id: sorted(day.isoformat() for day in of_user) for user_id, of_user in found.items()}


@pytest.fixture
def came(course_key, learner):
    """The learner came on three days of the week: by an event, a course goal and a completion."""
    record([log_line(learner, course_key, at("2026-03-02"), "book")])
    UserActivity.objects.create(user=learner, course_key=course_key, date=date(2026, 3, 4))
    complete(learner, block(course_key), at("2026-03-06"))


def test_days_of_all_sources(course_key, learner, came):
    assert days(course_key, learner) == {learner.pk: ["2026-03-02", "2026-03-04", "2026-03-06"]}


def test_latest_of_all_sources(course_key, learner, came):
    assert recent.last_active(course_key, [learner.pk]) == {learner.pk: date(2026, 3, 6)}
    UserActivity.objects.create(user=learner, course_key=course_key, date=date(2026, 3, 9))
    assert recent.last_active(course_key, [learner.pk]) == {learner.pk: date(2026, 3, 9)}


def test_a_day_of_two_sources_is_one_day(course_key, learner, came):
    UserActivity.objects.create(user=learner, course_key=course_key, date=date(2026, 3, 2))
    assert len(days(course_key, learner)[learner.pk]) == 3


@pytest.mark.parametrize(
    ("made", "changed", "expected"),
    [
        ("2026-03-02 00:00:00", "2026-05-01 00:00:00", ["2026-03-02"]),
        ("2026-03-08 23:59:59", "2026-05-01 00:00:00", ["2026-03-08"]),
        ("2026-03-09 00:00:00", "2026-05-01 00:00:00", []),
        ("2026-01-01 00:00:00", "2026-03-02 00:00:00", ["2026-03-02"]),
        ("2026-01-01 00:00:00", "2026-03-09 00:00:00", []),
        ("2026-01-01 00:00:00", "2026-03-01 23:59:59", []),
    ],
)
def test_a_completion_tells_of_the_days_on_which_it_was_made_and_last_changed(made, changed, expected, course_key, learner):
    complete(learner, block(course_key), at(*made.split()), at(*changed.split()))
    assert days(course_key, learner).get(learner.pk, []) == expected


def test_other_accounts_and_courses_are_left_out(course_key, learner, came):
    other = factories.make_learner(course_key)
    assert days(course_key, other) == days(factories.make_course(), learner) == {}
    assert recent.last_active(course_key, [other.pk]) == {}


def test_of_nobody_there_is_nothing_to_ask(course_key, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert days(course_key) == {}
        assert recent.last_active(course_key, []) == {}


def test_each_is_one_query(course_key, came, django_assert_num_queries):
    learners = [factories.make_learner(course_key) for _number in range(5)]
    with django_assert_num_queries(1):
        days(course_key, *learners)
    with django_assert_num_queries(1):
        recent.last_active(course_key, [learner.pk for learner in learners])
