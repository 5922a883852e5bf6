"""The overview of a course: its numbers at a glance, what learners did week by week, who joined and left, and who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, Any

from django.utils.formats import date_format
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..data import Chart
from ..engagement import presets
from ..exceptions import ChartNotFound
from ..export.base import get_format
from . import catalogue, demographics, enrollments, memberships
from .aggregates import Aggregates
from .shareable import Shareable
from .store import Stored

SERIES = {
    "active": "active_learners",
    "watched_video": "learners_watching_videos",
    "tried_problem": "learners_trying_problems",
    "discussed": "learners_in_discussions",
}
"""The numbers of a week, and the charts that they are of."""

WEEKS = "weekly_activity"
MEMBERS = "joined_and_left"
FILES = (WEEKS, MEMBERS)
"""Names of the files that hold what these two drawings show."""

VERIFIED = "verified"
"""Slug of the track that has a number of its own."""

_DAYS = (7, 30)


@dataclass(frozen=True)
class Week:
    """So many learners by series in the week from this Monday (ISO); None where not known or not shown."""

    monday: str
    label: str
    is_complete: bool
    counts: Mapping[str, int | None]


@dataclass(frozen=True)
class Members:
    """So many joined and left in a period, and were enrolled at its end; ``left`` is None where that is not told."""

    first: str
    last: str
    label: str
    joined: int
    left: int | None
    enrolled: int


@dataclass(frozen=True)
class Overview:
    """What the overview shows; ``numbers`` are None where they are not known, private on this site or not shown."""

    numbers: Mapping[str, float | None]
    week: str
    weeks: tuple[Week, ...]
    members: tuple[Members, ...]
    left_unknown: int
    groups: tuple[Chart, ...]


def describe(course_key: CourseKey, stored: Stored) -> Overview:
    """Return the overview of these stored numbers."""
    names = catalogue.chart_names(course_key)
    weeks = _weeks(stored.numbers)
    complete = [week for week in weeks if week.is_complete]
    return Overview(
        numbers=_numbers(course_key, stored, complete),
        week=complete[-1].monday if complete else "",
        weeks=weeks,
        members=_members(stored) if "enrollments" in names else (),
        left_unknown=stored.memberships.departed.get("", 0) if stored.memberships else 0,
        groups=tuple(
            catalogue.draw(name, stored.numbers, track_names=stored.track_names)
            for name in names
            if name in demographics.SUBJECTS
        ),
    )


def write_csv(course_key: CourseKey, name: str, stored: Stored, file: IO[bytes]) -> None:
    """Write one of FILES; a number that is not known or not shown is an empty cell. Raises ChartNotFound."""
    if name == MEMBERS and "enrollments" not in catalogue.chart_names(course_key):
        raise ChartNotFound
    header: tuple[str, ...]
    if name == WEEKS:
        header = ("week", *SERIES)
        rows: list[tuple[Any, ...]] = [
            (week.monday, *map(_blank, week.counts.values())) for week in _weeks(stored.numbers)
        ]
    else:
        header = ("first_day", "last_day", "joined", "left", "enrolled")
        rows = [(row.first, row.last, row.joined, _blank(row.left), row.enrolled) for row in _members(stored)]
    with get_format("csv").open_writer(file, header) as writer:
        writer.write(list(zip(*rows, strict=True)) if rows else [()] * len(header))


def _weeks(numbers: Aggregates | Shareable) -> tuple[Week, ...]:
    counted = {name: numbers.weeks[chart].counts for name, chart in SERIES.items()}
    mondays = sorted({monday for counts in counted.values() for monday in counts})
    return tuple(
        Week(
            monday,
            date_format(date.fromisoformat(monday), "DATE_FORMAT"),
            is_complete=monday != mondays[-1],
            counts={name: counts.get(monday) for name, counts in counted.items()},
        )
        for monday in mondays
    )


def _members(stored: Stored) -> tuple[Members, ...]:
    numbers = stored.numbers
    if isinstance(numbers, Shareable):
        return tuple(_period(period, period.count, None, period.total) for period in numbers.periods)
    ever = _sum(numbers.days, numbers.left)
    departed = stored.memberships.departed if stored.memberships else {}
    known = {day: number for day, number in departed.items() if day}
    found, enrolled = [], 0
    # Those who left have their own days; whoever left on a day without anybody who joined is in the period around it.
    for period in enrollments.periods(_sum(ever, dict.fromkeys(known, 0)), known):
        enrolled += period.count - (period.left or 0)
        found.append(_period(period, period.count, period.left or 0, enrolled))
    return _down_to(found, numbers.enrolled)


def _down_to(periods: Sequence[Members], enrolled: int) -> tuple[Members, ...]:
    """The periods without those of whom it is not known when they left: they are taken as if they had not been there."""
    if not periods or (surplus := periods[-1].enrolled - enrolled) <= 0:
        return tuple(periods)
    share = 1 - surplus / max(1, sum(period.joined for period in periods))
    found, total = [], 0.0
    for period in periods:
        total += period.joined * share - (period.left or 0)
        found.append(Members(**{**vars(period), "enrolled": max(0, round(total))}))
    return (*found[:-1], Members(**{**vars(found[-1]), "enrolled": enrolled}))


def _period(period: enrollments.Period, joined: int, left: int | None, enrolled: int) -> Members:
    return Members(period.first or "", period.last, enrollments.label(period), joined, left, enrolled)


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {day: one.get(day, 0) + other.get(day, 0) for day in {*one, *other}}


def _numbers(course_key: CourseKey, stored: Stored, complete: Sequence[Week]) -> dict[str, float | None]:
    numbers, members = stored.numbers, stored.memberships
    private = configuration.private_columns(course_key.org)
    tracks = {} if "enrollment_mode" in private else numbers.groups.get("enrollment_track", {})
    found: dict[str, float | None] = {
        "enrolled": numbers.enrolled,
        "active": complete[-1].counts["active"] if complete else None,
        "active_before": complete[-2].counts["active"] if len(complete) > 1 else None,
        "verified": tracks.get(VERIFIED),
    }
    if not isinstance(numbers, Aggregates) or members is None:
        return found
    offered = presets.telling_nothing_of(private)
    found |= {name: members.activity.get(name) for name in memberships.PRESETS if name in offered}
    if "year_of_birth" not in private:
        found["median_age"] = members.median_age
    if "enrollment_date" not in private:
        today = datetime.now(UTC).date()
        ever = _sum(numbers.days, numbers.left)
        found["ever_enrolled"] = sum(ever.values())
        for days in _DAYS:
            found[f"joined_{days}"] = memberships.within(ever, last=today, number=days)
            found[f"left_{days}"] = memberships.within(members.departed, last=today, number=days)
    return found


def median_band(chart: Chart) -> str:
    """The label of the age group in which the middle one of all who told their age is, from the numbers that are shown."""
    bands = [row for row in chart.rows if not row.muted and row.count]
    place = sum(row.count or 0 for row in bands) / 2
    for row in bands:
        place -= row.count or 0
        if place <= 0:
            return row.label
    return ""


def _blank(number: int | None) -> int | str:
    return "" if number is None else number

