"""Counting a course for its charts: a few queries, however many learners and charts there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date
from typing import Any

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDate
from opaque_keys.edx.keys import CourseKey

from ..data import Selection
from ..learners import queries
from ..platform import api as platform_api
from . import activity, demographics
from .snapshots import Membership


@dataclass(frozen=True)
class Aggregates:
    """Exact counts of a course.

    ``groups`` has, for each chart, the learners of each group. ``days`` are those enrolled now by the date (ISO, UTC) on which
    they first enrolled, ``left`` those who have left; '' stands for no date. ``weeks`` are by chart.
    """

    enrolled: int
    groups: dict[str, dict[str, int]]
    days: dict[str, int]
    left: dict[str, int]
    weeks: dict[str, activity.Weeks]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Aggregates:
        weeks = {name: activity.Weeks(**of_chart) for name, of_chart in stored["weeks"].items()}
        return cls(**{**stored, "weeks": weeks})


def count(
    course_key: CourseKey, *, after: int, selection: Selection | None = None, seconds: float = activity.SECONDS
) -> tuple[Aggregates, Membership]:
    """Count a course, and who is enrolled up to the enrollment with the id ``after`` and since.

    2 queries, and those of :func:`engagement.weeks.read_weeks`. Of a ``selection``, a cohort or track, weeks are not counted.
    """
    groups: dict[str, Counter[str]] = {name: Counter() for name in demographics.SUBJECTS}
    days: Counter[str] = Counter()
    left: Counter[str] = Counter()
    earlier = newer = last_enrollment = 0
    for mode, day, is_active, number, number_newer, highest in _count_enrollments(course_key, after, selection):
        (days if is_active else left)[day.isoformat() if day else ""] += number
        last_enrollment = max(last_enrollment, highest)
        if is_active:
            groups["enrollment_track"][demographics.group_of("enrollment_track", mode)] += number
            newer += number_newer
            earlier += number - number_newer
    for name, counts in _count_answers(course_key, selection).items():
        groups[name] = counts
    aggregates = Aggregates(
        enrolled=earlier + newer,
        groups={name: dict(counts) for name, counts in groups.items()},
        days=dict(days),
        left=dict(left),
        weeks=activity.no_weeks() if selection else activity.count_weeks(course_key, seconds=seconds),
    )
    return aggregates, Membership(earlier, newer, last_enrollment)


def _count_enrollments(
    course_key: CourseKey, after: int, selection: Selection | None
) -> list[tuple[str, date | None, bool, int, int, int]]:
    enrollments = platform_api.CourseEnrollment.objects.filter(course_id=course_key).order_by()
    if selection:
        enrollments = queries.ever_enrolled_of(course_key, selection).order_by()
    # The date in UTC, in which the platform's databases hold moments: MariaDB needs no time zone tables for it.
    grouped = enrollments.values_list("mode", TruncDate("created", tzinfo=UTC), "is_active")
    counted = grouped.annotate(number=Count("id"), newer=Count("id", filter=Q(id__gt=after)), highest=Max("id"))
    return list(platform_api.use_read_replica_if_available(counted))


def _count_answers(course_key: CourseKey, selection: Selection | None) -> dict[str, Counter[str]]:
    """Learners by each answer of their profiles, in one query for all answers together: each learner is read once."""
    names = [name for name in demographics.SUBJECTS if name != "enrollment_track"]
    enrollments = queries.enrollments_of(course_key, selection or Selection()).order_by()
    paths = [demographics.SUBJECTS[name].path for name in names]
    grouped = enrollments.values_list(*paths).annotate(number=Count("id"))
    values: dict[str, Counter[Any]] = {name: Counter() for name in names}
    for *answers, number in platform_api.use_read_replica_if_available(grouped):
        for name, answer in zip(names, answers, strict=True):
            values[name][answer] += number
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for name, by_value in values.items():
        for answer, number in by_value.items():
            counts[name][demographics.group_of(name, answer)] += number
    return counts
