"""What is shown of a distribution must not lead to a small group, whoever reads it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from learner_data_plugin.small_groups import Protected, is_telling, least_size, merge_neighbours, protect

MINIMUM = 10


def published(counts: Mapping[str, int], *, minimum: int, most: int | None = None) -> tuple:
    """Everything that the page shows of a distribution: the number enrolled, the groups, and their sum."""
    seen = protect(counts, minimum=minimum, most=most)
    return sum(counts.values()), seen.withheld, seen.together, tuple(sorted((key, counts[key]) for key in seen.shown))


def series_published(counts: list[int], minimum: int) -> tuple:
    periods = merge_neighbours(counts, minimum=minimum)
    return sum(counts), tuple((period, sum(counts[place] for place in period)) for period in periods)


def is_small(size: int, minimum: int) -> bool:
    return 0 < size < least_size(minimum)


def ways_to_share(total: int, groups: int) -> Iterator[tuple[int, ...]]:
    for bars in itertools.combinations(range(total + groups - 1), groups - 1):
        edges = (-1, *bars, total + groups - 1)
        yield tuple(end - start - 1 for start, end in itertools.pairwise(edges))


class TestProtect:
    def test_shows_groups_that_are_large_enough(self):
        assert protect({"f": 60, "m": 40, "o": 0}, minimum=MINIMUM) == Protected(shown=("m", "f"))

    def test_takes_small_groups_together(self):
        seen = protect({"a": 60, "b": 40, "c": 6, "d": 7, "e": 3}, minimum=MINIMUM)
        assert seen == Protected(shown=("b", "a"), together=16)

    def test_hides_the_next_group_with_a_single_small_one(self):
        # Otherwise 100 enrolled less 60 and 37 would be 3.
        seen = protect({"f": 60, "m": 37, "o": 3}, minimum=MINIMUM)
        assert seen == Protected(shown=("f",), together=40)

    def test_does_not_hide_among_a_group_that_gives_it_away(self):
        # 11 together could only be one learner and the ten that a hidden group has at least.
        seen = protect({"a": 10, "b": 1, "c": 60, "d": 90}, minimum=MINIMUM)
        assert seen == Protected(shown=("d",), together=71)

    def test_nine_and_nine_are_not_shown_as_eighteen(self):
        assert protect({"a": 9, "b": 9, "c": 300, "d": 400}, minimum=MINIMUM).together != 18

    def test_withholds_everything_where_there_is_nothing_to_hide_among(self):
        assert protect({"f": 12, "m": 3}, minimum=MINIMUM) == Protected(withheld=True)
        assert protect({"f": 7}, minimum=MINIMUM) == Protected(withheld=True)

    def test_nobody(self):
        assert protect({}, minimum=MINIMUM) == Protected()
        assert protect({"f": 0}, minimum=MINIMUM) == Protected()

    def test_shows_the_largest_and_takes_the_rest_together(self):
        counts = {f"c{number:02d}": 100 + number for number in range(20)}
        seen = protect(counts, minimum=MINIMUM, most=3)
        assert seen == Protected(shown=("c17", "c18", "c19"), together=sum(range(100, 117)))

    def test_a_minimum_of_one_hides_nothing(self):
        assert protect({"f": 1, "m": 2}, minimum=1) == Protected(shown=("f", "m"))

    def test_no_group_smaller_than_the_minimum_is_shown(self):
        for counts in ways_to_share(30, 4):
            seen = protect(dict(zip("abcd", counts, strict=True)), minimum=5)
            assert all(counts["abcd".index(key)] >= 5 for key in seen.shown)
            assert seen.together == 0 or seen.together >= 5

    @pytest.mark.parametrize(
        ("minimum", "groups", "most_learners", "most"),
        [(3, 3, 24, None), (3, 4, 18, None), (2, 4, 16, None), (4, 4, 20, None), (5, 3, 34, None), (3, 4, 18, 2)],
    )
    def test_every_outcome_leaves_a_small_group_open(self, minimum, groups, most_learners, most):
        """All courses there can be, by what is published of them: a reader who knows the rules cannot do better than this."""
        keys = "abcd"[:groups]
        for learners in range(1, most_learners + 1):
            outcomes = defaultdict(list)
            for counts in ways_to_share(learners, groups):
                named = dict(zip(keys, counts, strict=True))
                outcomes[published(named, minimum=minimum, most=most)].append(named)
            for (_total, _withheld, _together, shown), courses in outcomes.items():
                for key in set(keys) - {key for key, _ in shown}:
                    sizes = {course[key] for course in courses}
                    assert len(sizes) > 1 or not is_small(sizes.pop(), minimum), (learners, shown, key)

    @settings(deadline=None, max_examples=300)
    @given(
        st.lists(st.one_of(st.integers(0, 12), st.integers(0, 5000)), min_size=2, max_size=12),
        st.sampled_from([None, 1, 3]),
    )
    @example([1, 10, 10, 80], None)
    @example([9, 9, 9, 50], None)
    @example([3, 78, 80], None)
    @example([1, 19, 20, 21], None)
    @example([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 40], None)
    def test_a_small_group_of_a_real_course_stays_open(self, sizes, most):
        """There is another course of which the same is published, with another size of each small group."""
        counts = {f"group{place:02d}": size for place, size in enumerate(sizes)}
        out = published(counts, minimum=MINIMUM, most=most)
        assume(not out[1])
        for key, size in counts.items():
            if 0 < size < MINIMUM:
                assert any(
                    published(other, minimum=MINIMUM, most=most) == out
                    for other in other_courses(counts, key, {shown for shown, _ in out[3]})
                ), (counts, key)


def other_courses(counts: Mapping[str, int], key: str, shown: set[str]) -> Iterator[dict[str, int]]:
    """Courses that differ in one small group, made up for by another hidden group or by all large hidden ones alike."""
    hidden = [other for other in counts if other not in shown and other != key and counts[other]]
    large = [other for other in hidden if counts[other] >= MINIMUM]
    for size in range(1, MINIMUM):
        change = size - counts[key]
        if not change:
            continue
        for other in hidden:
            small = counts[other] < MINIMUM
            if counts[other] - change >= (1 if small else MINIMUM) and (not small or counts[other] - change < MINIMUM):
                yield {**counts, key: size, other: counts[other] - change}
        if large:
            each, more = divmod(sum(counts[other] for other in large) - change, len(large))
            yield {**counts, key: size} | {other: each + (place < more) for place, other in enumerate(large)}
    # Or the hidden groups are the same sizes the other way round.
    for other in hidden:
        if counts[other] != counts[key]:
            yield {**counts, key: counts[other], other: counts[key]}


class TestMergeNeighbours:
    def test_cuts_where_there_is_enough(self):
        assert merge_neighbours([12, 3, 4, 5, 30, 2], minimum=MINIMUM) == [range(1), range(1, 4), range(4, 6)]

    def test_too_little_of_everything(self):
        assert merge_neighbours([3, 0, 4], minimum=MINIMUM) == []
        assert merge_neighbours([], minimum=MINIMUM) == []

    @given(st.lists(st.integers(0, 40), max_size=40), st.integers(1, 12))
    def test_periods_are_neighbours_and_large_enough(self, counts, minimum):
        periods = merge_neighbours(counts, minimum=minimum)
        assert [place for period in periods for place in period] == (list(range(len(counts))) if periods else [])
        assert all(sum(counts[place] for place in period) >= minimum for period in periods)

    @pytest.mark.parametrize(("minimum", "weeks", "most_learners"), [(3, 4, 14), (2, 4, 12), (5, 3, 22)])
    def test_every_outcome_leaves_a_small_week_open(self, minimum, weeks, most_learners):
        for learners in range(1, most_learners + 1):
            outcomes = defaultdict(list)
            for counts in ways_to_share(learners, weeks):
                out = series_published(list(counts), minimum)
                # A series that is shown begins with the first week in which somebody enrolled.
                if counts[0] or not out[1]:
                    outcomes[out].append(counts)
            for (_total, periods), series in outcomes.items():
                alone = {period.start for period, _ in periods if len(period) == 1}
                for week in set(range(weeks)) - alone:
                    sizes = {counts[week] for counts in series}
                    assert len(sizes) > 1 or not is_small(sizes.pop(), minimum), (learners, periods, week)


class TestIsTelling:
    def test_few_are_telling(self):
        assert is_telling(9, of=100, minimum=MINIMUM)
        assert not is_telling(10, of=100, minimum=MINIMUM)

    def test_few_others_are_telling(self):
        assert is_telling(91, of=100, minimum=MINIMUM)
        assert not is_telling(90, of=100, minimum=MINIMUM)

    def test_none_looks_like_few_and_all_like_nearly_all(self):
        assert is_telling(0, of=100, minimum=MINIMUM)
        assert is_telling(100, of=100, minimum=MINIMUM)

    def test_a_minimum_of_one_hides_nothing(self):
        assert not is_telling(0, of=100, minimum=1)


def test_two_counts_as_three():
    assert [least_size(minimum) for minimum in (1, 2, 3, 10)] == [1, 3, 3, 10]
