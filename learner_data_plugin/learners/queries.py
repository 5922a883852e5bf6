"""The learners enrolled in a course, read in batches by a few queries, however many there are."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from ..columns import groups
from ..columns.base import Column, LearnerBatch, fields_for
from ..data import Selection
from ..engagement.presets import filter_by_activity
from ..export.base import Batch
from ..models import Erasure
from ..platform import api as platform_api
from ..platform.batches import Rows
from ..platform.streaming import begun_at_once, read_in_order
from .chosen import USERNAME, Chosen


def count_learners(course_key: CourseKey, selection: Selection | None = None) -> int:
    """Count active enrollments, those of the course team included, as if nothing was searched for (1 query)."""
    return enrollments_of(course_key, selection or Selection()).count()


def count_by_track(course_key: CourseKey) -> dict[str, int]:
    """Count active enrollments by the slug of their track (1 query)."""
    counted = enrollments_of(course_key, Selection()).order_by().values_list("mode").annotate(number=Count("id"))
    return dict(counted)


@begun_at_once
def read_learners(
    course_key: CourseKey, *, columns: Sequence[Column], selection: Selection, batch_size: int, most: int | None = None
) -> Generator[Batch]:
    """Yield the learners with an active enrollment, each once, ordered by username as the database sorts.

    Of a course with more than ``most`` learners only so many are looked at. There is 1 query for the stored values, which the
    database begins when this is called, and those of columns that are computed.
    """
    enrollments, chosen = enrollments_of(course_key, selection), Chosen(course_key, selection)
    if most is not None:
        enrollments = present(enrollments)
    fields = fields_for(columns, more=(*chosen.fields, USERNAME))
    rows = enrollments.order_by(USERNAME).values_list(*fields)[:most]
    with closing(read_in_order(rows, size=batch_size)) as reading:
        yield []
        memory = {read: read(enrollments) for read in {column.ahead for column in columns} if read is not None}
        for part in reading:
            if found := chosen.among(_not_retired(part, fields.index(USERNAME)), fields):
                values = dict(zip(fields, zip(*found, strict=True), strict=True))
                batch = LearnerBatch(course_key, enrollments, values, memory)
                yield [column.cells(batch) for column in columns]


def read_these(course_key: CourseKey, enrollment_ids: Sequence[int], *, columns: Sequence[Column]) -> list[tuple[Any, ...]]:
    """Return the learners of these enrollments as rows of cells, in the order given; queries as for one batch.

    Who has left or was erased since the enrollments were found is left out.
    """
    enrollments = enrollments_of(course_key, Selection()).filter(pk__in=enrollment_ids)
    fields = ("id", *fields_for(columns))
    stored = {row[0]: row for row in present(enrollments).values_list(*fields)}
    found = [stored[pk] for pk in enrollment_ids if pk in stored]
    if not found:
        return []
    batch = LearnerBatch(course_key, enrollments, dict(zip(fields, zip(*found, strict=True), strict=True)))
    return list(zip(*(column.cells(batch) for column in columns), strict=True))


def _not_retired(rows: Rows, username: int) -> Rows:
    prefix = platform_api.retired_username_prefix()
    return [row for row in rows if not row[username].startswith(prefix)]


def enrollments_of(course_key: CourseKey, selection: Selection) -> QuerySet:
    """Return the active enrollments that a selection keeps, as if nothing was searched for.

    Perhaps a few more: the database may take other names for the same.
    """
    return ever_enrolled_of(course_key, selection).filter(is_active=True)


def departed_of(course_key: CourseKey, selection: Selection) -> QuerySet:
    """Return the enrollments of those who are not enrolled any more, by the track, cohort and team that are stored of them."""
    return ever_enrolled_of(course_key, selection).filter(is_active=False)


def ever_enrolled_of(course_key: CourseKey, selection: Selection) -> QuerySet:
    """Return the enrollments that a selection keeps, of those who are enrolled and of those who left."""
    enrollments = platform_api.use_read_replica_if_available(
        platform_api.CourseEnrollment.objects.filter(course_id=course_key)
    )
    if selection.usernames:
        enrollments = enrollments.filter(user__username__in=selection.usernames)
    if selection.enrollment_mode:
        enrollments = enrollments.filter(mode=selection.enrollment_mode)
    for members, group, name, none in (
        (groups.cohort_members(), "courseusergroup", selection.cohort, groups.UNASSIGNED),
        (groups.team_members(), "team", selection.team, groups.UNAVAILABLE),
    ):
        if name:
            here = members.filter(**{f"{group}__course_id": course_key})
            found = Q(user_id__in=here.filter(**{f"{group}__name": name}).values("user_id"))
            enrollments = enrollments.filter(found | ~Q(user_id__in=here.values("user_id")) if name == none else found)
    if selection.team not in ("", groups.UNAVAILABLE):  # those who are in the team, and not shown in an earlier one
        enrollments = enrollments.alias(shown_team=groups.TEAM).filter(shown_team=selection.team)
    if selection.activity:
        enrollments = filter_by_activity(enrollments, course_key, selection.activity)
    return enrollments


def present(enrollments: QuerySet) -> QuerySet:
    """Leave out accounts that were erased, or that the platform has retired.

    It keeps their enrollments, and their goals, language and level of education. Reports look for them batch by batch.
    """
    prefix = platform_api.retired_username_prefix()
    # Joining the accounts would have the database read each; the first of the two conditions is found in an index.
    retired = get_user_model().objects.filter(username__istartswith=prefix, username__startswith=prefix)
    remaining = enrollments.exclude(user_id__in=Erasure.objects.values("user_id"))
    return remaining.exclude(user_id__in=retired.values("id"))
