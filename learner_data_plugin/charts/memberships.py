"""What the overview counts besides the charts: who left when, who has not come, and the median age."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count
from opaque_keys.edx.keys import CourseKey

from ..columns.catalogue import get_column
from ..data import Selection
from ..learners import queries
from ..platform import api as platform_api
from .demographics import OLDEST

PRESETS = ("never", "inactive_14", "struggling")
"""Those of :data:`engagement.presets.ACTIVITY` that are counted."""


@dataclass(frozen=True)
class Memberships:
    """Exact counts; ``departed`` are those who are not enrolled any more, by the date (ISO, UTC) on which they left.

    '' stands for those of whom no date is known. ``activity`` are the learners of each of PRESETS,
    ``median_age`` is None where nobody told a year of birth.
    """

    departed: Mapping[str, int]
    activity: Mapping[str, int]
    median_age: float | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Memberships | None:
        return None if stored is None else cls(**stored)


def count(course_key: CourseKey, selection: Selection | None = None) -> Memberships:
    """Count a course, or those of a cohort or track (3 queries, and 2 for each of the presets)."""
    selection = selection or Selection()
    chosen = queries.enrollments_of(course_key, selection)
    return Memberships(
        departed=_departed(course_key, selection),
        activity={name: _active(course_key, selection, name) for name in PRESETS},
        median_age=_median_age(chosen),
    )


def _active(course_key: CourseKey, selection: Selection, activity: str) -> int:
    """As many as the table of learners lists."""
    found = Selection(cohort=selection.cohort, enrollment_mode=selection.enrollment_mode, activity=activity)
    return queries.present(queries.enrollments_of(course_key, found)).count()


def _median_age(enrollments: Any) -> float | None:
    """The age reached this year in the middle of all, in one query for all years of birth."""
    path = str(get_column("year_of_birth").path)
    years = enrollments.order_by().values_list(path).annotate(number=Count("id"))
    this_year = datetime.now(UTC).year
    ages = Counter({this_year - year: number for year, number in years if year and 0 <= this_year - year < OLDEST})
    total = sum(ages.values())
    if not total:
        return None
    return (_at(ages, (total - 1) // 2) + _at(ages, total // 2)) / 2


def _at(ages: Mapping[int, int], place: int) -> int:
    """The age of whom has this place when all stand in order."""
    for age in sorted(ages):
        place -= ages[age]
        if place < 0:
            return age
    raise IndexError(place)


def _departed(course_key: CourseKey, selection: Selection) -> dict[str, int]:
    """Those who left by the day of their last change from enrolled to not enrolled, from the platform's history.

    The history of those who left is read in order, enrollment by enrollment (1 query, and 1 that counts).
    """
    gone = queries.departed_of(course_key, selection)
    changes = platform_api.enrollment_history().filter(id__in=gone.values("id")).order_by("id", "history_date")
    days = Counter(
        last.date().isoformat()
        for last in _last_departures(changes.values_list("id", "history_date", "is_active").iterator(chunk_size=5_000))
    )
    unknown = gone.count() - sum(days.values())
    return {**days, **({"": unknown} if unknown > 0 else {})}


def _last_departures(changes: Iterable[tuple[int, datetime, bool]]) -> Iterable[datetime]:
    """The moment of the last change to inactive of each enrollment, whose changes stand together and in order."""
    current: int | None = None
    was_active, left = True, None
    for pk, moment, is_active in changes:
        if pk != current:
            if left is not None:
                yield left
            current, was_active, left = pk, True, None
        if was_active and not is_active:
            left = moment.astimezone(UTC)
        elif is_active:
            left = None
        was_active = is_active
    if left is not None:
        yield left


def within(days: Mapping[str, int], *, last: date, number: int) -> int:
    """Sum what happened in the ``number`` days that end with ``last``."""
    first = date.fromordinal(last.toordinal() - number + 1).isoformat()
    return sum(count for day, count in days.items() if first <= day <= last.isoformat())
