"""Facts of many events, put together to the rows that they make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, TypeAlias

from .facts import Facts, Kind

Account: TypeAlias = int | str
"""An account's number, or its username where an event tells no number."""


class Day(NamedTuple):
    """A learner's day in a course."""

    course_id: str
    day: date
    account: Account


class Item(NamedTuple):
    """Something counted of a learner's day; ``key`` and ``mark`` as ``item`` and ``mark`` of Facts."""

    day: Day
    kind: Kind
    key: str
    mark: int


class Opened(NamedTuple):
    """The last subsection opened and when, in microseconds since 1970; '' and 0 for none."""

    moment: int
    subsection: str


NOTHING_OPENED = Opened(0, "")


class Batch:
    """What some events say. Adding the same event again changes nothing, and their order does not matter."""

    def __init__(self) -> None:
        self.days: dict[Day, Opened] = {}
        self.items: set[Item] = set()

    def __len__(self) -> int:
        return len(self.days) + len(self.items)

    def add(self, facts: Facts, *, is_day_written: bool = False) -> None:
        """Take in what one event says; with ``is_day_written`` the database knows already that the learner was active."""
        day = Day(facts.course_id, facts.day, facts.user_id or facts.username)
        if facts.subsection:
            self.days[day] = later(self.days.get(day, NOTHING_OPENED), Opened(facts.moment, facts.subsection))
        elif not is_day_written:
            self.days.setdefault(day, NOTHING_OPENED)
        if facts.kind is not None:
            self.items.add(Item(day, facts.kind, facts.item, facts.mark))

    def parts(self, most_rows: int) -> Iterator[Batch]:
        """Yield the same in batches of about so many rows, in the order of courses and days; no learner's day is divided."""
        items = defaultdict(list)
        for item in self.items:
            items[item.day].append(item)
        part = Batch()
        for day in sorted(self.days, key=lambda day: (day.course_id, day.day, str(day.account))):
            part.days[day] = self.days[day]
            part.items.update(items[day])
            if len(part) >= most_rows:
                yield part
                part = Batch()
        if part.days:
            yield part


def later(one: Opened, other: Opened) -> Opened:
    """Return the later of two; at the same moment the first in the alphabet."""
    if one.moment != other.moment:
        return max(one, other)
    return min(one, other)
