"""``make attack``: what the attacker learns, and how far numbers that are safe to share are from exact ones.

Prints both tables, writes them into the documentation, and fails if the attacker learns more than MOST.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import django

if __name__ == "__main__":
    django.setup()

from learner_data_plugin.charts.demographics import TOGETHER
from tests.charts.attacker import scenarios
from tests.charts.attacker.courses import aggregate, make_population
from tests.charts.attacker.publishers import Course, SafeToShare
from tests.charts.attacker.scenarios import COMPARISONS, KNOWS_ALL_OTHERS, SCENARIOS, SIZES, Guesses, Learned, Trial

MOST = 0.2
"""Answers out of five, beyond guessing the commonest."""

TABLES = Path(__file__).resolve().parents[3] / "docs/reference"
_TRIALS = 1_000


def main() -> int:
    """Measure, print, write down."""
    trials = int(os.environ.get("TRIALS", _TRIALS))
    names = [scenario.__name__ for scenario in (*SCENARIOS, *KNOWS_ALL_OTHERS, *COMPARISONS)]
    lines = [f"{'attack':26}" + "".join(f"{size:>20,}" for size in SIZES)]
    too_much = []
    with ProcessPoolExecutor() as pool:
        for name in names:
            learned = list(pool.map(_measure, [name] * len(SIZES), SIZES, [trials] * len(SIZES)))
            lines.append(f"{name:26}" + "".join(f"{_cell(found):>20}" for found in learned))
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
            too_much += [name for found in learned if name in HELD and found.expected > MOST]
    distance = [distance_line(size, trials=max(20, trials // 10)) for size in SIZES]
    sys.stdout.write("\n".join(distance) + "\n")
    if trials >= _TRIALS:
        (TABLES / "attacker-table.txt").write_text("\n".join(lines) + "\n")
        (TABLES / "distance-table.txt").write_text("\n".join([DISTANCE_HEADER, *distance]) + "\n")
    for name in too_much:
        sys.stderr.write(f"{name}: more than {MOST} of five answers.\n")
    return 1 if too_much else 0


HELD = {scenario.__name__ for scenario in (*SCENARIOS, scenarios.own_accounts)}
"""The attacks that must not get more than MOST."""


def _measure(name: str, size: int, trials: int) -> Learned:
    scenario: Callable[[Trial], Guesses] = getattr(scenarios, name)
    return scenarios.measure(scenario, size, trials=trials)


def _cell(found: Learned) -> str:
    return f"{found.expected:.2f} ({found.right:.2f} ± {found.right_error:.2f})"


@dataclass(frozen=True)
class Distance:
    """How far numbers are from the exact ones when they are taken and just before the next ones, and how many are covered.

    ``shown`` is the part of all learners in groups that are shown on their own.
    """

    mean: float
    worst: int
    later_mean: float
    later_worst: int
    shown: float


DISTANCE_HEADER = f"{'learners':>9} {'mean':>6} {'worst':>6} {'mean later':>11} {'worst later':>12} {'shown':>6}"


def distance_line(size: int, *, trials: int) -> str:
    """A row of the table."""
    found = measure_distance(size, trials=trials)
    return (
        f"{size:>9,} {found.mean:>6.2f} {found.worst:>6} {found.later_mean:>11.2f} {found.later_worst:>12} {found.shown:>6.0%}"
    )


def measure_distance(size: int, *, trials: int) -> Distance:
    """Compare numbers of random courses: at once, and after nine have joined or left, which is not enough for new ones."""
    at_once: list[int] = []
    later: list[int] = []
    shown: list[float] = []
    for number in range(trials):
        chance = random.Random(f"distance {size} {number}")
        population = make_population(chance)
        course, publisher = Course(f"Distance{size}n{number}", population.draw(chance, size)), SafeToShare()
        at_once += _distances(course, publisher)
        look = publisher.look(course).values()
        shown += [sum(count for key, count in groups.items() if key != TOGETHER) / size for groups in look]
        course.leave(chance.sample(list(course.enrolled), 4))
        course.join(population.draw(chance, 5))
        course.wait()
        later += _distances(course, publisher)
    return Distance(fmean(at_once), max(at_once), fmean(later), max(later), fmean(shown))


def _distances(course: Course, publisher: SafeToShare) -> Iterator[int]:
    exact = aggregate(course.people(), year=course.year).groups
    for name, groups in publisher.look(course).items():
        rest = sum(count for key, count in exact[name].items() if key not in groups)
        for key, count in groups.items():
            yield abs(count - (rest if key == TOGETHER else exact[name][key]))


if __name__ == "__main__":
    sys.exit(main())
