"""The learners enrolled in a course, read in batches: a few queries each, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from . import configuration, learner_cells, platform_api
from .columns import Column, get_column
from .data import Selection
from .row_order import KeyedBatch
from .spreadsheets import Batch
from .stored_rows import read_batches, read_rows, sort_bytes


def count_learners(course_key: CourseKey, selection: Selection | None = None) -> int:
    """Count active enrollments, those of the course team included (1 query)."""
    return _enrollments(course_key, selection or Selection()).count()


def read_learners(
    course_key: CourseKey, *, columns: Sequence[Column], selection: Selection, batch_size: int
) -> Iterator[KeyedBatch]:
    """Yield the learners with an active enrollment, each once, with the bytes that sort as the database sorts usernames.

    Missing values are ``""``. Per batch there is 1 query each for the stored values, verification, cohort, team and program.
    """
    enrollments = _enrollments(course_key, selection)
    fields = (sort_bytes(enrollments, "user__username"), *learner_cells.fields_for(columns))
    for part, rows in read_batches(enrollments, fields, batch_size=batch_size):
        _ids, keys, *stored = zip(*rows, strict=True)
        yield keys, _cells(course_key, columns, part, stored)


def read_few(
    course_key: CourseKey, *, columns: Sequence[Column], selection: Selection, most: int
) -> list[tuple[Any, ...]]:
    """Return the learners as rows of cells, ordered by username, at most ``most`` of them; queries as for one batch."""
    enrollments = _enrollments(course_key, selection)
    fields = learner_cells.fields_for(columns)
    stored = list(zip(*read_rows(enrollments.order_by("user__username"), fields, most=most), strict=True))
    return list(zip(*_cells(course_key, columns, enrollments, stored), strict=True)) if stored else []


def _cells(
    course_key: CourseKey, columns: Sequence[Column], enrollments: QuerySet, stored: Sequence[Sequence[Any]]
) -> Batch:
    values = dict(zip(learner_cells.fields_for(columns), stored, strict=True))
    return learner_cells.cells(learner_cells.StoredBatch(course_key, enrollments, values), columns)


def _enrollments(course_key: CourseKey, selection: Selection) -> QuerySet:
    enrollments = platform_api.use_read_replica_if_available(
        platform_api.CourseEnrollment.objects.filter(course_id=course_key, is_active=True)
    )
    if selection.enrollment_mode:
        enrollments = enrollments.filter(mode=selection.enrollment_mode)
    if selection.search:
        enrollments = enrollments.filter(_matches(selection.search, configuration.private_columns(course_key.org)))
    if selection.cohort:
        members = learner_cells.cohort_members().filter(courseusergroup__course_id=course_key)
        enrollments = _in_group(
            enrollments, members, "courseusergroup__name", selection.cohort, learner_cells.UNASSIGNED
        )
    if selection.team:
        members = learner_cells.team_members().filter(team__course_id=course_key)
        enrollments = _in_group(enrollments, members, "team__name", selection.team, learner_cells.UNAVAILABLE)
    return enrollments


def _matches(text: str, private: frozenset[str]) -> Q:
    """Part of a name or address; what is private is not searched, or searching would tell it."""
    searched = [get_column(key) for key in ("username", "email", "name") if key not in private]
    matches = [Q(**{f"{column.path}__icontains": text}) for column in searched]
    return reduce(or_, matches) if matches else Q(pk__in=())


def _in_group(enrollments: QuerySet, members: QuerySet, name_field: str, name: str, none_name: str) -> QuerySet:
    if name == none_name:
        return enrollments.exclude(user_id__in=members.values("user_id"))
    return enrollments.filter(user_id__in=members.filter(**{name_field: name}).values("user_id"))
