"""What the attacker tries, and how often it is right about one person's answers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev

from . import inference
from .courses import ATTRIBUTES, SHARES, YEAR, Person, Population, aggregate, group, make_population
from .inference import Likelihood
from .publishers import MINIMUM, CellKeys, Course, Look, SafeToShare, SmallGroupsHidden

SIZES = (60, 150, 500, 2_000)
OTHERS = MINIMUM - 1
"""With the person as many join or leave as are needed for new numbers."""

Guesses = list[tuple[Mapping[str, float], Mapping[str, float], str]]
"""For each answer: how likely the attacker takes each group for, how common it is, and the true one."""


@dataclass(frozen=True)
class Trial:
    """One course, the person that the attacker is after, and whatever chance decides."""

    chance: random.Random
    population: Population
    course: Course
    person: Person

    def people(self, number: int) -> list[Person]:
        """Draw people."""
        return self.population.draw(self.chance, number)


@dataclass(frozen=True)
class Learned:
    """How many of five answers are guessed right beyond guessing the commonest answer to each, and standard errors.

    ``expected`` is what the attacker itself can expect to get right, by how likely it takes each answer for; that varies less
    from one person to the next than what is ``right`` in the end.
    """

    expected: float
    expected_error: float
    right: float
    right_error: float


def measure(scenario: Callable[[Trial], Guesses], size: int, *, trials: int, seed: str = "") -> Learned:
    """Try a scenario in so many random courses of a size."""
    expected, right = [], []
    for number in range(trials):
        chance = random.Random(f"{seed} {scenario.__name__} {size} {number}")
        population = make_population(chance)
        course = Course(f"{scenario.__name__}{size}n{number}{seed}", population.draw(chance, size))
        guesses = scenario(Trial(chance, population, course, population.draw(chance, 1)[0]))
        expected.append(sum(_sureness(likely) - _sureness(shares) for likely, shares, _truth in guesses))
        right.append(sum((_best(likely) == truth) - (_best(shares) == truth) for likely, shares, truth in guesses))
    return Learned(fmean(expected), _error(expected), fmean(right), _error(right))


def _error(values: list[float] | list[int]) -> float:
    return stdev(values) / len(values) ** 0.5


def _sureness(likely: Mapping[str, float]) -> float:
    return max(likely.values()) / sum(likely.values())


def _best(likely: Mapping[str, float]) -> str:
    return max(likely, key=lambda key: likely[key])


def joins(trial: Trial) -> Guesses:
    """The person joins, with nine others."""
    return _guess(inference.conclude_apart(_two_looks(trial), trial.population), trial)


def several_charts(trial: Trial) -> Guesses:
    """The same, and the charts are taken together: answers go with each other."""
    return _guess(inference.conclude(_two_looks(trial), trial.population), trial)


def leaves(trial: Trial) -> Guesses:
    """The person leaves, with nine others."""
    course, publisher = trial.course, SafeToShare()
    others = trial.chance.sample(list(course.enrolled), OTHERS)
    gone = [*others, *course.join([trial.person])]
    before = publisher.look(course)
    course.leave(gone)
    course.wait()
    after = publisher.look(course)
    likely = _from_two(before, after, trial, others=OTHERS, sign=-1)
    return _guess(inference.conclude_apart(likely, trial.population), trial)


def birthday(trial: Trial) -> Guesses:
    """The person, enrolled all the time, gets into another age group at New Year, and ten others join."""
    course = trial.course
    years = {year: share for year, share in _year_shares(trial.population).items() if _turn(year)[0] != _turn(year)[1]}
    [year] = trial.chance.choices(list(years), list(years.values()))
    person = {**trial.person, "age": year}
    turns = Counter(_turn(other["age"]) for other in course.people())
    possible = {_turn(year): turns[_turn(year)] for year in years}
    course.join([person])
    publisher = SafeToShare()
    before = publisher.look(course)
    course.join(trial.people(MINIMUM))
    course.year += 1
    course.wait()
    after = publisher.look(course)
    shares = trial.population.shares_in(course.year)["age"]
    likely = inference.from_birthday(before, after, shares, possible, others=MINIMUM)
    concluded: Counter[str] = Counter()
    commonest: Counter[str] = Counter()
    for year_, share in years.items():
        concluded[_turn(year_)[0]] += share * likely[_turn(year_)]
        commonest[_turn(year_)[0]] += share
    return [(concluded, commonest, _turn(year)[0])]


def many_looks(trial: Trial) -> Guesses:
    """Sixteen looks, half of them before the person joins; each time five join and five leave who count for the first time."""
    course, publisher = trial.course, SafeToShare()
    course.join(trial.people(100))  # who can leave
    leaving = list(course.enrolled)
    trial.chance.shuffle(leaving)
    looks: list[Look] = []
    for place in range(16):
        if place:
            course.leave([leaving.pop() for _ in range(5)])
            joining = trial.people(5)
            course.join([*joining[1:], trial.person] if place == 8 else joining)
            course.wait()
        looks.append(publisher.look(course))
    shares = trial.population.shares
    likely = {
        name: inference.from_many_looks(name, looks[:8], looks[8:], shares[name], changes=10) for name in ATTRIBUTES
    }
    return _guess(inference.conclude(likely, trial.population), trial)


def number_enrolled(trial: Trial) -> Guesses:
    """The person joins, and the exact number enrolled is known from elsewhere at both looks."""
    before, after, likely = _look_twice(trial)
    enrolled = len(trial.course.enrolled)
    shares = trial.population.shares
    for name in ATTRIBUTES:
        better = inference.from_two_looks_and_numbers(
            name, before, after, shares[name], enrolled=(enrolled - OTHERS - 1, enrolled), others=OTHERS
        )
        if better is not None and any(better.values()):
            likely[name] = better
    return _guess(inference.conclude(likely, trial.population), trial)


def two_courses(trial: Trial) -> Guesses:
    """The person joins two courses, which have separate charts."""
    other = Course(f"{trial.course.key.course}Other", trial.people(len(trial.course.enrolled)))
    first = _two_looks(trial)
    second = _two_looks(Trial(trial.chance, trial.population, other, trial.person))
    likely = {name: {key: value * second[name][key] for key, value in keys.items()} for name, keys in first.items()}
    return _guess(inference.conclude(likely, trial.population), trial)


def own_accounts(trial: Trial) -> Guesses:
    """All others who join are the attacker's own accounts, and it knows everybody who was there before as well."""
    return _own_accounts(trial, looks=1)


def own_accounts_many_looks(trial: Trial) -> Guesses:
    """The same with four looks before and four after, which takes forty accounts more, while nobody else joins or leaves."""
    return _own_accounts(trial, looks=4)


def small_groups_hidden(trial: Trial) -> Guesses:
    """For comparison: exact numbers of the moment without the small groups. The person joins alone."""
    return _alone(trial, SmallGroupsHidden())


def cell_keys(trial: Trial) -> Guesses:
    """For comparison: each number of the moment has a noise that follows from its group's members. The person joins alone."""
    return _alone(trial, CellKeys())


SCENARIOS = (joins, leaves, birthday, several_charts, many_looks, number_enrolled, two_courses)
KNOWS_ALL_OTHERS = (own_accounts, own_accounts_many_looks)
COMPARISONS = (small_groups_hidden, cell_keys)


def _guess(concluded: Mapping[str, Mapping[str, float]], trial: Trial) -> Guesses:
    shares = trial.population.shares
    return [(likely, shares[name], group(name, trial.person[name])) for name, likely in concluded.items()]


def _look_twice(trial: Trial) -> tuple[Look, Look, dict[str, Likelihood]]:
    course, publisher = trial.course, SafeToShare()
    before = publisher.look(course)
    course.join([*trial.people(OTHERS), trial.person])
    course.wait()
    after = publisher.look(course)
    return before, after, _from_two(before, after, trial, others=OTHERS)


def _two_looks(trial: Trial) -> dict[str, Likelihood]:
    return _look_twice(trial)[2]


def _from_two(before: Look, after: Look, trial: Trial, *, others: int, sign: int = 1) -> dict[str, Likelihood]:
    shares = trial.population.shares
    return {
        name: inference.from_two_looks(name, before, after, shares[name], SafeToShare.law, others=others, sign=sign)
        for name in ATTRIBUTES
    }


def _own_accounts(trial: Trial, *, looks: int) -> Guesses:
    course, publisher = trial.course, SafeToShare()
    seen: list[inference.KnownLook] = []
    others = course.people()
    for place in range(2 * looks):
        if place:
            own = trial.people(MINIMUM if place != looks else OTHERS)
            course.join([*own, trial.person] if place == looks else own)
            others = [*others, *own]
            course.wait()
        seen.append((publisher.look(course), aggregate(others).groups))
    likely = {
        name: inference.from_known_others(name, seen[:looks], seen[looks:], shares)
        for name, shares in trial.population.shares.items()
    }
    return _guess(inference.conclude(likely, trial.population), trial)


def _alone(trial: Trial, publisher: SmallGroupsHidden | CellKeys) -> Guesses:
    before = publisher.look(trial.course)
    trial.course.join([trial.person])
    after = publisher.look(trial.course)
    shares = trial.population.shares
    likely = {
        name: inference.from_two_looks(name, before, after, shares[name], publisher.law, others=0) for name in ATTRIBUTES
    }
    return _guess(inference.conclude(likely, trial.population), trial)


def _turn(year_of_birth: str) -> tuple[str, str]:
    return group("age", year_of_birth, year=YEAR), group("age", year_of_birth, year=YEAR + 1)


def _year_shares(population: Population) -> dict[str, float]:
    return {
        year: sum(weight * kind["age"][year] for weight, kind in zip(population.weights, population.answers, strict=True))
        for year in SHARES["age"]
    }
