"""What somebody who looks at charts that are safe to share can learn about one learner; ``make attack`` tries it more often."""

from __future__ import annotations

import os
from statistics import fmean

import pytest

from tests.charts.attacker import scenarios
from tests.charts.attacker.run import MOST, measure_distance
from tests.charts.attacker.scenarios import COMPARISONS, SCENARIOS, SIZES, measure

TRIALS = int(os.environ.get("TRIALS", "15"))


def learned(scenario):
    """The answers that are learned in courses of all sizes, and the standard error of those that were right."""
    found = [measure(scenario, size, trials=TRIALS) for size in SIZES]
    error = sum(of_size.right_error**2 for of_size in found) ** 0.5 / len(found)
    return fmean(of_size.expected for of_size in found), fmean(of_size.right for of_size in found), error


@pytest.mark.parametrize("scenario", [*SCENARIOS, scenarios.own_accounts])
def test_learns_at_most_a_fifth_of_one_answer_out_of_five(scenario):
    expected, right, error = learned(scenario)
    assert expected <= MOST
    assert right <= MOST + 2 * error


@pytest.mark.parametrize("scenario", COMPARISONS)
def test_learns_much_from_charts_without_this_protection(scenario):
    """An attacker who learns nothing at all would prove nothing."""
    expected, right, error = learned(scenario)
    assert expected > 1.5
    assert abs(right - expected) <= 3 * error


@pytest.mark.parametrize("size", SIZES)
def test_numbers_are_near_the_exact_ones(size):
    found = measure_distance(size, trials=5)
    assert 1 < found.mean < 2.2
    assert found.worst == 3
    assert found.later_worst <= 3 + 9
    assert found.shown > 0.5
