"""What can be concluded about one person from looks at the charts: how likely the looks are for each group it may be in.

The attacker knows the rules, how often each answer is given, who joined or left when (not what they answered), and how many are
enrolled. Each function returns, for one chart, the likelihood of what was seen by the group of the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import exp, factorial, prod

from learner_data_plugin.charts.demographics import TOGETHER

from .courses import Population
from .publishers import MINIMUM, Law, Look, SafeToShare

Likelihood = dict[str, float]
Change = int | None
"""Of a group between two looks; None where it says nothing."""

KnownLook = tuple[Look, Mapping[str, Mapping[str, int]]]
"""What was seen, and how many others were in which group then."""

NOISE = 3
NOISE_VARIANCE = 4.0


def from_two_looks(
    name: str, before: Look, after: Look, shares: Mapping[str, float], law: Law, *, others: int, sign: int = 1
) -> Likelihood:
    """The person joins (``sign`` 1) or leaves (-1) between two looks, and so many others with it, who answer as anybody does.

    Exact for numbers that are shown in both looks; of a group that is shown in one of them, its size in the other one is taken
    for as likely as any other that is not shown.
    """
    cells, rest = _cells(name, before, after, shares)
    weights = [_weights(before[name], after[name], key, law) for key, _share in cells]
    ways = [
        [share**number / factorial(number) * weight(sign * number) for number in range(others + 1)]
        for (_key, share), weight in zip(cells, weights, strict=True)
    ]
    with_person = [
        [share**number / factorial(number) * weight(sign * (number + 1)) for number in range(others + 1)]
        for (_key, share), weight in zip(cells, weights, strict=True)
    ]
    first, last = _products(ways, others), _products(ways[::-1], others)[::-1]
    likely = {}
    for place, (key, _share) in enumerate(cells):
        around = _multiply(first[place], last[place + 1], others)
        likely[key] = sum(around[number] * with_person[place][others - number] for number in range(others + 1))
    return {key: likely.get(key, likely.get(rest, 1.0)) for key in shares}


def from_known_others(
    name: str, before: Sequence[KnownLook], after: Sequence[KnownLook], keys: Iterable[str]
) -> Likelihood:
    """The person joins between the looks of ``before`` and of ``after``; all others and their answers are known.

    Exact for numbers that are shown.
    """
    looks = [look[name] for look, _others in (*before, *after)]
    shown = {key for look in looks for key in look} - {TOGETHER}
    has_rest = all(look.keys() == looks[0].keys() and TOGETHER in look for look in looks)
    cells = {*shown, TOGETHER} if has_rest else shown
    ranges = {cell: (_levels(name, before, cell, shown), _levels(name, after, cell, shown)) for cell in cells}
    known = [(cell, earlier, later) for cell, (earlier, later) in ranges.items() if earlier and later]
    likely = {
        cell: prod(float(_overlap(earlier, later, int(cell == other))) for other, earlier, later in known)
        for cell in {*shown, TOGETHER}
    }
    return {key: likely[key if key in shown else TOGETHER] for key in keys}


def from_birthday(
    before: Look, after: Look, shares: Mapping[str, float], turns: Mapping[tuple[str, str], int], *, others: int
) -> dict[tuple[str, str], float]:
    """The person gets a year older between two looks, and so into another group; so many others join, who may be any age.

    It is known how many of the others that were there get from which group into which (``turns``). Answers by what the person
    got from and into.
    """
    cells, rest = _cells("age", before, after, shares)
    shown = {key for key, _share in cells}
    others_turn: dict[str, int] = {}
    for (old, new), number in turns.items():
        others_turn[old] = others_turn.get(old, 0) - number
        others_turn[new] = others_turn.get(new, 0) + number
    likely = {}
    for old, new in turns:
        product = [1.0] + [0.0] * others
        for cell, share in cells:
            members = [cell] if cell != rest else [key for key in shares if key not in shown]
            turned = sum(others_turn.get(key, 0) + (key == new) - (key == old) for key in members)
            weight = _weights(before["age"], after["age"], cell, SafeToShare.law)
            ways = [share**number / factorial(number) * weight(number + turned) for number in range(others + 1)]
            product = _multiply(product, ways, others)
        likely[old, new] = product[others]
    return likely


def from_many_looks(
    name: str, before: Sequence[Look], after: Sequence[Look], shares: Mapping[str, float], *, changes: int
) -> Likelihood:
    """The person joins between the looks, and between any two of them so many people came and went, who answer as anybody does.

    The best linear estimate of each group's number before and after, with normal distributions.
    """
    likely = dict.fromkeys(shares, 1.0)
    for key, share in shares.items():
        drift = changes * share * (1 - share)
        earlier = _level([look[name].get(key) for look in before], drift)
        later = _level([look[name].get(key) for look in reversed(after)], drift)
        if earlier is None or later is None:
            continue
        variance = earlier[1] + later[1] + drift
        seen = later[0] - earlier[0]
        likely[key] = exp((seen**2 - (seen - 1) ** 2) / (2 * variance))
    return likely


def from_two_looks_and_numbers(
    name: str, before: Look, after: Look, shares: Mapping[str, float], *, enrolled: tuple[int, int], others: int
) -> Likelihood | None:
    """As from_two_looks for one who joins, with the exact number enrolled; None where some group is not shown.

    Where all groups are shown, the sum of their noise is known then, in each of the looks.
    """
    groups = [key for key, share in shares.items() if share]
    if set(before[name]) != set(groups) or set(after[name]) != set(groups) or len(groups) > 4:
        return None
    noise = [sum(look[name].values()) - number for look, number in zip((before, after), enrolled, strict=True)]
    if abs(noise[0]) > NOISE * len(groups):
        return None
    likely = {}
    for person in groups:
        ways = {(0, 0): 1.0}
        for key in groups:
            ways = _add_group(ways, after[name][key] - before[name][key] - (key == person), shares[key], others)
        likely[person] = ways.get((others, noise[0]), 0.0)
    return {key: likely.get(key, 0.0) for key in shares}


def conclude(likelihoods: Mapping[str, Likelihood], population: Population) -> dict[str, dict[str, float]]:
    """How likely the person is in which group of each chart, from all charts together: answers of a kind go together."""
    kinds = population.kinds
    sums = [
        {name: sum(likely[key] * kind[name][key] for key in likely) for name, likely in likelihoods.items()} for kind in kinds
    ]
    concluded = {}
    for name, likely in likelihoods.items():
        weights = [
            weight * prod(total for other, total in of_kind.items() if other != name)
            for weight, of_kind in zip(population.weights, sums, strict=True)
        ]
        common = {key: sum(weight * kind[name][key] for weight, kind in zip(weights, kinds, strict=True)) for key in likely}
        joint = {key: likely[key] * common[key] for key in likely}
        total = sum(joint.values())
        concluded[name] = {key: value / total for key, value in joint.items()} if total else population.shares[name]
    return concluded


def conclude_apart(likelihoods: Mapping[str, Likelihood], population: Population) -> dict[str, dict[str, float]]:
    """As conclude, from each chart by itself."""
    concluded = {}
    for name, shares in population.shares.items():
        joint = {key: likelihoods[name][key] * share for key, share in shares.items()}
        total = sum(joint.values())
        concluded[name] = {key: value / total for key, value in joint.items()} if total else shares
    return concluded


def _cells(name: str, before: Look, after: Look, shares: Mapping[str, float]) -> tuple[list[tuple[str, float]], str]:
    """The groups that are shown at least once with their shares, and the rest, of which the sum may be shown."""
    shown = (set(before[name]) | set(after[name])) - {TOGETHER}
    rest = sum(share for key, share in shares.items() if key not in shown)
    return [*((key, shares[key]) for key in shares if key in shown), (TOGETHER, rest)], TOGETHER


def _weights(before: Mapping[str, int], after: Mapping[str, int], key: str, law: Law):
    """How likely what is seen of a group is, by how many (net) joined it."""
    same_rest = before.keys() == after.keys()
    if key == TOGETHER and not same_rest:
        return lambda joined: 1.0
    if key in before and key in after:
        return lambda joined: law(after[key] - before[key], joined)
    if key in before:
        return cache(lambda joined: sum(law(hidden - before[key], joined) for hidden in range(MINIMUM)))
    if key in after:
        return cache(lambda joined: sum(law(after[key] - hidden, joined) for hidden in range(MINIMUM)))
    return lambda joined: 1.0


def _multiply(one: Sequence[float], other: Sequence[float], degree: int) -> list[float]:
    product = [0.0] * (degree + 1)
    for place, factor in enumerate(one):
        if factor:
            for number in range(degree + 1 - place):
                product[place + number] += factor * other[number]
    return product


def _products(factors: Sequence[Sequence[float]], degree: int) -> list[list[float]]:
    """The products of the first none, one, two … of the factors, as polynomials of at most this degree."""
    products = [[1.0] + [0.0] * degree]
    for factor in factors:
        products.append(_multiply(products[-1], factor, degree))
    return products


def _levels(name: str, looks: Sequence[KnownLook], cell: str, shown: set[str]) -> tuple[int, int] | None:
    """The lowest and the highest number that can be in a group besides the others; None where it is never shown."""
    seen = []
    for look, others in looks:
        if cell in look[name]:
            members = [key for key in others[name] if key not in shown] if cell == TOGETHER else [cell]
            seen.append(look[name][cell] - sum(others[name].get(key, 0) for key in members))
    return (max(seen) - NOISE, min(seen) + NOISE) if seen else None


def _overlap(earlier: tuple[int, int], later: tuple[int, int], joined: int) -> int:
    """How many numbers a group can have had before, if so many have joined it."""
    low, high = max(earlier[0], later[0] - joined), min(earlier[1], later[1] - joined)
    return max(0, high - low + 1)


def _level(seen: Sequence[int | None], drift: float) -> tuple[float, float] | None:
    """The number of a group at the end of a series of looks, and the variance of that estimate."""
    level: tuple[float, float] | None = None
    for number in seen:
        if level is not None:
            level = level[0], level[1] + drift
        if number is None:
            continue
        if level is None:
            level = float(number), NOISE_VARIANCE
        else:
            gain = level[1] / (level[1] + NOISE_VARIANCE)
            level = level[0] + gain * (number - level[0]), (1 - gain) * level[1]
    return level


def _add_group(ways: Mapping[tuple[int, int], float], change: int, share: float, others: int) -> dict[tuple[int, int], float]:
    """Ways in which so many others are in the groups so far and their noise in the first look has such a sum."""
    found: dict[tuple[int, int], float] = {}
    for joined in range(others + 1):
        # Noise before and after, both within bounds, whose difference is what is not explained.
        difference = change - joined
        weight = share**joined / factorial(joined)
        for noise in range(max(-NOISE, -NOISE - difference), min(NOISE, NOISE - difference) + 1):
            for (number, total), way in ways.items():
                if number + joined <= others:
                    place = number + joined, total + noise
                    found[place] = found.get(place, 0.0) + way * weight
    return found
