"""The learners of a small course as a table, in any order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..columns import groups
from ..columns.base import Column
from ..data import LearnerTable, Selection
from ..engagement import presets
from ..exceptions import InvalidSelection, TooManyLearners
from ..export.base import encoded
from ..platform import api as platform_api
from . import offered_columns, queries

Row = tuple[Any, ...]


def learners_limit(course_key: CourseKey) -> int:
    """The table is offered in courses with fewer active enrollments than this."""
    return configuration.value("MAX_LEARNERS_ON_PAGE", org=course_key.org)


def read_table(course_key: CourseKey, selection: Selection) -> LearnerTable:
    """Return the learners of a course below the limit. Raises TooManyLearners, and InvalidSelection or UnknownColumn."""
    columns = check_selection(course_key, selection)
    if selection.is_filtered:
        require_small(course_key)
    rows = read_sorted(course_key, columns=columns, selection=selection)
    keys = [column.key for column in columns]
    return LearnerTable(columns=columns, learners=tuple(dict(zip(keys, map(json_cell, row), strict=True)) for row in rows))


def read_sorted(course_key: CourseKey, *, columns: Sequence[Column], selection: Selection) -> list[Row]:
    """Return the learners of a small course, a row of cells each, in the order that the selection asks for.

    Text is ordered without regard to case, and empty cells come last either way.
    """
    limit = learners_limit(course_key)
    begun = queries.read_learners(course_key, columns=columns, selection=selection, batch_size=limit, most=limit)
    with closing(begun) as batches:
        rows = [row for batch in batches for row in zip(*batch, strict=True)]
    if len(rows) >= limit:
        require_small(course_key)
    key = selection.sort.removeprefix("-")
    if not key:
        return rows
    place = [column.key for column in columns].index(key)
    filled = [row for row in rows if row[place] != ""]
    empty = [row for row in rows if row[place] == ""]
    filled.sort(key=lambda row: _sort_key(row[place]), reverse=selection.sort.startswith("-"))
    return [*filled, *empty]


def check_selection(course_key: CourseKey, selection: Selection) -> tuple[Column, ...]:
    """Return the columns that a selection names. Raises UnknownColumn or InvalidSelection for what this course lacks.

    A filter needs its column to be offered, so that one kept private cannot be found out by asking.
    """
    there = offered_columns.offered_columns(course_key)
    columns = offered_columns.choose_columns(course_key, selection.columns, among=there)
    if selection.sort and selection.sort.removeprefix("-") not in {column.key for column in columns}:
        raise InvalidSelection(_("The table can only be ordered by one of its columns."))
    offered = {column.key for column in there}
    if selection.usernames and "username" in configuration.private_columns(course_key.org):
        raise InvalidSelection(_("Usernames are not shown in this course's learner data."))
    if selection.activity and selection.activity not in presets.offered(course_key.org):
        if selection.activity == "joined_7":
            raise InvalidSelection(_("Dates of enrollment are not shown in this course's learner data."))
        raise InvalidSelection(_("Activity is not shown in this course's learner data."))
    if selection.enrollment_mode and "enrollment_mode" not in offered:
        raise InvalidSelection(_("Enrollment tracks are not shown in this course's learner data."))
    cohorts = platform_api.CourseUserGroup.objects.filter(course_id=course_key, name=selection.cohort)
    if selection.cohort and not _names_group("cohort" in offered, selection.cohort, groups.UNASSIGNED, cohorts):
        raise InvalidSelection(_("There is no such cohort in this course."))
    teams = platform_api.CourseTeam.objects.filter(course_id=course_key, name=selection.team)
    if selection.team and not _names_group("team" in offered, selection.team, groups.UNAVAILABLE, teams):
        raise InvalidSelection(_("There is no such team in this course."))
    return columns


def require_small(course_key: CourseKey) -> None:
    """Raise TooManyLearners unless the course has fewer active enrollments than the limit (1 query)."""
    count, limit = queries.count_learners(course_key), learners_limit(course_key)
    if count >= limit:
        raise TooManyLearners(count=count, limit=limit)


def json_cell(cell: Any) -> Any:
    """Return a cell that JSON can hold, with the text that the files have: half of a surrogate pair becomes ``?``."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if cell is None or isinstance(cell, (int, float, date)):
        return cell
    return encoded(cell if isinstance(cell, str) else str(cell)).decode()


def _names_group(offered: bool, name: str, none_name: str, groups: QuerySet) -> bool:
    return offered and (name == none_name or groups.exists())


def _sort_key(cell: Any) -> tuple[int, Any]:
    # As the page sorts, whose language compares the halves of surrogate pairs.
    return (1, cell.lower().encode("utf-16-be", "surrogatepass")) if isinstance(cell, str) else (0, cell)
