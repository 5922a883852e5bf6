"""Numbers that are safe to share: how far they are from the exact ones, and what they depend on."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opaque_keys.edx.keys import CourseKey

from learner_data_plugin.charts import enrollments, shareable
from learner_data_plugin.charts.activity import Weeks
from learner_data_plugin.charts.aggregates import Aggregates
from learner_data_plugin.charts.demographics import TOGETHER
from learner_data_plugin.charts.shareable import Shareable
from learner_data_plugin.charts.snapshots import Snapshot, noise_for

KEY = CourseKey.from_string("course-v1:TestX+Shareable+2026")
SNAPSHOT = Snapshot(datetime(2026, 1, 5, tzinfo=UTC), 3, 500, 300)

days = st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(str)
courses = st.builds(
    lambda groups, days, weeks: Aggregates(sum(days.values()), {"gender": groups, "country": groups}, days, {}, weeks),
    st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.one_of(st.integers(0, 20), st.integers(0, 900)), max_size=12),
    st.dictionaries(days | st.just(""), st.integers(1, 60), max_size=12),
    st.fixed_dictionaries(
        {"active_learners": st.builds(Weeks, st.dictionaries(days, st.integers(0, 60), max_size=12), st.just(""))}
    ),
)


def aggregates(**groups):
    total = sum(groups.values())
    weeks = {"active_learners": Weeks({"2026-03-02": total}, "")}
    return Aggregates(total, {"gender": groups}, {"2026-03-04": total}, {}, weeks)


def protect(exact, *, minimum=10, snapshot=None, key=KEY):
    snapshot = snapshot or replace(SNAPSHOT, noise=noise_for(minimum))
    return shareable.protect(exact, course_key=key, snapshot=snapshot, minimum=minimum)


@settings(max_examples=200)
@given(courses, st.sampled_from([1, 2, 3, 5, 10, 25]))
def test_every_number_is_near_the_exact_one_and_none_is_small(exact, minimum):
    numbers = protect(exact, minimum=minimum)
    noise = noise_for(minimum)
    assert numbers.enrolled is None or (abs(numbers.enrolled - exact.enrolled) <= noise and numbers.enrolled >= minimum)
    for name, shown in numbers.groups.items():
        counts = exact.groups[name]
        together = sum(count for key, count in counts.items() if key not in shown)
        for key, number in shown.items():
            assert number >= minimum
            assert abs(number - (together if key == TOGETHER else counts[key])) <= noise
    for week, number in numbers.weeks["active_learners"].counts.items():
        exact_number = exact.weeks["active_learners"].counts[week]
        assert number is None or (number >= minimum and abs(number - exact_number) <= noise)


@settings(max_examples=200)
@given(courses, st.sampled_from([1, 2, 5, 10]))
def test_numbers_and_totals_of_periods_are_near_the_exact_ones(exact, minimum):
    numbers = protect(exact, minimum=minimum)
    noise = noise_for(minimum)
    ends = {period.last: period.total for period in enrollments.periods(exact.days, {})}
    total_before = exact_before = 0
    for period in numbers.periods:
        assert period.count >= minimum
        assert period.count == period.total - total_before
        assert abs(period.total - ends[period.last]) <= noise
        assert abs(period.count - (ends[period.last] - exact_before)) <= noise
        total_before, exact_before = period.total, ends[period.last]
    if numbers.periods:
        assert numbers.periods[0].first is None
        assert numbers.periods[-1].total == numbers.enrolled


def test_the_same_counts_have_the_same_numbers():
    exact = aggregates(f=60, m=40, o=3)
    again = aggregates(o=3, m=40, f=60)
    assert protect(exact) == protect(again)


def test_other_counts_another_course_snapshot_or_secret_have_other_noise(settings):
    """Each of them is one of 7 possible values for each of many groups: the same by chance once in 7 ** 40."""
    groups = {f"g{place:02d}": 100 for place in range(40)}
    exact = aggregates(**groups)
    seen = [protect(exact)]
    seen.append(protect(replace(exact, weeks={"active_learners": Weeks({"2026-03-02": 7}, "")})))
    seen.append(protect(exact, snapshot=replace(SNAPSHOT, last_enrollment=501)))
    seen.append(protect(exact, snapshot=replace(SNAPSHOT, remaining=299)))
    seen.append(protect(exact, key=CourseKey.from_string("course-v1:TestX+Other+2026")))
    settings.SECRET_KEY = "another"
    seen.append(protect(exact))
    shown = [numbers.groups["gender"] for numbers in seen]
    assert all(one != other for place, one in enumerate(shown) for other in shown[:place])


def test_each_size_of_noise_is_as_frequent_as_the_others():
    groups = {f"g{place:04d}": 100 for place in range(7_000)}
    frequency = Counter(number - 100 for number in protect(aggregates(**groups)).groups["gender"].values())
    assert set(frequency) - {-100} == set(range(-3, 4))
    assert all(abs(frequency[size] - 1_000) < 150 for size in range(-3, 4))


def test_whether_a_group_is_shown_follows_from_the_number_with_its_noise():
    """Groups of eight appear and groups of eleven do not, so the step to ten is not to be seen."""
    shown = {size: Counter() for size in range(6, 15)}
    for course in range(300):
        key = CourseKey.from_string(f"course-v1:TestX+N{course}+2026")
        numbers = protect(aggregates(**{f"g{size}": size for size in shown}), key=key).groups["gender"]
        for size in shown:
            shown[size][f"g{size}" in numbers] += 1
    assert shown[6][True] == 0
    assert all(shown[size][True] and shown[size][False] for size in range(7, 13))
    assert shown[13][False] == 0


@pytest.mark.parametrize("groups", [{}, {"f": 3}, {"f": 1, "m": 1}])
def test_few_learners_are_not_shown_at_all(groups):
    numbers = protect(aggregates(**groups))
    assert (numbers.enrolled, numbers.groups, numbers.periods) == (None, {"gender": {}}, ())
    assert numbers.weeks == {"active_learners": Weeks({}, "")}


def test_a_minimum_of_one_changes_nothing():
    numbers = protect(aggregates(f=1, m=2), minimum=1)
    assert (numbers.enrolled, numbers.groups) == (3, {"gender": {"f": 1, "m": 2}})


def test_a_minimum_that_was_raised_hides_more_of_the_same_numbers():
    numbers = protect(aggregates(f=60, m=40, o=12), minimum=4)
    hidden = shareable.hide(numbers, minimum=30)
    assert hidden.groups["gender"] == {key: number for key, number in numbers.groups["gender"].items() if number >= 30}
    assert set(hidden.groups["gender"]) == {"f", "m"}
    assert hidden.minimum == 30


def test_is_stored_as_it_is():
    numbers = protect(aggregates(f=60, m=40, o=3))
    assert Shareable.from_json(json.loads(json.dumps(numbers.as_json()))) == numbers
