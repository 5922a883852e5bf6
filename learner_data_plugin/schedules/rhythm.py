"""When a recurring report is due: every day, on Mondays, or on the first of each month, at SCHEDULE_HOUR (UTC)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from opaque_keys.edx.keys import CourseKey

from .. import configuration

DAY = timedelta(days=1)
EVERY = ("day", "week", "month")


def next_day(every: str, after: date) -> date:
    """Return the first day after another on which a report is due."""
    if every == "day":
        return after + DAY
    if every == "week":
        return after + (7 - after.weekday()) * DAY
    return (after.replace(day=1) + 31 * DAY).replace(day=1)


def due_time(course_key: CourseKey, day: date) -> datetime:
    """Return the moment on that day at which a course's reports are due."""
    return datetime.combine(day, time(configuration.value("SCHEDULE_HOUR", org=course_key.org)), UTC)


def days_due(course_key: CourseKey, every: str, *, first: date, now: datetime) -> Iterator[date]:
    """Yield the days whose due time is over, from ``first`` on."""
    day = first
    while due_time(course_key, day) <= now:
        yield day
        day = next_day(every, day)
