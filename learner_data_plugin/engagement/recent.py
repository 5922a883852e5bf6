"""On which days some learners were active, asked of all sources at once: what was recorded, course goals and completions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date

from django.db.models import DateField, Max, QuerySet
from django.db.models.functions import Cast, TruncDate
from opaque_keys.edx.keys import CourseKey

from ..models import LearnerDay
from ..platform import api as platform_api
from ..platform.batches import Among
from . import answers
from .periods import Period


def active_days(course_key: CourseKey, user_ids: Collection[int], period: Period) -> dict[int, set[date]]:
    """Return the days (UTC) of a period on which each of these accounts is known to have been active (1 query)."""
    recorded, goals, completions = _sources(course_key, user_ids)
    interval = (period.first, period.last)
    completed = completions.filter(modified__gte=period.start)
    rows = (
        recorded.filter(day__range=interval).values_list("user_id", _as_date("day")),
        goals.filter(date__range=interval).values_list("user_id", _as_date("date")),
        completed.filter(modified__lt=period.end).values_list("user_id", _day("modified")),
        completed.filter(created__gte=period.start, created__lt=period.end).values_list("user_id", _day("created")),
    )
    days: dict[int, set[date]] = {}
    for user_id, day in rows[0].union(*rows[1:]):
        days.setdefault(user_id, set()).add(day)
    return days


def last_active(course_key: CourseKey, user_ids: Collection[int]) -> dict[int, date]:
    """Return the last day (UTC) on which each of these accounts is known to have been active (1 query)."""
    recorded, goals, completions = _sources(course_key, user_ids)
    rows = (
        recorded.values_list("user_id").annotate(last=Cast(Max("day"), DateField())),
        goals.values_list("user_id").annotate(last=Cast(Max("date"), DateField())),
        completions.values_list("user_id").annotate(last=Max(_day("modified"))),
    )
    latest: dict[int, date] = {}
    for user_id, day in rows[0].union(*rows[1:], all=True):
        latest[user_id] = max(day, latest.get(user_id, day))
    return latest


def struggling(course_key: CourseKey, user_ids: Collection[int]) -> set[int]:
    """Return those of these accounts that tried problems lately, and none correctly; see :mod:`.answers` (1 query)."""
    found = answers.struggling().filter(course__course_id=course_key, user_id__in=user_ids)
    return set(found.values_list("user_id", flat=True))


def _sources(course_key: CourseKey, user_ids: Collection[int]) -> tuple[QuerySet, QuerySet, QuerySet]:
    these = Among("user_id", user_ids)
    recorded = LearnerDay.objects.filter(these, course__course_id=course_key)
    goals = platform_api.UserActivity.objects.filter(these, course_key=course_key)
    completions = platform_api.BlockCompletion.objects.filter(these, context_key=course_key)
    return recorded.order_by(), goals.order_by(), completions.order_by()


def _as_date(field: str) -> Cast:
    return Cast(field, DateField())


def _day(field: str) -> TruncDate:
    return TruncDate(field, tzinfo=UTC)
