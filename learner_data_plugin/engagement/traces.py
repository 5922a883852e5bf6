"""What the platform's other tables tell of learners: days on which they were there, and near values for the time before events.

Completions and states of blocks keep when they began and when they last changed, nothing between: what is found is true, and
what is not found may have been there all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.db.models.functions import TruncDate
from opaque_keys.edx.keys import CourseKey

from ..platform import api as platform_api
from .periods import Period


class Accounts:
    """Some accounts of a course: those of some enrollments, whose account numbers lie between a first and a last one."""

    def __init__(self, course_key: CourseKey, enrollments: QuerySet, *, first: int, last: int) -> None:
        self.course_key = course_key
        self._enrollments = enrollments
        self._first, self._last = first, last

    @classmethod
    def between(cls, course_key: CourseKey, first: int, last: int) -> Accounts:
        """Return those who ever enrolled in a course, of a range of account numbers."""
        enrollments = platform_api.CourseEnrollment.objects.filter(course_id=course_key)
        return cls(course_key, enrollments.filter(user_id__gte=first, user_id__lte=last), first=first, last=last)

    def rows_of(self, model: type[Model], user_field: str = "user_id") -> QuerySet:
        """Return a model's rows that belong to these accounts.

        The range says nothing new; it keeps MariaDB from going through the whole of a small table.
        """
        rows = model._default_manager.filter(**{f"{user_field}__in": self._enrollments.order_by().values("user_id")})
        rows = rows.filter(**{f"{user_field}__gte": self._first, f"{user_field}__lte": self._last})
        return platform_api.use_read_replica_if_available(rows.order_by())


def active_days(accounts: Accounts, period: Period) -> Iterator[tuple[int, date]]:
    """Yield account and day for each day of a period of which a course goal or a completion tells (3 queries).

    Days of course goals are those of the learner's own time zone.
    """
    goals = accounts.rows_of(platform_api.UserActivity).filter(
        course_key=accounts.course_key, date__range=(period.first, period.last)
    )
    yield from goals.values_list("user_id", "date")
    # Completed first in the period, last in the period: each through the index on account, course and last change.
    completions = _completions(accounts, period)
    changed = completions.filter(modified__lt=period.end)
    yield from changed.values_list("user_id", _day("modified")).distinct()
    created = completions.filter(created__gte=period.start, created__lt=period.end)
    yield from created.values_list("user_id", _day("created")).distinct()


def videos(accounts: Accounts, period: Period) -> Iterator[tuple[int, str]]:
    """Yield account and block id of each video that was first completed or first begun in a period (2 queries).

    A completion counts, and where there is none the learner's state in the video, which is there from the first time it played.
    """
    completions = _completions(accounts, period).filter(
        block_type="video", created__gte=period.start, created__lt=period.end
    )
    for user_id, key in completions.values_list("user_id", "block_key"):
        yield user_id, key.block_id
    states = _states(accounts, "video").filter(created__gte=period.start, created__lt=period.end)
    for user_id, key in states.values_list("student_id", "module_state_key"):
        yield user_id, key.block_id


def last_subsections(accounts: Accounts, period: Period) -> dict[int, str]:
    """Return the usage key of the subsection that each account was in last, where that was in the period (1 query).

    Whoever moved on to another one later is missing: only the latest position is kept.
    """
    latest: dict[int, tuple[datetime, str]] = {}
    states = _states(accounts, "sequential").filter(modified__gte=period.start)
    for user_id, modified, key in states.values_list("student_id", "modified", "module_state_key"):
        latest[user_id] = max(latest.get(user_id, (modified, str(key))), (modified, str(key)))
    return {user_id: key for user_id, (modified, key) in latest.items() if modified < period.end}


def _completions(accounts: Accounts, period: Period) -> QuerySet:
    """Completions that changed since a period began, and so all that belong to it."""
    completions: Any = accounts.rows_of(platform_api.BlockCompletion)
    return completions.filter(context_key=accounts.course_key, modified__gte=period.start)


def _states(accounts: Accounts, module_type: str) -> QuerySet:
    states = accounts.rows_of(platform_api.StudentModule, "student_id")
    return states.filter(course_id=accounts.course_key, module_type=module_type)


def _day(field: str) -> TruncDate:
    return TruncDate(field, tzinfo=UTC)
