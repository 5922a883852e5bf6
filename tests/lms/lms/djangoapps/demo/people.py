"""Learners by number: the same number always gives the same person."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random
from typing import Any

from faker import Faker

from .cultures import CULTURES, WEIGHTS, Culture

SEED = "learner data demo"

LEAVING_PERIOD = 21
"""Of so many numbers the last belongs to somebody who left the course."""

AGES = ((15, 18, 5), (18, 25, 38), (25, 35, 56), (35, 50, 34), (50, 65, 14), (65, 88, 4))
GENDERS = (("f", 43), ("m", 42), ("o", 3), ("", 4), (None, 8))
EDUCATION = (
    ("p", 4), ("m", 22), ("b", 33), ("a", 7), ("hs", 14), ("jhs", 3), ("el", 1), ("none", 1), ("other", 3),
    ("p_se", 1), ("", 3), (None, 8),
)  # fmt: skip
VERIFICATIONS = (("approved", 66), ("expired", 8), ("denied", 7), ("submitted", 5), ("sso", 4), ("", 10))


@dataclass(frozen=True)
class Person:
    """An account with its profile; ``profile`` is None for an account that has none.

    ``verification`` names what the person has handed in, see ``verifications``; ``mode`` is the track of every course.
    """

    username: str
    email: str
    profile: dict[str, Any] | None
    mode: str = "audit"
    verification: str = ""
    account: dict[str, Any] = field(default_factory=dict)
    extra: frozenset[str] = frozenset()


def numbers_for(enrolled: int) -> range:
    """The numbers among which so many are enrolled; those that ``has_left`` are there in addition."""
    return range(enrolled + max(enrolled - 1, 0) // (LEAVING_PERIOD - 1))


def has_left(number: int) -> bool:
    """Whether the person of this number has left the course."""
    return number % LEAVING_PERIOD == LEAVING_PERIOD - 1


def person(series: int, number: int, today: date) -> Person:
    """The learner of this number; ages count back from ``today``. ``series`` is the number that user names begin at."""
    chance = Random(f"{SEED}:{series}:{number}")
    culture = chance.choices(CULTURES, WEIGHTS)[0]
    username = f"{chance.choice(culture.stems)}_{series + number}"
    mode = chance.choices(("audit", "verified", "honor"), (68, 28, 4))[0]
    return Person(
        username=username,
        email=f"{username}@{chance.choice(('example.com', 'example.org', 'example.net'))}",
        profile=_profile(chance, culture, today),
        mode=mode,
        verification=weighted(chance, VERIFICATIONS) if mode == "verified" else "",
        account={"is_active": chance.random() > 0.02},
    )


def weighted(chance: Random, table: tuple[tuple[Any, int], ...]) -> Any:
    """One of the values of a table, by weight."""
    return chance.choices([value for value, _ in table], [weight for _, weight in table])[0]


def _profile(chance: Random, culture: Culture, today: date) -> dict[str, Any]:
    faker = _faker(culture.locale)
    faker.seed_instance(chance.getrandbits(32))
    city = chance.choice(culture.cities)
    youngest, oldest, _ = chance.choices(AGES, [weight for *_, weight in AGES])[0]
    born = today.year - chance.randrange(youngest, oldest)
    address = f"{faker.street_address()}\n{city}" if chance.random() < 0.3 else None
    return {
        "name": faker.name(),
        "language": culture.language if chance.random() < 0.25 else "",
        "location": city if chance.random() < 0.1 else "",
        "year_of_birth": born if chance.random() < 0.87 else None,
        "gender": weighted(chance, GENDERS),
        "level_of_education": weighted(chance, EDUCATION),
        "mailing_address": address,
        "city": city if chance.random() < 0.45 else None,
        "country": culture.country if chance.random() < 0.92 else None,
        "goals": chance.choice(culture.goals) if chance.random() < 0.35 else chance.choice((None, "")),
        "meta": json.dumps({"city": city}, ensure_ascii=False) if chance.random() < 0.15 else "",
    }


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale)
