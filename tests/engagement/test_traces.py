"""What completions, course goals and states of blocks tell."""

from __future__ import annotations

from datetime import date

import pytest
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin.engagement import traces
from learner_data_plugin.engagement.periods import DAY, Period

from .. import factories
from .making import at, block, complete, make_module

MONDAY = date(2026, 3, 2)
WEEK = Period(MONDAY, MONDAY + 6 * DAY)


@pytest.fixture
def learner(course_key):
    return factories.make_learner(course_key)


@pytest.fixture
def accounts(course_key, learner):
    return traces.Accounts.between(course_key, learner.pk, learner.pk + 100)


def days(accounts, period=WEEK):
    return sorted({(user_id, day.isoformat()) for user_id, day in traces.active_days(accounts, period)})


class TestActiveDays:
    def test_days_of_course_goals(self, course_key, learner, accounts):
        for day in (MONDAY - DAY, MONDAY, WEEK.last, WEEK.last + DAY):
            UserActivity.objects.create(user=learner, course_key=course_key, date=day)
        UserActivity.objects.create(user=learner, course_key=factories.make_course(), date=MONDAY + DAY)
        assert days(accounts) == [(learner.pk, "2026-03-02"), (learner.pk, "2026-03-08")]

    def test_completions_count_when_they_were_made_and_when_they_last_changed(self, course_key, learner, accounts):
        complete(learner, block(course_key, "html"), at("2026-03-03", "23:59:59"), at("2026-03-05", "00:00:00"))
        complete(learner, block(course_key, "html"), at("2026-03-06"), at("2026-05-01"))
        complete(learner, block(course_key, "html"), at("2026-01-01"), at("2026-03-07"))
        complete(learner, block(course_key, "html"), at("2026-01-01"), at("2026-05-01"))
        complete(learner, block(factories.make_course(), "html"), at("2026-03-04"))
        expected = ["2026-03-03", "2026-03-05", "2026-03-06", "2026-03-07"]
        assert days(accounts) == [(learner.pk, day) for day in expected]
        assert days(accounts, Period.day(date(2026, 3, 3))) == [(learner.pk, "2026-03-03")]

    def test_other_accounts_are_left_out(self, course_key, learner, accounts):
        other = factories.make_learner(course_key)
        never_enrolled = factories.make_user()
        complete(other, block(course_key), at("2026-03-03"))
        complete(never_enrolled, block(course_key), at("2026-03-03"))
        assert days(accounts) == [(other.pk, "2026-03-03")]
        assert days(traces.Accounts.between(course_key, learner.pk, learner.pk)) == []


class TestVideos:
    def videos(self, accounts, period=WEEK):
        return {found for _user_id, found in traces.videos(accounts, period)}

    def test_those_first_completed_in_the_period(self, course_key, learner, accounts):
        complete(learner, block(course_key, "video", "seen"), at("2026-03-03"), at("2026-04-01"))
        complete(learner, block(course_key, "video", "earlier"), at("2026-02-03"), at("2026-03-03"))
        complete(learner, block(course_key, "problem", "no_video"), at("2026-03-03"))
        assert self.videos(accounts) == {"seen"}

    def test_those_first_begun_in_the_period(self, course_key, learner, accounts):
        make_module(learner, block(course_key, "video", "begun"), created=at("2026-03-03"), modified=at("2026-04-01"))
        make_module(learner, block(course_key, "video", "earlier"), created=at("2026-02-03"), modified=at("2026-03-03"))
        make_module(learner, block(course_key, "html", "no_video"), created=at("2026-03-03"))
        assert self.videos(accounts) == {"begun"}


class TestLastSubsections:
    def test_the_latest_position_counts_where_it_is_in_the_period(self, course_key, learner, accounts):
        first, second = (block(course_key, "sequential", name) for name in ("first", "second"))
        make_module(learner, first, created=at("2026-01-01"), modified=at("2026-03-03"))
        make_module(learner, second, created=at("2026-01-01"), modified=at("2026-03-04"))
        make_module(learner, block(course_key, "chapter"), created=at("2026-01-01"), modified=at("2026-03-05"))
        assert traces.last_subsections(accounts, WEEK) == {learner.pk: str(second)}
        assert traces.last_subsections(accounts, Period.day(date(2026, 3, 4))) == {learner.pk: str(second)}

    def test_of_somebody_who_went_on_nothing_is_known(self, course_key, learner, accounts):
        make_module(learner, block(course_key, "sequential"), created=at("2026-01-01"), modified=at("2026-03-03"))
        make_module(learner, block(course_key, "sequential"), created=at("2026-01-01"), modified=at("2026-03-20"))
        assert traces.last_subsections(accounts, WEEK) == {}

    def test_other_courses_do_not_count(self, learner, accounts):
        other = factories.make_course()
        make_module(learner, block(other, "sequential"), created=at("2026-03-03"))
        assert traces.last_subsections(accounts, WEEK) == {}
