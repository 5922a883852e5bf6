"""What is known of a period: a number that is not known is left blank, and 0 means that there was none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from opaque_keys.edx.keys import CourseKey

from . import forum, problems, store
from .periods import DAY, Period, midnight, runs, today


@dataclass(frozen=True)
class Known:
    """Of which sources the whole of a period is known.

    ``events``: recorded while they happened, or imported. ``problems`` and ``posts`` are known without them too, from the
    platform's own tables. ``history_from`` is the first day of the period whose submissions are read from the history of
    problems' states, and only from there.
    """

    period: Period
    events: bool
    problems: bool
    posts: bool
    posts_are_stored: bool
    history_from: date | None

    @property
    def problem_events(self) -> Period | None:
        """The days whose submissions are read from events."""
        if self.history_from is None:
            return self.period
        return Period(self.period.first, self.history_from - DAY) if self.history_from > self.period.first else None

    @property
    def problem_history(self) -> Period | None:
        """The days whose submissions are read from the history."""
        return None if self.history_from is None else Period(self.history_from, self.period.last)


@dataclass(frozen=True)
class KnownPeriods:
    """The days before today of which a source is known completely, as intervals in order.

    ``posts`` None: the forum keeps them here, so that they are known from the beginning.
    """

    events: list[Period]
    problems: list[Period]
    posts: list[Period] | None


class KnownDays:
    """Of which days of a period which source is complete (4 queries, and those of the forum's switches)."""

    def __init__(self, course_key: CourseKey, period: Period) -> None:
        self._by_day = store.known_days(course_key, first=period.first, last=period.last)
        self._history_began = problems.began_on_site()
        self.posts_are_stored = forum.is_in_use(course_key)

    def events(self, day: date) -> bool:
        return self._by_day[day].is_complete

    def problems(self, day: date) -> bool:
        # Where the site kept the history already, and has nothing of this course yet, nobody had tried any of its problems.
        return self.events(day) or (self._history_began is not None and self._history_began <= midnight(day))

    def posts(self, day: date) -> bool:
        return self.posts_are_stored or self.events(day)


def read_known_periods(course_key: CourseKey) -> KnownPeriods:
    """Return of which days each source of a course is complete (5 queries, and those of the forum's switches)."""
    events, began = store.known_periods(course_key), problems.began_on_site()
    tried = {day for period in events for day in period.days}
    if began is not None:
        tried |= {*Period(_whole_day_from(began), today() - DAY).days}
    return KnownPeriods(events, runs(tried), None if forum.is_in_use(course_key) else events)


def _whole_day_from(moment: datetime) -> date:
    day = moment.astimezone(UTC).date()
    return day if moment == midnight(day) else day + DAY


def read_known(course_key: CourseKey, period: Period) -> Known:
    """Return what is known of a period of a course (about 8 queries where the history goes back beyond it)."""
    days = KnownDays(course_key, period)
    return Known(
        period=period,
        events=all(map(days.events, period.days)),
        problems=all(map(days.problems, period.days)),
        posts=all(map(days.posts, period.days)),
        posts_are_stored=days.posts_are_stored,
        history_from=problems.first_covered_day(course_key, period),
    )
