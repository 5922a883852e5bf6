"""The learners enrolled in a course, read in batches: a few queries each, however many there are."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from . import configuration, learner_cells, platform_api
from .columns import Column, get_column
from .data import Selection
from .stored_rows import read_rows

Batch = list[Sequence[Any]]
"""Some learners, column by column: one sequence of cells for each column asked for, all of one length."""

ORDER_SLICE = 100_000
"""Learners whose order is fixed by one query: 8 bytes each are held, and the database sorts once per slice."""

_CHUNK = 2_000


def count_learners(course_key: CourseKey, selection: Selection | None = None) -> int:
    """Count active enrollments, those of the course team included (1 query)."""
    return _enrollments(course_key, selection or Selection()).count()


def read_learners(
    course_key: CourseKey, *, columns: Sequence[Column], selection: Selection, batch_size: int
) -> Iterator[Batch]:
    """Yield the learners with an active enrollment, ordered by username as the database sorts.

    Each learner comes once: nobody who stays enrolled is dropped or repeated when others come and go meanwhile. Missing values
    are ``""``. Per batch there are 1 query for the stored values, 4 for verification, 1 each for cohort, team and program.
    """
    fields = learner_cells.fields_for(columns)
    for ids in ordered_batches(_enrollments(course_key, selection), "id", "user__username", batch_size):
        stored = _all_enrollments(course_key).filter(is_active=True, id__in=ids)
        by_id = {row[0]: row for row in read_rows(stored, "id", *fields)}
        # Someone who left since the order was read is gone.
        rows = [by_id[enrollment_id] for enrollment_id in ids if enrollment_id in by_id]
        if rows:
            values: learner_cells.Values = dict(zip(("enrollment_id", *fields), zip(*rows, strict=True), strict=True))
            yield learner_cells.cells(course_key, columns, values)


def ordered_batches(queryset: QuerySet, key: str, order: str, batch_size: int) -> Iterator[list[int]]:
    """Yield values of the integer field ``key`` in the order of the unique field ``order``.

    Keyset pages, because a page by offset repeats and drops rows that move, and a cursor of the server would hold a
    connection open. The database sorts ORDER_SLICE rows at a time: sorting for every batch would cost the square.
    """
    after = None
    while True:
        page = queryset if after is None else queryset.filter(**{f"{order}__gt": after})
        keys = array("q")
        rows = page.order_by(order).values_list(key, order)[:ORDER_SLICE]
        for found, place in rows.iterator(chunk_size=_CHUNK):
            keys.append(found)
            after = place
        for start in range(0, len(keys), batch_size):
            yield keys[start : start + batch_size].tolist()
        if len(keys) < ORDER_SLICE:
            return


def _all_enrollments(course_key: CourseKey) -> QuerySet:
    return platform_api.use_read_replica_if_available(platform_api.CourseEnrollment.objects.filter(course_id=course_key))


def _enrollments(course_key: CourseKey, selection: Selection) -> QuerySet:
    enrollments = _all_enrollments(course_key).filter(is_active=True)
    if selection.enrollment_mode:
        enrollments = enrollments.filter(mode=selection.enrollment_mode)
    if selection.search:
        enrollments = enrollments.filter(_matches(selection.search, configuration.private_columns(course_key.org)))
    if selection.cohort:
        members = learner_cells.cohort_members(course_key)
        enrollments = _in_group(
            enrollments, members, "courseusergroup__name", selection.cohort, learner_cells.UNASSIGNED
        )
    if selection.team:
        members = learner_cells.team_members(course_key)
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
