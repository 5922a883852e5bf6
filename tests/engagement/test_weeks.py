"""Weekly learner activity."""

from __future__ import annotations

import json
from datetime import date

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.core.cache import cache
from django.core.management import call_command
from freezegun import freeze_time
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin.engagement import coverage, weeks
from learner_data_plugin.engagement.periods import DAY
from learner_data_plugin.models import EngagementWeek

from .. import factories
from ..rest_api.paths import api_path
from .making import at, block, complete, log_line, record, submit
from .test_forum import post, switch
from .test_rows import check, play

BEGAN = date(2026, 3, 4)
"""A Wednesday."""

NOW = "2026-03-19T10:00:00Z"
"""Thursday of the third week."""


@pytest.fixture(autouse=True)
def _now():
    with freeze_time(NOW):
        yield


@pytest.fixture
def learner(course_key):
    user = factories.make_learner(course_key)
    CourseEnrollment.objects.filter(user=user).update(created=at(BEGAN))
    return user


def import_all():
    coverage.enter_import(BEGAN - 30 * DAY, date(2026, 3, 18))


def read(course_key, **options):
    """The four numbers of each week as a text."""
    found = weeks.read_weeks(course_key, **options)
    for week in found:
        assert list(week.counts) == list(weeks.SERIES)
    return {str(week.monday): " ".join("-" if n is None else str(n) for n in week.counts.values()) for week in found}


class TestCounts:
    def test_of_a_course_without_enrollments_and_activity_there_are_no_weeks(self, course_key):
        assert weeks.read_weeks(course_key) == []

    def test_each_week_since_the_course_began_is_there(self, course_key, learner):
        import_all()
        found = weeks.read_weeks(course_key)
        assert [str(week.monday) for week in found] == ["2026-03-02", "2026-03-09", "2026-03-16"]
        assert [week.is_complete for week in found] == [True, True, False]
        assert read(course_key) == dict.fromkeys(["2026-03-02", "2026-03-09", "2026-03-16"], "0 0 0 0")

    def test_everyone_who_did_something_counts_once_a_week_enrolled_or_not(self, course_key, learner):
        import_all()
        other = factories.make_user()
        key = block(course_key)
        record([play(learner, course_key, at("2026-03-09") + place * DAY, f"v{place}") for place in range(3)])
        record([log_line(other, course_key, at("2026-03-10"), "edx.forum.comment.created", {"id": "1"})])
        record([check(other, key, at("2026-03-15", "23:59:59"), "incorrect")])
        record([log_line(other, course_key, at("2026-03-17"), "book")])
        record([log_line(other, factories.make_course(), at("2026-03-17"), "book")])
        assert read(course_key) == {"2026-03-02": "0 0 0 0", "2026-03-09": "2 1 1 1", "2026-03-16": "1 0 0 0"}

    def test_submissions_come_from_the_history_where_it_goes_back(self, course_key, learner):
        import_all()
        submit(factories.make_user(), block(course_key), [at("2026-03-03")])
        submit(learner, block(course_key), [at("2026-03-10"), at("2026-03-11")])
        record([check(learner, block(course_key), at("2026-03-17"), "correct")])
        assert read(course_key)["2026-03-09"] == "1 0 1 0"
        assert read(course_key)["2026-03-16"] == "1 0 0 0", "what the history does not have did not happen"

    def test_posts_come_from_the_forum_where_it_keeps_them_here(self, course_key, learner):
        switch()
        import_all()
        post(learner, course_key, at("2026-03-10"))
        record([log_line(learner, course_key, at("2026-03-17"), "edx.forum.thread.created", {"id": "1"})])
        assert read(course_key) == {"2026-03-02": "0 0 0 0", "2026-03-09": "1 0 0 1", "2026-03-16": "1 0 0 0"}

    def test_other_tables_add_learners(self, course_key, learner):
        other = factories.make_learner(course_key)
        UserActivity.objects.create(user=learner, course_key=course_key, date=date(2026, 3, 10))
        complete(other, block(course_key, "video"), at("2026-03-11"), at("2026-03-17"))
        assert read(course_key) == {"2026-03-09": "2 1 - -", "2026-03-16": "1 - - -"}

    def test_weeks_with_recorded_activity_before_the_first_enrollment_are_there(self, course_key, learner):
        import_all()
        record([log_line(factories.make_user(), course_key, at("2026-02-23"), "book")])
        assert read(course_key)["2026-02-23"] == "1 0 0 0"


class TestKnown:
    def test_what_is_not_known_is_none_and_weeks_before_anything_was_are_left_out(self, course_key, learner):
        coverage.enter_import(date(2026, 3, 11), date(2026, 3, 18))
        found = weeks.read_weeks(course_key)
        assert read(course_key) == {"2026-03-16": "0 0 0 0"}
        assert set(found[0].known_since.values()) == {date(2026, 3, 11)}

    def test_a_week_known_in_part_tells_what_was_seen_and_since_when_it_is_known(self, course_key, learner):
        coverage.enter_import(date(2026, 3, 11), date(2026, 3, 18))
        record([play(learner, course_key, at("2026-03-12"), "v")])
        assert read(course_key) == {"2026-03-09": "1 1 - -", "2026-03-16": "0 0 0 0"}
        assert weeks.read_weeks(course_key)[0].known_since["active"] == date(2026, 3, 11)

    def test_a_gap_ends_what_is_known(self, course_key, learner):
        coverage.enter_import(date(2026, 3, 1), date(2026, 3, 9))
        coverage.enter_import(date(2026, 3, 11), date(2026, 3, 18))
        first, second, third = weeks.read_weeks(course_key)
        assert first.known_since["active"] == BEGAN
        assert first.counts["active"] == 0
        assert second.known_since["active"] == third.known_since["active"] == date(2026, 3, 11)
        assert second.counts["active"] is None

    def test_submissions_and_posts_are_known_without_events(self, course_key, learner):
        switch()
        submit(factories.make_user(), block(factories.make_course()), [at("2026-03-10")])
        assert read(course_key) == {"2026-03-02": "- - - 0", "2026-03-09": "- - - 0", "2026-03-16": "- - 0 0"}
        assert weeks.read_weeks(course_key)[2].known_since == {
            "active": None, "watched_video": None, "tried_problem": date(2026, 3, 11), "discussed": BEGAN,
        }  # fmt: skip


class TestKept:
    def test_a_complete_week_is_counted_once(self, course_key, learner, django_assert_max_num_queries):
        import_all()
        record([play(learner, course_key, at("2026-03-10"), "v")])
        first = read(course_key)
        record([play(factories.make_user(), course_key, at("2026-03-10"), "v")])
        with django_assert_max_num_queries(10):
            assert read(course_key) == first
        with freeze_time("2026-03-19T11:00:00Z"):  # the running one is counted again by now
            assert read(course_key) == first

    def test_what_tells_more_of_the_past_has_its_weeks_counted_again(self, course_key, learner):
        import_all()
        read(course_key)
        record([play(learner, course_key, at("2026-03-10"), "v"), play(learner, course_key, at("2026-03-04"), "v")])
        weeks.forget(date(2026, 3, 10), date(2026, 3, 10))
        assert read(course_key) == {"2026-03-02": "0 0 0 0", "2026-03-09": "1 1 0 0", "2026-03-16": "0 0 0 0"}

    def test_the_running_week_is_counted_again_after_some_minutes(self, course_key, learner):
        import_all()
        read(course_key)
        record([play(learner, course_key, at("2026-03-18"), "v")])
        assert read(course_key)["2026-03-16"] == "0 0 0 0"
        with freeze_time("2026-03-19T10:16:00Z"):
            assert read(course_key)["2026-03-16"] == "1 1 0 0"

    def test_a_week_counted_before_its_end_is_counted_again_after_it(self, course_key, learner):
        coverage.enter_import(BEGAN, date(2026, 3, 30))
        with freeze_time("2026-03-22T23:59:00Z"):
            read(course_key)
        record([play(learner, course_key, at("2026-03-22", "23:59:30"), "v")])
        with freeze_time("2026-03-23T03:00:00Z"):
            assert read(course_key)["2026-03-16"] == "1 1 0 0"

    def test_who_waits_gets_the_weeks_that_are_there_and_a_command_counts_the_rest(self, course_key, learner):
        import_all()
        record([play(learner, course_key, at("2026-03-10"), "v")])
        assert read(course_key, seconds=-1) == {"2026-03-16": "- - - -"}
        assert not EngagementWeek.objects.exists()
        assert read(course_key) == {"2026-03-16": "- - - -"}, "nobody tries again for an hour"
        assert read(course_key, seconds=None)["2026-03-09"] == "1 1 0 0"
        cache.clear()
        assert read(course_key, seconds=-1)["2026-03-09"] == "1 1 0 0"


class TestCall:
    """``GET engagement/weeks/``."""

    def test_answers_the_weeks(self, course_key, learner, instructor_client):
        import_all()
        record([play(learner, course_key, at("2026-03-10"), "v")])
        answer = instructor_client.get(api_path(course_key, "engagement/weeks/"))
        assert answer.status_code == 200, answer.content
        assert answer.json()["weeks"][1] == {
            "week": "2026-03-09",
            "complete": True,
            "active": 1,
            "watched_video": 1,
            "tried_problem": 0,
            "discussed": 0,
            "known_since": dict.fromkeys(weeks.SERIES, "2026-03-04"),
        }
        assert [week["complete"] for week in answer.json()["weeks"]] == [True, True, False]

    def test_what_is_not_known_is_null(self, course_key, learner, instructor_client):
        [week] = instructor_client.get(api_path(course_key, "engagement/weeks/")).json()["weeks"]
        nothing = dict.fromkeys(weeks.SERIES)
        assert week == {"week": "2026-03-16", "complete": False, **nothing, "known_since": nothing}

    def test_others_may_not_see_it(self, course_key, learner, sign_in, client):
        path = api_path(course_key, "engagement/weeks/")
        outsider = factories.make_team_member("staff", factories.make_course())
        assert sign_in(outsider).get(path).status_code == 403
        assert client.get(path).status_code == 401
        assert sign_in(outsider).get(api_path(factories.make_course(), "engagement/weeks/")).status_code == 403


def test_importing_a_log_has_its_weeks_counted_again(course_key, learner, tmp_path):
    import_all()
    read(course_key)
    log = tmp_path / "tracking.log"
    log.write_text(json.dumps(play(learner, course_key, at("2026-03-10"), "v")) + "\n")
    call_command("learner_data_import_tracking_log", str(log), verbosity=0)
    assert read(course_key)["2026-03-09"] == "1 1 0 0"
