"""Who was enrolled in a course at a moment, from the history that the platform keeps of enrollments."""

from __future__ import annotations

from array import array
from datetime import datetime

from django.db.models import Case, CharField, Max, Min, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from opaque_keys.edx.keys import CourseKey

from ..platform import api as platform_api
from ..platform.batches import AS_IT_COMES, Rows, read_batches

_CREATED, _CHANGED, _DELETED = "0", "1", "2"
"""Kinds of change, in the order in which they happen where several are of one moment."""


def user_ids_enrolled(course_key: CourseKey, *, before: datetime, batch_size: int) -> array[int]:
    """Return the accounts that were enrolled just before a moment, in order: 8 bytes each.

    The last change before the moment says it. An enrollment without any change before counts from its creation on, if it is
    active now or if what is kept of its history begins later with a change: then the earlier part was removed. 2 queries a
    batch of enrollments and 3 besides.
    """
    enrollments = platform_api.use_read_replica_if_available(
        platform_api.CourseEnrollment.objects.filter(course_id=course_key)
    )
    found = array("q")
    was_there = Q(created=None) | Q(created__lt=before)
    # Not the moment itself: reading it would take longer than all the rest.
    fields = ("user_id", _is(Q(is_active=True)), _is(was_there))
    for part, rows in read_batches(enrollments, fields, batch_size=batch_size, expected=enrollments.count()):
        history = platform_api.enrollment_history().filter(
            id__in=part.values("id"), id__gte=rows[0][0], id__lte=rows[-1][0]
        )
        was_active = _states(history, rows, before)
        found.extend(user_id for pk, user_id, _is_active, _was_there in rows if was_active[pk])
    return array("q", sorted(found))


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=AS_IT_COMES)


def _states(history: QuerySet, rows: Rows, moment: datetime) -> dict[int, bool]:
    """Whether each enrollment was active just before a moment; the rows are what enrollments are now, and were there then."""
    changes = {pk: (last, following) for pk, last, following in _changes_around(history, moment)}
    states, unclear = {}, []
    for pk, _user_id, is_active, was_there in rows:
        last, following = changes.get(pk, (None, None))
        if last is not None:
            states[pk] = last.endswith("1") and last[-2] != _DELETED
            if states[pk] and not is_active and following is None:
                unclear.append(pk)
        elif following is not None:
            states[pk] = bool(was_there) and following[-2] != _CREATED
        else:
            states[pk] = bool(was_there and is_active)
    for pk in _left_at_the_same_moment(history, unclear, moment):
        states[pk] = False
    return states


def _changes_around(history: QuerySet, moment: datetime) -> QuerySet:
    """The last change of each enrollment before a moment and the first one after.

    Each is a text that sorts by time and kind and ends with the kind and whether the enrollment was active from then on: the
    database finds them, and its moments need not be read.
    """
    kinds = {"+": _CREATED, "~": _CHANGED, "-": _DELETED}
    kind = Case(*(When(history_type=given, then=Value(kind)) for given, kind in kinds.items()), default=Value(_CHANGED))
    state = Case(When(is_active=True, then=Value("1")), default=Value("0"))
    # A blank sorts before the point of a second's fraction, which SQLite stores only where there is one.
    change = Concat(Cast("history_date", CharField(max_length=32)), Value(" "), kind, state, output_field=CharField())
    around = history.order_by().values("id").annotate(
        last=Max(change, filter=Q(history_date__lt=moment)), following=Min(change, filter=Q(history_date__gte=moment))
    )
    return around.values_list("id", "last", "following")


def _left_at_the_same_moment(history: QuerySet, pks: list[int], moment: datetime) -> set[int]:
    """Those of some enrollments whose last change has another of the same moment and kind beside it, to inactive.

    Which of two was the last is not stored; that the enrollment is inactive says it. Some clocks stand still.
    """
    if not pks:
        return set()
    latest: dict[int, tuple[tuple[datetime, int], set[bool]]] = {}
    changes = history.filter(id__in=pks, history_date__lt=moment).order_by()
    for pk, date, kind, is_active in changes.values_list("id", "history_date", "history_type", "is_active"):
        place = (date, "+~-".find(kind))
        if pk not in latest or place > latest[pk][0]:
            latest[pk] = (place, set())
        if place == latest[pk][0]:
            latest[pk][1].add(is_active)
    return {pk for pk, (_latest, states) in latest.items() if len(states) > 1}
