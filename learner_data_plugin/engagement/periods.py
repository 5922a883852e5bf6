"""Days and weeks: UTC dates, a week from Monday to Sunday, an interval given by its first and its last day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Period:
    """Days in a row, both ends among them."""

    first: date
    last: date

    @classmethod
    def day(cls, day: date) -> Period:
        return cls(day, day)

    @classmethod
    def week_until(cls, sunday: date) -> Period:
        """The seven days that end with this one."""
        return cls(sunday - 6 * DAY, sunday)

    @classmethod
    def week_from(cls, monday: date) -> Period:
        """The seven days that begin with this one."""
        return cls(monday, monday + 6 * DAY)

    @property
    def start(self) -> datetime:
        """The first moment."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after."""
        return midnight(self.last + DAY)

    @property
    def days(self) -> list[date]:
        return [self.first + place * DAY for place in range((self.last - self.first).days + 1)]

    def bit(self, day: date) -> int:
        """The bit of a day in a set of this period's days; 0 for a day outside."""
        return 1 << (day - self.first).days if self.first <= day <= self.last else 0


def runs(days: Iterable[date]) -> list[Period]:
    """Return days as intervals, as few as can be, in order."""
    found: list[Period] = []
    for day in sorted(set(days)):
        if found and day == found[-1].last + DAY:
            found[-1] = Period(found[-1].first, day)
        else:
            found.append(Period.day(day))
    return found


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), UTC)


def today() -> date:
    """The day that it is now, UTC."""
    return datetime.now(UTC).date()


def monday_of(day: date) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def weeks(first: date, last: date) -> Iterator[Period]:
    """The weeks that hold these days, in order."""
    monday = monday_of(first)
    while monday <= last:
        yield Period.week_from(monday)
        monday += WEEK
