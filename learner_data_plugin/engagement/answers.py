"""On which of the last days learners answered problems, kept so that who tries and fails is found quickly.

A day and kind of answer is a row of LearnerDayItem, so that one statement enters it with the answer. It stands under a number of
its own, away from the course's items: of those a large course has a million in two weeks.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Max, QuerySet

from ..models import NO_ITEM, LearnerDayItem
from .facts import PROBLEM_KINDS, Kind
from .periods import DAY, today

DAYS = 14
"""Whoever tried problems in so many days, today included, and none of them correctly, is struggling."""


def number_of(course: int) -> int:
    """Return the number under which days of answers stand, of the course of this number."""
    return -course


def are_kept_of(day: date, kind: Kind | None) -> bool:
    """Whether an event of this kind and day (UTC) is an answer whose day is kept."""
    return kind in PROBLEM_KINDS and day >= _first_day()


def row_of(place: tuple[int, date, int], kind: Kind) -> tuple[int, date, int, int, int, int]:
    """Return the row that says that answers of this kind were given: by which account, on which day, in which course."""
    course, day, user_id = place
    return number_of(course), day, user_id, int(kind), NO_ITEM, 0


def struggling(course: int) -> QuerySet[LearnerDayItem]:
    """Return the accounts that are struggling in the course of this number, as a query of ``user_id``."""
    first = _first_day()
    days = [first + number * DAY for number in range(DAYS + 1)]  # a clock ahead of ours gives tomorrow's day
    answered = LearnerDayItem.objects.filter(course_id=number_of(course), day__in=days).order_by().values("user_id")
    return answered.annotate(best=Max("kind")).filter(best=Kind.PROBLEM_TRIED).values("user_id")


def forget_old_days(course: int) -> None:
    """Delete the days that nobody asks for any more, of the course of this number (1 query)."""
    LearnerDayItem.objects.filter(course_id=number_of(course), day__lt=_first_day()).delete()


def _first_day() -> date:
    return today() - timedelta(days=DAYS - 1)
