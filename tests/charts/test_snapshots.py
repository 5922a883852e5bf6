"""When numbers that are safe to share are renewed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from learner_data_plugin.charts.snapshots import Membership, Snapshot, next_snapshot, noise_for

MINIMUM = 10
START = datetime(2026, 1, 5, tzinfo=UTC)
FIRST = Snapshot(START, 3, last_enrollment=100, remaining=80)
NEXT_DAY = START + timedelta(days=1)


def due(last, now, *, moment=NEXT_DAY, minimum=MINIMUM):
    return next_snapshot(last, now, moment=moment, minimum=minimum)


def test_the_first_snapshot_is_taken_at_once():
    none = Snapshot(None, 0, 0, 0)
    assert due(none, Membership(0, 80, 100), moment=START) == FIRST


@pytest.mark.parametrize(("earlier", "newer"), [(80, 9), (71, 0), (75, 4)])
def test_nine_changes_are_not_enough(earlier, newer):
    assert due(FIRST, Membership(earlier, newer, 200)) is None


@pytest.mark.parametrize(("earlier", "newer"), [(80, 10), (70, 0), (75, 5)])
def test_ten_who_joined_or_left_are_enough(earlier, newer):
    taken = due(FIRST, Membership(earlier, newer, 200))
    assert taken == Snapshot(NEXT_DAY, 3, 200, earlier + newer)


def test_not_twice_within_a_day():
    many = Membership(80, 500, 700)
    assert due(FIRST, many, moment=NEXT_DAY - timedelta(seconds=1)) is None
    assert due(FIRST, many) is not None


def test_who_left_and_came_back_does_not_count_again():
    left = due(FIRST, Membership(70, 0, 100))
    day = NEXT_DAY + timedelta(days=1)
    assert due(left, Membership(80, 0, 100), moment=day) is None  # all ten are back
    assert due(left, Membership(70, 0, 100), moment=day) is None  # and gone again
    back = due(left, Membership(80, 10, 120), moment=day)  # with ten others, who count
    assert back.remaining == 80
    assert due(back, Membership(80, 0, 120), moment=day + timedelta(days=1)) is None  # ten of a hundred leave anew


@pytest.mark.parametrize("seed", range(30))
def test_never_after_fewer_changes_of_membership(seed):
    """However people come and go, at least as many are in other states than at the last snapshot."""
    chance = random.Random(seed)
    enrolled, last_enrollment = set(range(1, 61)), 60
    last, members = Snapshot(None, 0, 0, 0), set()
    for day in range(200):
        for _ in range(chance.randrange(6)):
            if chance.random() < 0.3:
                last_enrollment += 1
                enrolled.add(last_enrollment)
            elif chance.random() < 0.5 and enrolled:
                enrolled.remove(chance.choice(sorted(enrolled)))
            else:
                enrolled.add(chance.randint(1, last_enrollment))
        earlier = sum(pk <= last.last_enrollment for pk in enrolled)
        now = Membership(earlier, len(enrolled) - earlier, last_enrollment)
        if (taken := due(last, now, moment=START + timedelta(days=day))) is not None:
            assert last.taken is None or len(enrolled ^ members) >= MINIMUM
            last, members = taken, set(enrolled)
    assert last.taken > START


def test_accounts_that_come_and_go_renew_nothing():
    """Twenty accounts in turn, of which each leaves and comes back a hundred times, pay for two snapshots at most."""
    last, taken = FIRST, 0
    groups = [set(range(1, 11)), set(range(11, 21))]
    everyone = set(range(1, 81))
    for day in range(1, 200):
        enrolled = everyone - groups[day % 2]
        found = due(last, Membership(len(enrolled), 0, 100), moment=START + timedelta(days=day))
        if found is not None:
            last, taken = found, taken + 1
    assert taken == 1


def test_more_noise_is_taken_at_once_where_an_operator_asks_for_it():
    quiet = Snapshot(START, noise_for(2), 100, 80)
    assert due(quiet, Membership(80, 0, 100), moment=START).noise == 3
    assert due(FIRST, Membership(80, 0, 100), minimum=2) is None
    assert due(FIRST, Membership(80, 0, 100), minimum=50) is None


@pytest.mark.parametrize(("minimum", "noise"), [(1, 0), (2, 1), (3, 2), (4, 3), (10, 3), (1000, 3)])
def test_noise_is_smaller_than_a_group_that_is_shown(minimum, noise):
    assert noise_for(minimum) == noise
