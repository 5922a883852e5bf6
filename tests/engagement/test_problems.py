"""Submissions in the history of problems' states."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import modify_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lms.djangoapps.courseware.models import StudentModule, StudentModuleHistory

from learner_data_plugin.engagement import problems
from learner_data_plugin.engagement.periods import DAY, Period

from .. import factories
from .making import add_history, at, block, make_module, state_of, submit

MONDAY = date(2026, 3, 2)
WEEK = Period(MONDAY, MONDAY + 6 * DAY)
EXAMPLES = int(os.environ.get("EXAMPLES", 200))

extended_table = pytest.mark.parametrize("extended", [False, True], ids=["in the default database", "extended"])


def read(course_key, period=WEEK):
    """What was tried: learner and problem -> days of the submissions, and whether one was correct."""
    return {
        (tried.user_id, tried.key): (
            [found.day.day for found in tried.submissions],
            any(found.is_correct for found in tried.submissions),
        )
        for tried in problems.read_tried(course_key, period)
    }


class TestRows:
    @extended_table
    def test_submissions_of_the_period_count(self, course_key, extended):
        user, key = factories.make_user(), block(course_key)
        moments = [at("2026-03-01"), at("2026-03-02"), at("2026-03-08", "23:59:59"), at("2026-03-09")]
        submit(user, key, moments, extended=extended)
        assert read(course_key) == {(user.pk, str(key)): ([2, 8], True)}

    def test_both_tables_count_and_what_both_hold_counts_once(self, course_key):
        user, key = factories.make_user(), block(course_key)
        module = submit(user, key, [at("2026-03-02"), at("2026-03-03")])
        add_history(module, at("2026-03-03", "12:00:02"), state_of(2, at("2026-03-03")), extended=True)
        add_history(module, at("2026-03-04"), state_of(3, at("2026-03-04")), extended=True)
        assert read(course_key) == {(user.pk, str(key)): ([2, 3, 4], True)}

    def test_without_the_extended_app_the_other_table_is_read(self, course_key):
        user, key = factories.make_user(), block(course_key)
        submit(user, key, [at("2026-03-02")])
        submit(user, block(course_key), [at("2026-03-02")], extended=True)
        with modify_settings(INSTALLED_APPS={"remove": "lms.djangoapps.coursewarehistoryextended"}):
            assert len(read(course_key)) == 1

    def test_what_is_stored_after_midnight_belongs_to_the_day_of_the_submission(self, course_key):
        user, key = factories.make_user(), block(course_key)
        module = make_module(user, key, created=at("2026-03-03"))
        add_history(module, at("2026-03-04", "00:00:02"), state_of(1, at("2026-03-03", "23:59:58")))
        assert read(course_key, Period.day(date(2026, 3, 3))) == {(user.pk, str(key)): ([3], True)}
        assert read(course_key, Period.day(date(2026, 3, 4))) == {}

    def test_looking_at_an_earlier_submission_is_none(self, course_key):
        user, key = factories.make_user(), block(course_key)
        module = submit(user, key, [at("2026-02-27")])
        add_history(module, at("2026-03-03"), state_of(1, at("2026-02-27")))
        assert read(course_key) == {}

    def test_other_courses_and_other_blocks_do_not_count(self, course_key):
        user, other = factories.make_user(), factories.make_course()
        submit(user, block(other), [at("2026-03-02")])
        submit(user, block(course_key, "drag-and-drop-v2"), [at("2026-03-02")])
        assert read(course_key) == {}

    def test_what_the_platform_itself_stores_is_read(self, course_key):
        """Through the platform's own saving, whichever table it keeps."""
        user, key = factories.make_user(), block(course_key)
        module = make_module(user, key, created=at("2026-03-02"))
        today = datetime.now(UTC)
        module.state = state_of(1, today, ("incorrect",))
        module.save()
        assert read(course_key, Period.day(today.date())) == {(user.pk, str(key)): ([today.day], False)}

    def test_deleting_a_state_deletes_its_submissions(self, course_key):
        user, key = factories.make_user(), block(course_key)
        submit(user, key, [at("2026-03-02")])
        module = submit(user, key, [at("2026-03-02")], extended=True)
        module.delete()
        assert read(course_key) == {}


class TestRule:
    def of(self, *states):
        return problems.submissions(states, WEEK)

    def test_first_row_of_a_submission_decides(self):
        moment = at("2026-03-03")
        [found] = self.of(state_of(1, moment, ("incorrect",)), state_of(1, moment, ("correct",)))
        assert not found.is_correct

    def test_two_within_a_second_are_two(self):
        moment = at("2026-03-03")
        assert len(self.of(state_of(1, moment), state_of(2, moment))) == 2

    def test_a_reset_leaves_the_time_and_is_no_submission_but_the_next_one_is(self):
        early, late = at("2026-03-03"), at("2026-03-04")
        found = self.of(state_of(1, early), state_of(0, early), state_of(1, late, ("incorrect",)))
        assert [(one.day.day, one.is_correct) for one in found] == [(3, True), (4, False)]

    @pytest.mark.parametrize(
        ("words", "is_correct"),
        [
            (("correct",), True),
            (("partially-correct",), True),
            (("correct", "partially-correct"), True),
            (("correct", "incorrect"), False),
            (("incomplete",), False),
            ((None,), False),
            ((), True),
            (None, True),
        ],
    )
    def test_every_answer_has_to_be_correct_or_partially_correct(self, words, is_correct):
        [found] = self.of(state_of(1, at("2026-03-03"), words))
        assert found.is_correct is is_correct

    def test_old_states_hold_the_word_itself(self):
        moment = "2026-03-03T10:00:00Z"
        for word, is_correct in (("correct", True), ("incorrect", False)):
            state = {"attempts": 1, "last_submission_time": moment, "correct_map": {"i": word}}
            [found] = self.of(json.dumps(state))
            assert found.is_correct is is_correct

    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            ("2026-03-03T23:59:59Z", 3),
            ("2026-03-03T23:59:59.900000+00:00", 3),
            ("2026-03-04T01:00:00+02:00", 3),
            ("2026-03-03T23:00:00-02:00", 4),
            ("2026-03-03T10:00:00", 3),
        ],
    )
    def test_times_are_taken_in_utc(self, moment, day):
        [found] = self.of(json.dumps({"attempts": 1, "last_submission_time": moment}))
        assert found.day == date(2026, 3, day)

    @pytest.mark.parametrize(
        "state",
        [
            None,
            "",
            "not JSON last_submission_time",
            '["last_submission_time"]',
            "[" * 20_000 + '"last_submission_time"',
            '{"last_submission_time": null, "attempts": 1}',
            '{"last_submission_time": "", "attempts": 1}',
            '{"last_submission_time": 5, "attempts": 1}',
            '{"last_submission_time": "0001-01-01T00:00:00+23:00", "attempts": 1}',
            '{"last_submission_time": "yesterday", "attempts": 1}',
            '{"last_submission_time": "2026-03-03T10:00:00Z"}',
            '{"last_submission_time": "2026-03-03T10:00:00Z", "attempts": null}',
            '{"last_submission_time": "2026-03-03T10:00:00Z", "attempts": true}',
            '{"last_submission_time": "2026-03-03T10:00:00Z", "attempts": "1"}',
            '{"last_submission_time": "2026-03-03T10:00:00Z", "attempts": -1}',
        ],
    )
    def test_what_is_no_submission_is_left_out(self, state):
        assert self.of(state) == []

    @pytest.mark.parametrize(
        "correct_map", [5, "correct", ["correct"], {"i": {"correctness": ["correct"]}}, {"i": 5}, {"i": {}}]
    )
    def test_a_map_of_answers_that_is_none_is_not_correct(self, correct_map):
        state = {"attempts": 1, "last_submission_time": "2026-03-03T10:00:00Z", "correct_map": correct_map}
        [found] = self.of(json.dumps(state))
        assert not found.is_correct


class TestCoverage:
    @extended_table
    def test_days_after_the_moment_of_the_first_row_are_covered(self, course_key, extended):
        submit(factories.make_user(), block(course_key), [at("2026-03-04", "10:00:00"), at("2026-03-06")], extended=extended)
        assert problems.first_covered_day(course_key, WEEK) == date(2026, 3, 5)
        assert problems.first_covered_day(course_key, Period.day(date(2026, 3, 4))) is None
        assert problems.first_covered_day(course_key, Period.day(date(2026, 3, 5))) == date(2026, 3, 5)
        assert problems.known_since(course_key) == at("2026-03-04", "10:00:00") + timedelta(milliseconds=300)

    def test_a_row_at_midnight_covers_its_own_day(self, course_key):
        module = make_module(factories.make_user(), block(course_key), created=at("2026-03-04"))
        add_history(module, at("2026-03-04", "00:00:00"), "{}")
        assert problems.first_covered_day(course_key, WEEK) == date(2026, 3, 4)

    def test_a_history_that_goes_back_further_covers_all(self, course_key):
        module = make_module(factories.make_user(), block(course_key), created=at("2026-01-01"))
        add_history(module, at("2026-01-01"), "{}")
        assert problems.first_covered_day(course_key, WEEK) == MONDAY

    def test_without_rows_of_the_course_nothing_is_covered(self, course_key):
        assert problems.first_covered_day(course_key, WEEK) is None
        submit(factories.make_user(), block(factories.make_course()), [at("2026-01-01")])
        assert problems.first_covered_day(course_key, WEEK) is None
        assert problems.known_since(course_key) is None
        assert problems.began_on_site() == at("2026-01-01") + timedelta(milliseconds=300)


@pytest.mark.fuzz
@pytest.mark.parametrize("learners", [1, 1201])
def test_queries_grow_by_batches_only(course_key, learners, django_assert_num_queries):
    key = block(course_key)
    users = factories.make_learners(course_key, learners)
    values = {"course_id": course_key, "module_state_key": key, "module_type": "problem"}
    StudentModule.objects.bulk_create(StudentModule(student_id=user, **values) for user in users)
    StudentModuleHistory.objects.bulk_create(
        StudentModuleHistory(student_module_id=pk, created=at("2026-03-03"), state=state_of(1, at("2026-03-03")))
        for pk in StudentModule.objects.values_list("pk", flat=True)
    )
    batches = -(-learners // problems.MODULES)
    with django_assert_num_queries(1 + 2 * batches):  # and the extended table's, on its own connection
        assert len(list(problems.read_tried(course_key, WEEK))) == learners


# What a learner, the course team or a grader does to the state of one problem, and what then must be in the event log.
_DOINGS = st.sampled_from(
    ["right", "wrong", "partial", "half", "view", "save", "reset button", "reset attempts", "rescore", "graded later", "queued"]
)
_few_doings = st.lists(st.tuples(st.integers(1, 100_000), _DOINGS), max_size=12)
_WORDS = {
    "right": ["correct", "correct"],
    "wrong": ["incorrect", "incorrect"],
    "partial": ["partially-correct", "correct"],
    "half": ["correct", "incorrect"],
    "queued": ["incomplete", "incomplete"],
}


def play(doings):
    """Return the rows of the history, and by the rule of the events the moment and success of each submission.

    ``doings`` are pairs of seconds since the one before and what is done. Written as the platform's problems behave.
    """
    now, state, rows, events = at(MONDAY - DAY, "06:00:00"), {"seed": 1}, [], []
    for seconds, doing in doings:
        now += timedelta(seconds=seconds)
        if doing in _WORDS:
            words = _WORDS[doing]
            state["attempts"] = state.get("attempts", 0) + 1
            state["last_submission_time"] = now.strftime("%Y-%m-%dT%H:%M:%SZ")
            state["correct_map"] = {f"i{place}": {"correctness": word} for place, word in enumerate(words)}
            state["done"] = True
            events.append((now, all(word in ("correct", "partially-correct") for word in words)))
        elif doing == "save":
            state["student_answers"] = {"i0": '"last_submission_time": "2026-03-03T10:00:00Z", "attempts": 99'}
        elif doing == "reset button":
            if not state.get("done"):
                continue
            state.update(done=False, correct_map={}, student_answers={})
        elif doing == "reset attempts":
            if len(state) < 2:
                continue
            state["attempts"] = 0
        elif doing in ("rescore", "graded later"):
            if not state.get("done"):
                continue
            state["correct_map"] = {name: {"correctness": "correct"} for name in state["correct_map"]}
        rows.append((now + timedelta(milliseconds=seconds % 900), json.dumps(state)))
    return rows, events


@pytest.mark.fuzz
@settings(max_examples=EXAMPLES * 5)
@given(st.lists(st.tuples(st.integers(1, 100_000), _DOINGS), max_size=40))
@example([(1, "right"), (1, "reset attempts"), (1, "wrong"), (86_000, "rescore"), (1, "view")])
def test_random_histories_say_what_the_events_say(doings):
    rows, events = play(doings)
    for period in (WEEK, Period.day(MONDAY), Period.day(MONDAY + DAY)):
        within = [(moment, success) for moment, success in events if period.start <= moment < period.end]
        expected = [(f"{moment:%Y-%m-%dT%H:%M:%S}", success) for moment, success in within]
        assert [tuple(found) for found in problems.submissions([state for _moment, state in rows], period)] == expected


@pytest.mark.fuzz
@settings(max_examples=max(10, EXAMPLES // 10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_few_doings, st.booleans(), st.integers(0, 12)), max_size=6))
def test_random_histories_in_the_tables_say_what_the_events_say(course_key, learners):
    """Each learner's rows begin in one table and go on in the other, as on a site that has changed tables."""
    expected = {}
    for doings, begins_extended, changes_after in learners:
        user, key = factories.make_user(), block(course_key)
        module = make_module(user, key, created=at("2026-02-01"))
        rows, events = play(doings)
        for place, (moment, state) in enumerate(rows):
            add_history(module, moment, state, extended=begins_extended is (place < changes_after))
        days = [(moment.day, success) for moment, success in events if WEEK.start <= moment < WEEK.end]
        if days:
            expected[user.pk, str(key)] = ([day for day, _ in days], any(success for _, success in days))
    users = {module_user for module_user, _key in expected}
    assert {name: found for name, found in read(course_key).items() if name[0] in users} == expected
