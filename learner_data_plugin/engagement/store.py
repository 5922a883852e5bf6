"""Reading what learners did, from the tables that events are written to.

All functions take a course and an interval of days (UTC, both ends belong to it). ``users`` narrows them to a ``range`` of
account numbers, to a collection of them, or (None) not at all. Rows come in the order of account numbers, streamed, with one
query however many there are; several rows of one account stand together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeAlias

from django.db.models import Case, Count, ExpressionWrapper, F, IntegerField, Max, Q, QuerySet, Sum, When
from django.db.models.functions import Cast
from opaque_keys.edx.keys import CourseKey

from ..models import EngagementItem, LearnerDay, LearnerDayItem
from ..platform import api as platform_api
from ..platform.batches import AS_IT_COMES, Among
from .coverage import Known, known_days, known_periods, known_since
from .facts import PROBLEM_KINDS, Kind

__all__ = [
    "ActiveDay",
    "Counts",
    "Known",
    "Problem",
    "Users",
    "Video",
    "active_days",
    "addresses",
    "counts",
    "days_and_subsections",
    "known_days",
    "known_periods",
    "known_since",
    "problems",
    "videos",
]

Users: TypeAlias = "range | Collection[int] | None"


_FEW_DAYS = 31
_ITEMS = 1 << 32
"""More than there are numbers of items."""


class ActiveDay(NamedTuple):
    """An account was active on a day."""

    user_id: int
    day: date


class Counts(NamedTuple):
    """What an account did in the interval. Problems are those told by events, see :func:`problems`."""

    user_id: int
    problems_attempted: int
    problem_attempts: int
    problems_correct: int
    videos: int
    threads: int
    responses: int
    comments: int
    pages: int


class Problem(NamedTuple):
    """An account's submissions to a problem on a day; ``key`` is its usage key, or what else an event called it."""

    user_id: int
    day: date
    key: str
    attempts: int
    is_correct: bool


class Video(NamedTuple):
    """An account played a video; ``key`` is its block id."""

    user_id: int
    key: str


def active_days(course_key: CourseKey, *, first: date, last: date, users: Users = None) -> Iterator[ActiveDay]:
    """Yield the days on which each account was active, by account and day."""
    days = _of_users(_within(LearnerDay, course_key, first, last), users).order_by("user_id", "day")
    yield from (ActiveDay(*row) for row in days.values_list("user_id", "day").iterator())


def days_and_subsections(
    course_key: CourseKey, *, first: date, last: date, users: Users = None
) -> Iterator[tuple[int, int, int]]:
    """Yield account, its active days as a bit for each of the interval, and the subsection it had open last, in no order.

    The subsection is the number of an item, see :func:`addresses`; 0 for none.
    """
    days = _of_users(_within(LearnerDay, course_key, first, last), users).order_by().values("user_id")
    each = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    bit = Case(*(When(day=day, then=1 << place) for place, day in enumerate(each)), output_field=IntegerField())
    # An account has one row a day, so the last day with a subsection tells the last one opened.
    opened = ExpressionWrapper(bit * _ITEMS + F("subsection_id"), output_field=AS_IT_COMES)
    # A sum is a decimal number in MySQL.
    active = ExpressionWrapper(Cast(Sum(bit), IntegerField()), output_field=AS_IT_COMES)
    found = days.annotate(days=active, opened=Max(opened, filter=Q(subsection_moment__gt=0)))
    for user_id, bits_of_days, latest in found.values_list("user_id", "days", "opened").iterator():
        yield user_id, bits_of_days, latest % _ITEMS if latest else 0


def addresses(items: Collection[int]) -> dict[int, str]:
    """Return the usage key, or the path from an old tracking log, of each of these subsections (1 query)."""
    return dict(EngagementItem.objects.filter(pk__in=items).values_list("pk", "key"))


def counts(course_key: CourseKey, *, first: date, last: date, users: Users = None) -> Iterator[Counts]:
    """Yield what each account did that reports count; accounts that only visited are missing.

    For a collection of accounts their days are read first (2 queries): the index on course, day and account then leads to them.
    """
    items = _of_users(_within(LearnerDayItem, course_key, first, last), users).values("user_id").order_by("user_id")
    if users is not None and not isinstance(users, range):
        days = _of_users(_within(LearnerDay, course_key, first, last), users).values_list("day", flat=True)
        items = items.filter(day__in=list(days.order_by().distinct()))
    numbers = items.annotate(
        problems_attempted=_items_of(*PROBLEM_KINDS),
        problem_attempts=_events_of(*PROBLEM_KINDS),
        problems_correct=_items_of(Kind.PROBLEM_SOLVED),
        videos=_items_of(Kind.VIDEO),
        threads=_events_of(Kind.THREAD),
        responses=_events_of(Kind.RESPONSE),
        comments=_events_of(Kind.COMMENT),
        pages=_events_of(Kind.PAGE),
    )
    yield from (Counts(*row) for row in numbers.values_list(*Counts._fields).iterator())


def problems(course_key: CourseKey, *, first: date, last: date, users: Users = None) -> Iterator[Problem]:
    """Yield the problems that each account tried, by account and day, for days of which the history of answers is not there."""
    items = _of_users(_within(LearnerDayItem, course_key, first, last), users).filter(kind__in=PROBLEM_KINDS)
    tried = items.values("user_id", "day", "item__key").annotate(attempts=Count("id"), best=Max("kind"))
    rows = tried.order_by("user_id", "day", "item_id").values_list("user_id", "day", "item__key", "attempts", "best")
    yield from (
        Problem(user_id, day, key, attempts, best == Kind.PROBLEM_SOLVED)
        for user_id, day, key, attempts, best in rows.iterator()
    )


def videos(course_key: CourseKey, *, first: date, last: date, users: Users = None) -> Iterator[Video]:
    """Yield the videos that each account played, each once, for days of which other tables may know more."""
    items = _of_users(_within(LearnerDayItem, course_key, first, last), users).filter(kind=Kind.VIDEO)
    rows = items.order_by("user_id").values_list("user_id", "item__key").distinct()
    yield from (Video(*row) for row in rows.iterator())


def _within(model: Any, course_key: CourseKey, first: date, last: date) -> QuerySet:
    days = (last - first).days + 1
    # A range of accounts is found through the index on course, day and account only where each day is named.
    within: dict[str, Any] = {"day__gte": first, "day__lte": last}
    if 0 < days <= _FEW_DAYS:
        within = {"day__in": [first + timedelta(days=place) for place in range(days)]}
    rows = model.objects.filter(course__course_id=course_key, **within)
    return platform_api.use_read_replica_if_available(rows)


def _of_users(rows: QuerySet, users: Users) -> QuerySet:
    if users is None:
        return rows
    if isinstance(users, range):
        return rows.filter(user_id__gte=users.start, user_id__lt=users.stop)
    return rows.filter(Among("user_id", users))


def _of(kinds: tuple[Kind, ...]) -> Q | None:
    return Q(kind__in=kinds) if kinds else None


def _items_of(*kinds: Kind) -> Count:
    return Count("item_id", distinct=True, filter=_of(kinds), output_field=AS_IT_COMES)


def _events_of(*kinds: Kind) -> Count:
    return Count("id", filter=_of(kinds), output_field=AS_IT_COMES)
