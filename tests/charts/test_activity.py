"""How many learners did what in each week."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from common.djangoapps.student.models import CourseEnrollment
from freezegun import freeze_time

from learner_data_plugin.charts import activity
from learner_data_plugin.charts.activity import Weeks
from learner_data_plugin.engagement import coverage
from tests import factories
from tests.engagement.making import at, block, log_line, record
from tests.engagement.test_rows import check, play

# A Wednesday; its week began on the 15th.
TODAY = "2026-06-17 12:00:00"
ACTIVE, VIDEOS, PROBLEMS, DISCUSSIONS = activity.SERIES


@pytest.fixture(autouse=True)
def _today():
    with freeze_time(TODAY):
        yield


@pytest.fixture
def learners(course_key):
    """Four learners of a course that began in May, of which everything is known."""
    ids = factories.make_learners(course_key, 4)
    CourseEnrollment.objects.filter(course_id=course_key).update(created=at("2026-05-25"))
    coverage.enter_import(date(2026, 5, 1), date(2026, 6, 16))
    return [factories.User.objects.get(pk=pk) for pk in ids]


def draw(course_key: Any, name: str) -> Any:
    return activity.draw(name, activity.count_weeks(course_key)[name], enrolled=4)


def counts(chart: Any) -> list[Any]:
    return [row.count for row in chart.rows]


def test_each_chart_has_its_numbers(course_key, learners):
    record([play(user, course_key, at("2026-06-01"), "v") for user in learners[:3]])
    record([check(user, block(course_key), at("2026-06-08"), "incorrect") for user in learners[:2]])
    record([log_line(learners[0], course_key, at("2026-06-15"), "edx.forum.thread.created", {"id": "1"})])
    assert [row.key for row in draw(course_key, ACTIVE).rows] == ["2026-05-25", "2026-06-01", "2026-06-08", "2026-06-15"]
    assert counts(draw(course_key, ACTIVE)) == [0, 3, 2, 1]
    assert counts(draw(course_key, VIDEOS)) == [0, 3, 0, 0]
    assert counts(draw(course_key, PROBLEMS)) == [0, 0, 2, 0]
    assert counts(draw(course_key, DISCUSSIONS)) == [0, 0, 0, 1]
    assert draw(course_key, ACTIVE).rows[1].share == 3 / 4


def test_the_running_week_is_marked(course_key, learners):
    rows = draw(course_key, ACTIVE).rows
    assert [row.muted for row in rows] == [False, False, False, True]
    assert rows[-1].label == "June 15, 2026 (so far)"


@pytest.mark.parametrize(
    ("before", "last", "sentence"),
    [
        (1, 3, "Last complete week: 3, 2 more than the week before."),
        (3, 1, "Last complete week: 1, 2 fewer than the week before."),
        (2, 2, "Last complete week: 2, as many as the week before."),
    ],
)
def test_the_last_complete_week_is_compared_with_the_one_before(course_key, learners, before, last, sentence):
    record([play(user, course_key, at("2026-06-01"), "v") for user in learners[:before]])
    record([play(user, course_key, at("2026-06-08"), "v") for user in learners[:last]])
    assert sentence in draw(course_key, VIDEOS).description


def test_says_since_when_it_is_complete(course_key, learners):
    assert "Known completely since May 25, 2026." in draw(course_key, ACTIVE).description


def test_weeks_known_in_part_say_so(course_key):
    user = factories.make_learner(course_key)
    CourseEnrollment.objects.filter(user=user).update(created=at("2026-05-25"))
    record([play(user, course_key, at("2026-06-01"), "v")])
    chart = draw(course_key, VIDEOS)
    assert [(row.count, row.mark) for row in chart.rows] == [(1, ""), (None, "not known"), (None, "not known")]
    assert "Not known completely: there may have been more." in chart.description
    assert "week before" not in chart.description
    assert draw(course_key, DISCUSSIONS).rows == ()


def test_a_number_that_is_not_shown_has_a_mark():
    weeks = Weeks({"2026-06-01": 12, "2026-06-08": None}, "2026-01-01")
    row = activity.draw(ACTIVE, weeks, enrolled=40, mark="<10").rows[-1]
    assert (row.count, row.share, row.mark) == (None, None, "<10")


def test_a_course_without_enrollments_has_no_weeks(course_key):
    assert activity.count_weeks(course_key)[ACTIVE] == Weeks({}, "")


def test_everyone_counts_who_did_something_and_the_share_never_exceeds_all(course_key, learners):
    others = [factories.make_user() for _ in range(3)]
    record([play(user, course_key, at("2026-06-01"), "v") for user in (*learners, *others)])
    row = draw(course_key, VIDEOS).rows[1]
    assert (row.count, row.share) == (7, 1.0)


def test_the_number_of_queries_does_not_depend_on_size(course_key, django_assert_max_num_queries):
    factories.make_learners(course_key, 400)
    activity.count_weeks(course_key)
    with django_assert_max_num_queries(12):
        activity.count_weeks(course_key)
