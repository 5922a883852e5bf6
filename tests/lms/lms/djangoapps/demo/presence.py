"""When a learner enrolled, and on which days the learner was there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

WEEKS = 12
COURSE_DAYS = 126
"""The courses began so many days before the demo was first seeded."""


def start_of(today: date) -> datetime:
    """When the courses began, for a demo that is first seeded today."""
    return datetime.combine(today - timedelta(days=COURSE_DAYS), time(10), UTC)


def first_seeded(start: datetime) -> date:
    """The day on which a demo was first seeded, from the start of its courses."""
    return start.date() + timedelta(days=COURSE_DAYS)


def enrolled_at(chance: Random, today: date) -> datetime:
    """Most enroll in the weeks around the start, many on the day itself, and some up to yesterday."""
    kind = chance.random()
    if kind < 0.6:
        day = int(chance.triangular(-45, 20, 0))
    elif kind < 0.72:
        day = 0
    else:
        day = chance.randrange(COURSE_DAYS - 1)
    return start_of(today) + timedelta(days=day, seconds=chance.randrange(-36_000, 46_000))


def first_monday(today: date) -> date:
    """The first day of the weeks of which it is told who was there."""
    return today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))


def active_days(chance: Random, since: date, until: date, today: date) -> Iterator[date]:
    """Days within the last weeks on which a learner was active: many never are, some every other day, most less and less."""
    first = first_monday(today)
    if chance.random() < 0.45:
        return
    keenness = chance.betavariate(1.2, 5)
    staying = 1.0 if chance.random() < 0.25 else chance.uniform(0.72, 0.97)
    # An examination, and a holiday in between.
    by_week = [keenness * staying**week * (1.7 if week == 5 else 0.5 if week == 8 else 1) for week in range(WEEKS)]
    for day in range((today - first).days):
        current = first + timedelta(days=day)
        weekend = 0.6 if current.weekday() >= 5 else 1
        if chance.random() < by_week[day // 7] * weekend and since <= current <= until:
            yield current
