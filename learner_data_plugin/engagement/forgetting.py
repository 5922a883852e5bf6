"""Deleting what learners did: of accounts that go, and of days that have been kept for long enough."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from .. import configuration
from ..models import EngagementCourse, LastAnswers, LearnerDay, LearnerDayItem
from . import answers

_DAYS_AT_ONCE = 200


def forget_learner(user_id: int) -> int:
    """Delete all that an account did; returns on how many days it was active. Harmless to repeat."""
    days = defaultdict(list)
    for course_id, day in LearnerDay.objects.filter(user_id=user_id).order_by("day").values_list("course_id", "day"):
        days[course_id].append(day)
    for course_id, of_course in days.items():
        for start in range(0, len(of_course), _DAYS_AT_ONCE):
            part = of_course[start : start + _DAYS_AT_ONCE]
            LearnerDayItem.objects.filter(course_id=course_id, day__in=part, user_id=user_id).delete()
    LastAnswers.objects.filter(user_id=user_id).delete()
    LearnerDay.objects.filter(user_id=user_id).delete()  # last, since they say where the others are
    return sum(map(len, days.values()))


def forget_old_days(now: datetime) -> int:
    """Delete what is older than the sites of the courses keep it; returns how many days of how many courses.

    One day of a course goes at a time, so that nobody who records has to wait for long.
    """
    return sum(_forget_days_of(course, now) for course in EngagementCourse.objects.order_by("id"))


def _forget_days_of(course: EngagementCourse, now: datetime) -> int:
    kept = configuration.days("ENGAGEMENT_RETENTION_DAYS", org=course.course_id.org)
    limit = now.astimezone(UTC).date() - timedelta(days=kept) if kept else date.min
    answers.forget_old_days(course.pk, kept_since=limit)
    if not kept:
        return 0
    old = LearnerDay.objects.filter(course=course, day__lt=limit).order_by("day").values_list("day", flat=True).distinct()
    days = list(old)
    if days or course.forgotten_before is None or course.forgotten_before < limit:
        # Before the rows, so that no report takes a day half deleted for a day of which all is known.
        EngagementCourse.objects.filter(pk=course.pk).update(forgotten_before=limit)
    for day in days:
        LearnerDayItem.objects.filter(course=course, day=day).delete()
        LearnerDay.objects.filter(course=course, day=day).delete()
    return len(days)
