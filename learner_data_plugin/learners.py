"""The learners enrolled in a course, read in batches: a few queries each, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import category, normalize

from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from . import configuration, learner_cells, platform_api
from .columns import Column, get_column
from .data import Selection
from .row_order import KeyedBatch
from .spreadsheets import Batch
from .stored_rows import Rows, read_batches, read_rows, sort_bytes


def count_learners(course_key: CourseKey, selection: Selection | None = None) -> int:
    """Count active enrollments, those of the course team included, as if nothing was searched for (1 query)."""
    return _enrollments(course_key, selection or Selection()).count()


def read_learners(
    course_key: CourseKey, *, columns: Sequence[Column], selection: Selection, batch_size: int, expected: int
) -> Iterator[KeyedBatch]:
    """Yield the learners with an active enrollment, each once, with the bytes that sort as the database sorts usernames.

    Missing values are ``""``. ``expected`` is about how many there are. Per batch there is 1 query each for the stored
    values, verification, cohort, team and program.
    """
    enrollments, search = _enrollments(course_key, selection), _Search(course_key, selection)
    fields = _fields(columns, search)
    key = sort_bytes(enrollments, "user__username")
    for part, rows in read_batches(enrollments, (*fields, key), batch_size=batch_size, expected=expected):
        if found := search.among(rows, first=1):
            _ids, *stored, keys = zip(*found, strict=True)
            values: learner_cells.Values = dict(zip(fields, stored, strict=True))
            yield keys, _cells(course_key, columns, part, values)


def read_few(
    course_key: CourseKey, *, columns: Sequence[Column], selection: Selection, most: int
) -> list[tuple[Any, ...]]:
    """Return the learners as rows of cells, ordered by username; queries as for one batch.

    Of a course with more than ``most`` learners only so many are looked at.
    """
    enrollments, search = _enrollments(course_key, selection), _Search(course_key, selection)
    fields = _fields(columns, search)
    found = search.among(read_rows(enrollments.order_by("user__username"), fields, most=most))
    if not found:
        return []
    values: learner_cells.Values = dict(zip(fields, zip(*found, strict=True), strict=True))
    return list(zip(*_cells(course_key, columns, enrollments, values), strict=True))


class _Search:
    """Looks for a text in usernames, names and addresses, without regard to case and accents.

    Not the database, of which each has rules of its own: a view of the page, which is searched there, and its export are to
    hold the same learners. What is private is not searched, or searching would tell it.
    """

    def __init__(self, course_key: CourseKey, selection: Selection) -> None:
        self._wanted = _folded(selection.search)
        self.paths: tuple[str, ...] = ()
        if self._wanted:
            private = configuration.private_columns(course_key.org)
            searched = [get_column(key) for key in ("username", "email", "name") if key not in private]
            self.paths = tuple(column.path for column in searched if column.path)

    def among(self, rows: Rows, *, first: int = 0) -> Rows:
        """Return the rows of those looked for; the values at ``paths`` begin at the place ``first`` in each."""
        if not self._wanted:
            return rows
        searched = slice(first, first + len(self.paths))
        return [row for row in rows if any(self._wanted in _folded(value or "") for value in row[searched])]


def _folded(text: str) -> str:
    return "".join(letter for letter in normalize("NFD", text.lower()) if not category(letter).startswith("M"))


def _fields(columns: Sequence[Column], search: _Search) -> tuple[str, ...]:
    return (*search.paths, *(path for path in learner_cells.fields_for(columns) if path not in search.paths))


def _cells(
    course_key: CourseKey, columns: Sequence[Column], enrollments: QuerySet, values: learner_cells.Values
) -> Batch:
    return learner_cells.cells(learner_cells.StoredBatch(course_key, enrollments, values), columns)


def _enrollments(course_key: CourseKey, selection: Selection) -> QuerySet:
    enrollments = platform_api.use_read_replica_if_available(
        platform_api.CourseEnrollment.objects.filter(course_id=course_key, is_active=True)
    )
    if selection.enrollment_mode:
        enrollments = enrollments.filter(mode=selection.enrollment_mode)
    if selection.cohort:
        members = learner_cells.cohort_members().filter(courseusergroup__course_id=course_key)
        enrollments = _in_group(
            enrollments, members, "courseusergroup__name", selection.cohort, learner_cells.UNASSIGNED
        )
    if selection.team:
        members = learner_cells.team_members().filter(team__course_id=course_key)
        enrollments = _in_group(enrollments, members, "team__name", selection.team, learner_cells.UNAVAILABLE)
    return enrollments


def _in_group(enrollments: QuerySet, members: QuerySet, name_field: str, name: str, none_name: str) -> QuerySet:
    if name == none_name:
        return enrollments.exclude(user_id__in=members.values("user_id"))
    return enrollments.filter(user_id__in=members.filter(**{name_field: name}).values("user_id"))
