"""Random courses: people whose answers go together, drawn from a distribution that the attacker knows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter

from learner_data_plugin.charts.aggregates import Aggregates
from learner_data_plugin.charts.demographics import age_group

YEAR = 2026
SHARES: dict[str, dict[str, float]] = {
    "gender": {"f": 0.42, "m": 0.44, "o": 0.03, "not_reported": 0.11},
    "enrollment_track": {"audit": 0.8, "verified": 0.2},
    "age": {str(YEAR - age): max(1.0, 30 - abs(age - 27)) for age in range(14, 75)} | {"": 12.0},
    "education": {
        "p": 0.04, "m": 0.2, "b": 0.33, "a": 0.07, "hs": 0.2, "jhs": 0.03, "el": 0.01, "none": 0.01, "other": 0.02,
        "not_reported": 0.09,
    },
    "country": {f"C{place}": 1 / place for place in range(1, 41)},
}
"""About how often each answer is given; ``age`` has years of birth here."""

ATTRIBUTES = tuple(SHARES)
KINDS = 3

Person = Mapping[str, str]


@dataclass
class Population:
    """Kinds of people, how many there are of each, and how often each kind gives which answer."""

    weights: Sequence[float]
    answers: Sequence[Mapping[str, Mapping[str, float]]]

    def draw(self, chance: random.Random, number: int) -> list[Person]:
        """Return people, each with a year of birth ('' for none) in place of an age."""
        people: list[Person] = []
        for kind, of_kind in Counter(chance.choices(range(KINDS), self.weights, k=number)).items():
            columns = [
                chance.choices(list(shares), list(shares.values()), k=of_kind) for shares in self.answers[kind].values()
            ]
            people += [dict(zip(ATTRIBUTES, answers, strict=True)) for answers in zip(*columns, strict=True)]
        chance.shuffle(people)
        return people

    @cached_property
    def kinds(self) -> list[dict[str, dict[str, float]]]:
        """How often each kind is in which group of each chart."""
        return [_in_groups(answers, YEAR) for answers in self.answers]

    @cached_property
    def shares(self) -> dict[str, dict[str, float]]:
        """How often anybody is in which group of each chart."""
        return self.shares_in(YEAR)

    def shares_in(self, year: int) -> dict[str, dict[str, float]]:
        """The same in charts of a year."""
        kinds = [_in_groups(answers, year) for answers in self.answers]
        return {
            name: {
                key: sum(weight * kind[name][key] for weight, kind in zip(self.weights, kinds, strict=True))
                for key in kinds[0][name]
            }
            for name in ATTRIBUTES
        }


def make_population(chance: random.Random) -> Population:
    """Return a population around SHARES, in which each kind of people has answers that it prefers."""
    return Population(
        weights=list(_normal({kind: chance.gammavariate(2, 1) for kind in range(KINDS)}).values()),
        answers=[
            {name: _normal({key: share * chance.gammavariate(1.5, 1) for key, share in shares.items()})
             for name, shares in SHARES.items()}
            for _ in range(KINDS)
        ],
    )


@cache
def group(name: str, answer: str, *, year: int = YEAR) -> str:
    """Return the group of an answer in a chart of this year."""
    if name != "age":
        return answer
    return age_group(int(answer or 0), year=year) or "not_reported"


@cache
def groups_of(name: str) -> tuple[str, ...]:
    """Every group that a chart can have."""
    return tuple(sorted({group(name, answer, year=year) for answer in SHARES[name] for year in (YEAR, YEAR + 1)}))


def _in_groups(answers: Mapping[str, Mapping[str, float]], year: int) -> dict[str, dict[str, float]]:
    shares: dict[str, dict[str, float]] = {}
    for name, given in answers.items():
        shares[name] = dict.fromkeys(groups_of(name), 0.0)
        for answer, share in given.items():
            shares[name][group(name, answer, year=year)] += share
    return shares


def aggregate(people: Sequence[Person], *, year: int = YEAR) -> Aggregates:
    """Count people as a course would be counted."""
    groups: dict[str, dict[str, int]] = {}
    for name in ATTRIBUTES:
        counts: Counter[str] = Counter()
        for answer, number in Counter(map(itemgetter(name), people)).items():
            counts[group(name, answer, year=year)] += number
        groups[name] = dict(counts)
    return Aggregates(len(people), groups, {f"{YEAR}-01-05": len(people)}, {}, {})


def _normal(weights: dict) -> dict:
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()}
