"""All charts of a course, in the order in which they are shown, and the numbers behind each as a file."""

from __future__ import annotations

from typing import IO

from opaque_keys.edx.keys import CourseKey

from . import activity, configuration, demographics, learners, spreadsheets
from .data import Chart, ChartKind, CourseStatistics, FileFormat
from .exceptions import ChartNotFound

_OVER_TIME = {"enrollments": activity.read_enrollments_chart, "active_learners": activity.read_active_chart}
_COLUMNS: dict[str, str | None] = {"enrollments": "enrollment_date", "active_learners": None, **demographics.CHART_COLUMNS}
"""The charts, in order, and the column that each is about: a private one has no chart."""

HEADER = ("key", "label", "count", "share")


def read_all(course_key: CourseKey) -> CourseStatistics:
    """Return every chart that this site shows: at most 12 queries for learners, however many there are."""
    minimum = configuration.value("MIN_GROUP_SIZE", org=course_key.org)
    charts = tuple(_read(course_key, name, minimum) for name in chart_names(course_key))
    return CourseStatistics(learner_count=learners.count_learners(course_key), charts=charts)


def read_chart(course_key: CourseKey, name: str) -> Chart:
    """Return one chart. Raises ChartNotFound, also for one whose subject is private on this site."""
    if name not in chart_names(course_key):
        raise ChartNotFound
    return _read(course_key, name, configuration.value("MIN_GROUP_SIZE", org=course_key.org))


def chart_names(course_key: CourseKey) -> tuple[str, ...]:
    """Names of the charts this site shows, in order."""
    private = configuration.private_columns(course_key.org)
    return tuple(name for name, column in _COLUMNS.items() if column not in private)


def write_csv(chart: Chart, file: IO[bytes]) -> None:
    """Write a chart's rows; a number that is withheld is an empty cell, and the share is a part of 1."""
    rows = [
        (row.key, row.label, _blank(row.count), _blank(row.share and round(row.share, 4)), _blank(row.drawn))
        for row in chart.rows
    ]
    columns = list(zip(*rows, strict=True))
    header = (*HEADER, "total") if chart.kind is ChartKind.AREA else HEADER
    writer = spreadsheets.open_writer(file, FileFormat.CSV, header)
    writer.write(writer.encode(columns[: len(header)]))
    writer.close()


def _read(course_key: CourseKey, name: str, minimum: int) -> Chart:
    if name in _OVER_TIME:
        return _OVER_TIME[name](course_key, minimum=minimum)
    return demographics.read_chart(course_key, name, minimum=minimum)


def _blank(number: float | None) -> float | str:
    return "" if number is None else number
