"""Which days are known completely from events: recorded while they happened, or imported from tracking logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from ..models import EngagementCourse, ImportedDays, RecordedDay
from ..settings import tracking
from . import statements
from .periods import DAY, Period, runs, today

LONGEST_SILENCE = 25
"""Hours after which recording is taken to have been off. A site without a visitor is silent too, but its nightly job is not."""

_SIGNS = statements.Table(
    RecordedDay,
    ("day", "hours", "lost", "was_off"),
    {
        "hours": "{old[hours]} | {new[hours]}",
        "lost": "{old[lost]} + {new[lost]}",
        "was_off": "{old[was_off]} | {new[was_off]}",
    },
)


class Known(NamedTuple):
    """How much is known of a day from events: all of it, and whether anything at all was recorded or imported."""

    is_complete: bool
    is_recorded: bool


def is_recording() -> bool:
    """Whether this process hands its events to our backend."""
    enabled = getattr(settings, "EVENT_TRACKING_ENABLED", False)
    return bool(enabled) and tracking.is_registered(getattr(settings, tracking.SETTING, None))


def enter_sign(
    now: datetime | None = None,
    *,
    lost: Mapping[date, int] | None = None,
    was_off: bool = False,
    waits_short: bool = False,
) -> None:
    """Keep that recording runs at this moment (or that it is off), and how many events of which days were lost (1 query).

    ``waits_short`` as for :func:`.statements.enter`.
    """
    now = (now or timezone.now()).astimezone(UTC)
    days = {day: [0, number, False] for day, number in (lost or {}).items()}
    of_now = days.setdefault(now.date(), [0, 0, False])
    of_now[0], of_now[2] = (0, True) if was_off else (1 << now.hour, False)
    rows = [(day, *values) for day, values in sorted(days.items())]
    statements.enter((_SIGNS, rows), waits_short=waits_short)


def enter_import(first: date, last: date, *, course_key: CourseKey | None = None) -> None:
    """Keep that an import covered these days wholly, of one course or of all."""
    course = None if course_key is None else EngagementCourse.objects.get_or_create(course_id=course_key)[0]
    ImportedDays.objects.get_or_create(course=course, first_day=first, last_day=last)


def known_days(course_key: CourseKey, *, first: date, last: date) -> dict[date, Known]:
    """Return for each day of the interval what is known of it from events (3 queries); today is never complete."""
    around = RecordedDay.objects.filter(day__gte=first - 2 * DAY, day__lte=last + 2 * DAY)
    recorded = {record.day: record for record in around}
    complete = _of_course(course_key, _recorded_wholly(recorded.values()) | _imported(course_key, first, last))
    return {
        day: Known(day in complete, day in complete or (day in recorded and recorded[day].hours != 0))
        for day in Period(first, last).days
    }


def known_periods(course_key: CourseKey) -> list[Period]:
    """Return the days that are known completely from events, as intervals in order (3 queries)."""
    recorded = _recorded_wholly(RecordedDay.objects.all())
    return runs(_of_course(course_key, recorded | _imported(course_key, date.min, today())))


def known_since(course_key: CourseKey) -> date | None:
    """Return the day from which on all days to yesterday are known completely, None if yesterday is not (3 queries)."""
    periods = known_periods(course_key)
    return periods[-1].first if periods and periods[-1].last == today() - DAY else None


def _recorded_wholly(records: Iterable[RecordedDay]) -> set[date]:
    """Days through which recording went on from before their beginning to after their end, and of which nothing was lost."""
    records = list(records)
    seen = sorted(record.day.toordinal() * 24 + hour for record in records for hour in range(24) if record.hours >> hour & 1)
    if is_recording():
        now = timezone.now().astimezone(UTC)
        seen.append(now.toordinal() * 24 + now.hour)
    covered: set[date] = set()
    start = seen[0] if seen else 0
    for hour, following in [*pairwise(seen), (seen[-1], None)] if seen else []:
        if following is None or following - hour > LONGEST_SILENCE:
            covered |= {date.fromordinal(day) for day in range(start // 24 + 1, hour // 24)}
            start = following or 0
    return covered - {record.day for record in records if record.lost or record.was_off}


def _of_course(course_key: CourseKey, complete: set[date]) -> set[date]:
    """Those of these days that are over, and of which the course's rows have not been deleted because of their age."""
    course = EngagementCourse.objects.filter(course_id=course_key).first()
    forgotten_before, end = (course and course.forgotten_before) or date.min, today()
    return {day for day in complete if forgotten_before <= day < end}


def _imported(course_key: CourseKey, first: date, last: date) -> set[date]:
    intervals = ImportedDays.objects.filter(
        Q(course=None) | Q(course__course_id=course_key), first_day__lte=last, last_day__gte=first
    )
    return {
        date.fromordinal(day)
        for since, until in intervals.values_list("first_day", "last_day")
        for day in range(max(since, first).toordinal(), min(until, last).toordinal() + 1)
    }
