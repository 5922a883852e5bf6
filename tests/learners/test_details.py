"""What stands beside a learner's row: weeks of activity, last activity, and the way to the learner's progress."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin.columns.catalogue import get_column
from learner_data_plugin.data import Selection
from learner_data_plugin.engagement.periods import monday_of, today
from learner_data_plugin.learners import table
from learner_data_plugin.learners.details import WEEKS, read_details, shown_weeks
from tests import factories
from tests.engagement.making import block, complete, log_line, record


@pytest.fixture
def learner(course_key):
    return factories.make_learner(course_key, "ada")


def test_the_last_twelve_mondays_end_with_the_running_week():
    weeks = shown_weeks()
    assert len(weeks) == WEEKS == 12
    assert weeks[-1] == monday_of(today())
    assert {later - earlier for earlier, later in pairwise(weeks)} == {timedelta(weeks=1)}


def test_days_of_each_week(course_key, learner):
    weeks = shown_weeks()
    for day in (weeks[0], weeks[0] + timedelta(days=6), weeks[5], weeks[0] - timedelta(days=1)):
        UserActivity.objects.create(user=learner, course_key=course_key, date=day)
    found = read_details(course_key, ["ada"])["ada"]
    assert found.weeks == (2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    assert found.last_active == weeks[5]


def test_somebody_who_never_came(course_key, learner):
    found = read_details(course_key, ["ada"])["ada"]
    assert (found.weeks, found.last_active, found.is_struggling) == ((0,) * 12, None, False)


def test_who_tries_and_fails_is_struggling(course_key, learner):
    data = {"problem_id": str(block(course_key, name="p")), "success": "incorrect", "attempts": 1}
    record([log_line(learner, course_key, timezone.now(), "problem_check", data)])
    found = read_details(course_key, ["ada"])["ada"]
    assert (found.is_struggling, found.last_active, found.weeks[-1]) == (True, today(), 1)


@pytest.mark.parametrize("private", ["problems_tried", "problems_correct"])
def test_who_is_struggling_is_not_told_where_answers_are_private(course_key, learner, settings, private):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": [private]}
    data = {"problem_id": str(block(course_key, name="p")), "success": "incorrect", "attempts": 1}
    record([log_line(learner, course_key, timezone.now(), "problem_check", data)])
    found = read_details(course_key, ["ada"])["ada"]
    assert (found.is_struggling, found.last_active) == (False, today())


def test_those_named_and_nobody_else(course_key, learner):
    other = factories.make_learner(course_key, "bob")
    UserActivity.objects.create(user=other, course_key=course_key, date=today())
    found = read_details(course_key, ["bob", "ada", "nobody", "ADA"])
    assert {name: one.last_active for name, one in found.items()} == {"bob": today(), "ada": None}


def test_progress_is_where_the_platform_shows_it(course_key, learner):
    found = read_details(course_key, ["ada"])["ada"]
    assert found.progress_url == f"/courses/{course_key}/progress/{learner.pk}/"


def test_no_way_to_it_where_account_numbers_are_private(course_key, learner, settings):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["id"]}
    found = read_details(course_key, ["ada"])["ada"]
    assert found.progress_url == ""


def test_queries_do_not_grow(course_key, django_assert_max_num_queries):
    factories.make_learners(course_key, 2, prefix="few")
    factories.make_learners(course_key, 30, prefix="more")
    for start in ("few", "more"):
        names = list(User.objects.filter(username__startswith=start).values_list("username", flat=True))
        assert len(names) in (2, 30)
        with django_assert_max_num_queries(5):
            assert len(read_details(course_key, names)) == len(names)
    assert read_details(course_key, []) == {}


def test_is_what_the_columns_say(course_key, learner):
    complete(learner, block(course_key, "video"), timezone.now() - timedelta(days=3))
    record([log_line(learner, course_key, timezone.now() - timedelta(days=5), "book")])
    UserActivity.objects.create(user=learner, course_key=course_key, date=today() - timedelta(days=9))
    columns = tuple(get_column(key) for key in ("last_active", "days_active_30"))
    [(last, number)] = table.read_sorted(course_key, columns=columns, selection=Selection())
    found = read_details(course_key, ["ada"])["ada"]
    assert (found.last_active, sum(found.weeks)) == (last, number) == (today() - timedelta(days=3), 3)
