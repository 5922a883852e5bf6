"""The rows of the engagement report."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import date, timedelta

import pytest
from common.djangoapps.student.models import CourseEnrollment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lms.djangoapps.course_goals.models import UserActivity

from learner_data_plugin.engagement import coverage, rows
from learner_data_plugin.engagement.periods import DAY, Period

from .. import factories
from ..reading import as_table
from .making import add_history, at, block, complete, log_line, make_module, record, state_of, submit
from .test_forum import post, switch

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + DAY
WEEK = Period(MONDAY, MONDAY + 6 * DAY)
EXAMPLES = int(os.environ.get("EXAMPLES", 60))
BEFORE = MONDAY - 100 * DAY


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.LEARNING_MICROFRONTEND_URL = "https://apps.example.com/learning"


@pytest.fixture
def known(course_key):
    """All days of the weeks around are known from events."""
    coverage.enter_import(BEFORE, MONDAY + 100 * DAY)


def make_learner(course_key, username="", since=BEFORE):
    user = factories.make_user(username)
    factories.CourseEnrollment.objects.bulk_create([CourseEnrollment(user=user, course_id=course_key, mode="audit")])
    CourseEnrollment.objects.filter(user=user, course_id=course_key).update(created=at(since))
    return user


def read(course_key, period=WEEK, batch_size=100):
    """Rows as dictionaries by username, in order."""
    header = rows.HEADER_OF_DAY if period.first == period.last else rows.HEADER_OF_WEEK
    table = as_table(rows.read_rows(course_key, period, batch_size=batch_size))
    found = [dict(zip(("id", *header), row, strict=True)) for row in table]
    return {row["Username"]: row for row in found}


def counts(row):
    """The numbers of a row as a text: active, problems (3), videos, posts (3), pages."""
    return " ".join(str(cell) if cell != "" else "-" for cell in list(row.values())[6:-1])


def row_of(course_key, user, period=WEEK):
    return counts(read(course_key, period)[user.username])


def check(user, key, when, success):
    """The event of a submission."""
    return log_line(user, key.course_key, when, "problem_check", {"problem_id": str(key), "success": success})


def play(user, course_key, when, video):
    """The event of a video that begins to play."""
    return log_line(user, course_key, when, "play_video", {"id": video}, event_source="browser")


class TestWhoAndWhat:
    def test_every_enrolled_learner_has_a_row_with_account_and_course(self, course_key, known):
        ada, ben = make_learner(course_key, "ada"), make_learner(course_key, "Ben")
        factories.make_cohort(course_key, "First", [ada])
        factories.make_cohort(factories.make_course(), "Elsewhere", [ben])
        found = read(course_key)
        assert sorted(found) == ["Ben", "ada"]
        assert list(found["ada"].values())[:6] == [ada.pk, "2026-03-08", str(course_key), "ada", "ada@example.com", "First"]
        assert found["Ben"]["Cohort"] == ""
        assert found["ada"]["URL of Last Subsection Viewed"] == ""
        assert counts(found["Ben"]) == "0 0 0 0 0 0 0 0 0"

    def test_who_left_on_tuesday_is_in_mondays_report_only(self, course_key, known):
        user = factories.make_user()
        CourseEnrollment.enroll(user, course_key)
        enrollment = CourseEnrollment.objects.get(user=user)
        enrollment.history.update(history_date=at(MONDAY - DAY))
        CourseEnrollment.unenroll(user, course_key)
        enrollment.history.filter(is_active=False, history_date__gt=at(MONDAY)).update(history_date=at(TUESDAY))
        record([log_line(user, course_key, at(day), "page_close") for day in (MONDAY, TUESDAY)])
        assert row_of(course_key, user, Period.day(MONDAY)) == "1 0 0 0 0 0 0 0 0"
        assert read(course_key, Period.day(TUESDAY)) == {}
        assert read(course_key) == {}

    def test_activity_of_others_and_of_other_courses_is_left_out(self, course_key, known):
        user, other = make_learner(course_key), factories.make_course()
        record(
            [
                log_line(user, other, at(MONDAY), "page_close"),
                log_line(factories.make_user(), course_key, at(MONDAY), "page_close"),
                log_line(user, course_key, at(MONDAY - DAY), "page_close"),
                log_line(user, course_key, at(WEEK.last + DAY), "page_close"),
            ]
        )
        assert row_of(course_key, user) == "0 0 0 0 0 0 0 0 0"
        assert len(read(course_key)) == 1

    def test_rows_stand_in_the_order_in_which_the_database_sorts_usernames(self, course_key, known):
        for name in ("bob", "Amy", "amy2"):
            make_learner(course_key, name)
        users = factories.User.objects.filter(username__in=["bob", "Amy", "amy2"])
        assert list(read(course_key, batch_size=2)) == list(users.order_by("username").values_list("username", flat=True))

    def test_who_enrolled_after_the_period_has_no_row(self, course_key, known):
        make_learner(course_key, "early")
        make_learner(course_key, "late", since=WEEK.last + DAY)
        assert list(read(course_key, batch_size=1)) == ["early"]


class TestEvents:
    def test_a_day_of_everything(self, course_key, known):
        user, key = make_learner(course_key), block(course_key)
        subsection = block(course_key, "sequential")
        record(
            [
                check(user, key, at(MONDAY, "09:00:00"), "incorrect"),
                check(user, key, at(MONDAY, "09:01:00"), "correct"),
                check(user, block(course_key), at(MONDAY), "incorrect"),
                play(user, course_key, at(MONDAY), "v1"),
                log_line(user, course_key, at(MONDAY), "edx.forum.thread.created", {"id": "1"}),
                log_line(user, course_key, at(MONDAY), "edx.forum.response.created", {"id": "2"}),
                log_line(user, course_key, at(MONDAY), "edx.forum.response.created", {"id": "3"}),
                log_line(user, course_key, at(MONDAY), "edx.forum.comment.created", {"id": "4"}),
                log_line(user, course_key, at(MONDAY), "book", {"new": 3}, event_source="browser"),
                log_line(user, course_key, at(MONDAY, "10:00:00"), f"/api/courseware/sequence/{subsection}", ""),
            ]
        )
        assert row_of(course_key, user, Period.day(MONDAY)) == "1 2 3 1 1 1 2 1 1"
        assert row_of(course_key, user, Period.day(TUESDAY)) == "0 0 0 0 0 0 0 0 0"
        address = f"https://apps.example.com/learning/course/{course_key}/{subsection}"
        assert read(course_key, Period.day(MONDAY))[user.username]["URL of Last Subsection Viewed"] == address

    def test_a_week_counts_what_repeats_once(self, course_key, known):
        user, key = make_learner(course_key), block(course_key)
        for day in (MONDAY, TUESDAY, WEEK.last):
            record(
                [
                    check(user, key, at(day), "correct"),
                    play(user, course_key, at(day), "v1"),
                ]
            )
        assert row_of(course_key, user) == "3 1 3 1 1 0 0 0 0"

    def test_old_pages_are_printed_under_the_address_of_the_lms(self, course_key, known, settings):
        settings.LMS_ROOT_URL = "https://lms.example.com"
        user, path = make_learner(course_key), f"/courses/{course_key}/courseware/a/b/"
        record([log_line(user, course_key, at(MONDAY), path, "{}")])
        assert read(course_key)[user.username]["URL of Last Subsection Viewed"] == f"https://lms.example.com{path}"


class TestBlankIsNotZero:
    def test_before_anything_is_known_everything_is_blank(self, course_key):
        assert row_of(course_key, make_learner(course_key)) == "- - - - - - - - -"

    def test_what_was_seen_on_a_day_that_is_known_in_part_is_told(self, course_key):
        user, other = make_learner(course_key), make_learner(course_key)
        record([play(user, course_key, at(MONDAY), "v1")])
        assert row_of(course_key, user) == "1 - - - 1 - - - -"
        assert row_of(course_key, other) == "- - - - - - - - -"

    def test_a_week_of_which_a_day_is_not_known_has_no_zero(self, course_key):
        user = make_learner(course_key)
        coverage.enter_import(MONDAY, WEEK.last - DAY)
        assert row_of(course_key, user) == "- - - - - - - - -"
        assert row_of(course_key, user, Period.day(MONDAY)) == "0 0 0 0 0 0 0 0 0"
        coverage.enter_import(WEEK.last, WEEK.last)
        assert row_of(course_key, user) == "0 0 0 0 0 0 0 0 0"

    def test_submissions_are_known_from_the_history_alone(self, course_key):
        user, other = make_learner(course_key), make_learner(course_key)
        submit(factories.make_user(), block(course_key), [at(MONDAY - DAY)])
        submit(user, block(course_key), [at(MONDAY)])
        assert row_of(course_key, user) == "1 1 1 1 - - - - -"
        assert row_of(course_key, other) == "- 0 0 0 - - - - -"

    def test_where_a_site_kept_the_history_and_has_none_of_the_course_nobody_tried_a_problem(self, course_key):
        submit(factories.make_user(), block(factories.make_course()), [at(MONDAY - DAY)])
        assert row_of(course_key, make_learner(course_key)) == "- 0 0 0 - - - - -"

    def test_posts_are_known_where_the_forum_keeps_them_here(self, course_key):
        switch()
        user, other = make_learner(course_key), make_learner(course_key)
        post(user, course_key, at(MONDAY))
        assert row_of(course_key, user) == "1 - - - - 1 0 0 -"
        assert row_of(course_key, other) == "- - - - - 0 0 0 -"


class TestSeveralSources:
    def test_submissions_of_the_history_and_of_events_are_the_same_and_count_once(self, course_key, known):
        user, key = make_learner(course_key), block(course_key)
        submit(factories.make_user(), block(course_key), [at(MONDAY - DAY)])
        submit(user, key, [at(MONDAY), at(TUESDAY)])
        checks = [at(MONDAY), at(TUESDAY), at(TUESDAY, "13:00:00")]
        record(check(user, key, when, "correct") for when in checks)
        assert row_of(course_key, user) == "2 1 2 1 0 0 0 0 0", "the history alone counts where it goes back that far"

    def test_in_the_week_in_which_the_history_begins_both_count_and_nothing_twice(self, course_key, known):
        """It begins on Tuesday at noon: Monday and Tuesday are told by events, Wednesday and later by the history."""
        user, other = make_learner(course_key), make_learner(course_key)
        same, late, early = (block(course_key) for _ in range(3))
        submit(user, same, [at(TUESDAY), at("2026-03-05")], ("incorrect",))
        submit(user, late, [at("2026-03-06")], ("correct",))
        submit(other, same, [at("2026-03-06")], ("correct",))
        checks = [(MONDAY, early, "correct"), (TUESDAY, same, "correct"), (date(2026, 3, 5), same, "incorrect")]
        record(check(user, key, at(day), success) for day, key, success in checks)
        assert row_of(course_key, user) == "4 3 4 3 0 0 0 0 0"
        assert row_of(course_key, other) == "1 1 1 1 0 0 0 0 0"

    def test_posts_that_the_forum_keeps_here_are_not_taken_from_events_too(self, course_key, known):
        switch()
        user = make_learner(course_key)
        thread = post(user, course_key, at(MONDAY))
        post(user, course_key, at(TUESDAY), to=thread)
        record([log_line(user, course_key, at(MONDAY), "edx.forum.thread.created", {"id": "1"})])
        assert row_of(course_key, user) == "2 0 0 0 0 1 1 0 0"

    def test_days_of_all_sources_are_put_together(self, course_key, known):
        user = make_learner(course_key)
        record([log_line(user, course_key, at("2026-03-02"), "page_close")])
        UserActivity.objects.create(user=user, course_key=course_key, date=date(2026, 3, 2))
        UserActivity.objects.create(user=user, course_key=course_key, date=date(2026, 3, 3))
        complete(user, block(course_key, "html"), at("2026-03-04"))
        submit(factories.make_user(), block(course_key), [at("2026-01-01")])
        submit(user, block(course_key), [at("2026-03-05"), at("2026-03-08")])
        assert row_of(course_key, user)[0] == "5"

    def test_before_events_videos_and_subsections_come_from_other_tables(self, course_key):
        user, key = make_learner(course_key), block(course_key, "sequential")
        complete(user, block(course_key, "video", "v1"), at(MONDAY))
        make_module(user, block(course_key, "video", "v1"), created=at(MONDAY))
        make_module(user, block(course_key, "video", "v2"), created=at(TUESDAY))
        make_module(user, key, created=at("2026-01-01"), modified=at(TUESDAY))
        record(play(user, course_key, at(TUESDAY), name) for name in ("v2", "v3"))
        found = read(course_key)[user.username]
        assert found["Unique Videos Played"] == 3
        assert found["URL of Last Subsection Viewed"].endswith(str(key))

    def test_where_events_are_known_they_alone_tell_of_videos_and_subsections(self, course_key, known):
        user = make_learner(course_key)
        make_module(user, block(course_key, "video"), created=at(MONDAY))
        make_module(user, block(course_key, "sequential"), created=at(MONDAY))
        found = read(course_key)[user.username]
        assert (found["Unique Videos Played"], found["URL of Last Subsection Viewed"]) == (0, "")


class TestSize:
    def test_the_size_of_batches_changes_nothing(self, course_key, known):
        users = [make_learner(course_key) for _ in range(9)]
        submit(factories.make_user(), block(course_key), [at("2026-01-01")])
        for place, user in enumerate(users):
            submit(user, block(course_key), [at(MONDAY)] * (place % 3 + 1))
            record([play(user, course_key, at(TUESDAY), f"v{place}")])
        assert read(course_key, batch_size=2) == read(course_key, batch_size=1000)

    @pytest.mark.parametrize("learners", [10, 40])
    def test_queries_grow_by_batches_only(self, course_key, known, learners, django_assert_max_num_queries):
        factories.make_learners(course_key, learners)
        CourseEnrollment.objects.filter(course_id=course_key).update(created=at(BEFORE))
        submit(factories.make_user(), block(course_key), [at("2026-01-01")])
        with django_assert_max_num_queries(21 + (2 + 5) * (learners // 10)):
            assert sum(len(batch[0]) for batch in rows.read_rows(course_key, WEEK, batch_size=10)) == learners


_NAMES = st.sampled_from(["visit", "right", "wrong", "video", "app video", "thread", "response", "comment", "page", "sequence"])
_MOMENTS = st.integers(0, 9 * 24 * 60 * 6 - 1)
_EVENTS = st.lists(
    st.tuples(st.integers(0, 3), _MOMENTS, _NAMES, st.integers(0, 2)), max_size=40, unique_by=lambda event: event[:3]
)


@pytest.mark.fuzz
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_EVENTS, st.lists(st.integers(0, 8), min_size=4, max_size=4), st.booleans())
def test_random_events_give_the_cells_of_the_rule(db, known_days, events, leaves, with_history):
    """Cell by cell against the rule, written down the simplest way, for every day and the week.

    ``leaves``: on which of nine days from Sunday on each of four learners leaves; those who leave on the last stay.
    """
    course_key = factories.make_course()
    users = [make_learner(course_key) for _ in leaves]
    history = CourseEnrollment.history.model
    for user, leaving in zip(users, leaves, strict=True):
        enrollment = CourseEnrollment.objects.get(user=user)
        common = {"id": enrollment.pk, "user_id": user.pk, "course_id": course_key, "mode": "audit", "created": at(BEFORE)}
        history.objects.create(**common, is_active=True, history_date=at(BEFORE), history_type="+")
        if leaving < 8:
            gone = at(MONDAY - DAY + leaving * DAY)
            history.objects.create(**common, is_active=False, history_date=gone, history_type="~")
    if with_history:
        submit(factories.make_user(), block(course_key), [at("2026-01-01")])
    expected, lines, attempts = defaultdict(lambda: defaultdict(list)), [], defaultdict(list)
    start = at(MONDAY - DAY, "00:00:00")
    for who, tenths, name, item in sorted(events, key=lambda event: event[1]):
        user, when = users[who], start + timedelta(seconds=tenths * 10)
        lines.append(_line(user, course_key, when, name, item))
        expected[user.pk][when.date()].append((name, item))
        if name in ("right", "wrong"):
            attempts[user, item].append((when, name))
    record(lines)
    if with_history:
        for (user, item), tries in attempts.items():
            module = make_module(user, block(course_key, "problem", f"p{item}"), created=tries[0][0])
            for number, (when, name) in enumerate(tries, 1):
                add_history(module, when, state_of(number, when, ("correct" if name == "right" else "incorrect",)))
    for period in (*map(Period.day, WEEK.days), WEEK):
        found = read(course_key, period)
        leaving = dict(zip(users, leaves, strict=True))
        there = [user for user in users if MONDAY - DAY + leaving[user] * DAY > period.last or leaving[user] == 8]
        assert sorted(found) == sorted(user.username for user in there)
        for user in there:
            assert counts(found[user.username]) == _by_the_rule(expected[user.pk], period), (period, user.pk)


@pytest.fixture
def known_days(db):
    coverage.enter_import(BEFORE, MONDAY + 100 * DAY)


def _line(user, course_key, when, name, item):
    problem = {"problem_id": str(block(course_key, "problem", f"p{item}"))}
    video = f"v{item}"
    made = {
        "visit": (f"/courses/{course_key}/progress", "{}"),
        "right": ("problem_check", {**problem, "success": "correct"}),
        "wrong": ("problem_check", {**problem, "success": "incorrect"}),
        "video": ("play_video", {"id": video}),
        "app video": ("edx.video.played", {"module_id": str(block(course_key, "video", video))}),
        "thread": ("edx.forum.thread.created", {"id": "t"}),
        "response": ("edx.forum.response.created", {"id": "r"}),
        "comment": ("edx.forum.comment.created", {"id": "c"}),
        "page": ("book", {"new": item}),
        "sequence": ("seq_next", {"id": str(block(course_key, "sequential", f"s{item}"))}),
    }
    event, data = made[name]
    return log_line(user, course_key, when, event, data)


def _by_the_rule(days, period):
    """Of events that are all different (at the same moment two equal ones are one)."""
    did = [(name, item) for day in period.days for name, item in days.get(day, ())]
    names = [name for name, _item in did]
    tried = {item for name, item in did if name in ("right", "wrong")}
    numbers = [
        sum(bool(days.get(day)) for day in period.days),
        len(tried),
        names.count("right") + names.count("wrong"),
        len({item for name, item in did if name == "right"}),
        len({item for name, item in did if name in ("video", "app video")}),
        names.count("thread"),
        names.count("response"),
        names.count("comment"),
        names.count("page"),
    ]
    return " ".join(map(str, numbers))
