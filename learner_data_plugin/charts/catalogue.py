"""All charts of a course, in the order in which they are shown, and the numbers behind each as a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..data import Chart, ChartKind
from ..exceptions import ChartNotFound
from ..export.base import get_format
from . import activity, demographics, enrollments
from .aggregates import Aggregates
from .shareable import Shareable
from .snapshots import noise_for

_COLUMNS: dict[str, str | None] = {
    "enrollments": "enrollment_date",
    **dict.fromkeys(activity.SERIES),
    **{name: subject.column for name, subject in demographics.SUBJECTS.items()},
}
"""The charts, in order, and the column that each is about: a private one has no chart."""

HEADER = ("key", "label", "count", "share")


def chart_names(course_key: CourseKey) -> tuple[str, ...]:
    """Names of the charts this site shows at this moment, in order."""
    private = configuration.private_columns(course_key.org)
    return tuple(name for name, column in _COLUMNS.items() if column not in private)


def require_chart(course_key: CourseKey, name: str) -> None:
    """Raise ChartNotFound for an unknown chart, and for one whose subject is private on this site."""
    if name not in chart_names(course_key):
        raise ChartNotFound


def draw(name: str, numbers: Aggregates | Shareable, *, track_names: Mapping[str, str]) -> Chart:
    """Return a chart of these numbers; ``track_names`` are those that the course team gave, by slug."""
    if isinstance(numbers, Shareable):
        return _draw_shareable(name, numbers, track_names)
    return _draw_exact(name, numbers, track_names)


def write_csv(chart: Chart, file: IO[bytes]) -> None:
    """Write a chart's rows; a number that is not shown is an empty cell, and the share is a part of 1."""
    header = (*HEADER, *_further_columns(chart))
    rows = [
        (row.key, row.label, _blank(row.count), _blank(row.share and round(row.share, 4)), _blank(row.drawn), _blank(row.left))
        for row in chart.rows
    ]
    columns = list(zip(*rows, strict=True))
    with get_format("csv").open_writer(file, header) as writer:
        writer.write(columns[: len(header)])


def _draw_exact(name: str, numbers: Aggregates, track_names: Mapping[str, str]) -> Chart:
    nobody = "" if numbers.enrolled else _("Nobody is enrolled.")
    if name == "enrollments":
        periods = enrollments.periods(numbers.days, numbers.left)
        note = "" if periods else nobody or _("No enrollment has a date.")
        return enrollments.draw(periods, enrolled=numbers.enrolled, note=note)
    if name in activity.SERIES:
        weeks = numbers.weeks[name]
        note = "" if weeks.counts else _("No activity is known yet.")
        return activity.draw(name, weeks, enrolled=numbers.enrolled, note=note)
    groups = numbers.groups[name]
    return demographics.draw(name, groups, enrolled=numbers.enrolled, track_names=track_names, note=nobody)


def _draw_shareable(name: str, numbers: Shareable, track_names: Mapping[str, str]) -> Chart:
    few = _("Not shown: there are too few learners.")
    if name == "enrollments":
        hidden = _("Periods with fewer than {minimum} enrollments are joined to the next one.")
        note = _what_is_different(hidden, numbers.minimum) if numbers.periods else few
        return enrollments.draw(numbers.periods, enrolled=numbers.enrolled, note=note)
    if name in activity.SERIES:
        weeks = numbers.weeks[name]
        hidden = _("Weeks with fewer than {minimum} learners have no number.")
        note = _what_is_different(hidden, numbers.minimum) if weeks.counts else few
        return activity.draw(name, weeks, enrolled=numbers.enrolled, mark=f"<{numbers.minimum}", note=note)
    groups = numbers.groups[name]
    hidden = _("Groups under {minimum} are combined, or not shown.")
    note = _what_is_different(hidden, numbers.minimum) if groups else few
    return demographics.draw(name, groups, enrolled=numbers.enrolled, track_names=track_names, note=note)


def _what_is_different(hidden: str, minimum: int) -> str:
    """What a reader of one chart alone has to know of its numbers; nothing where they are exact all the same."""
    if not (noise := noise_for(minimum)):
        return ""
    changed = _("To protect privacy, each number is changed by up to {noise}.").format(noise=noise)
    return f"{changed} {hidden.format(minimum=minimum)}"


def _further_columns(chart: Chart) -> tuple[str, ...]:
    if chart.kind is not ChartKind.AREA:
        return ()
    return ("total",) if any(row.left is None for row in chart.rows) else ("total", "left")


def _blank(number: float | None) -> float | str:
    return "" if number is None else number


