"""What happens over time: when those who are enrolled joined, and how many of them were active in each of the last weeks."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Model, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from opaque_keys.edx.keys import CourseKey

from . import learners, platform_api, small_groups
from .data import Chart, ChartKind, ChartRow

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WEEKS = 12
"""ISO weeks shown, the running one included."""

LONGEST_IN_WEEKS = 60
"""Courses whose enrollments lie further apart than so many weeks are shown by month."""

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class _Source:
    """A table that tells who was active when.

    ``moment`` is a date, or the moment in UTC of the last change of a row; an earlier change of the same row is not kept.
    """

    model: type[Model]
    course: str
    learner: str
    moment: str
    keeps_days: bool
    description: str | _StrPromise


_SOURCES = (
    _Source(
        platform_api.UserActivity,
        "course_key",
        "user_id",
        "date",
        True,
        gettext_lazy(
            "Source: the days on which learners opened a page of the course, which the platform records for course goals."
        ),
    ),
    # Read for each enrolled learner through the index on user, course and moment.
    _Source(
        platform_api.BlockCompletion,
        "context_key",
        "user_id",
        "modified",
        False,
        gettext_lazy(
            "Source: completion of units. Each unit counts for the week in which it was last completed, so weeks in which "
            "learners only went through earlier ones are understated."
        ),
    ),
    _Source(
        platform_api.StudentModule,
        "course_id",
        "student_id",
        "modified",
        False,
        gettext_lazy(
            "Source: learners' saved answers and positions. Of each only the last change is kept, so earlier weeks are "
            "understated."
        ),
    ),
)


def read_active_chart(course_key: CourseKey, *, minimum: int) -> Chart:
    """Return how many of those enrolled were active in each week (2 queries; up to 4 where nothing was recorded).

    The first source that has anything counts; it is named in the description.
    """
    everyone = learners.count_learners(course_key)
    today = datetime.now(UTC).date()
    this_week = today - timedelta(days=today.weekday())
    weeks = [this_week - _WEEK * back for back in reversed(range(WEEKS))]
    explained = _("Learners who are enrolled now and were active at least once in a week (Monday to Sunday, UTC).")
    rows: tuple[ChartRow, ...] = ()
    note = _("No activity was recorded in the last {weeks} weeks.").format(weeks=WEEKS)
    for source in _SOURCES:
        counts = _count_active(course_key, source, weeks)
        if any(counts):
            explained = f"{explained} {source.description}"
            rows = tuple(_week_row(week, count, everyone, minimum) for week, count in zip(weeks, counts, strict=True))
            rows = (*rows[:-1], _so_far(rows[-1]))
            note = _active_note(rows, minimum)
            break
    return Chart("active_learners", _("Active learners per week"), explained, ChartKind.COLUMNS, rows, note)


def read_enrollments_chart(course_key: CourseKey, *, minimum: int) -> Chart:
    """Return the growth of those enrolled now by the date on which they first enrolled (1 query).

    Neighbouring weeks or months with few enrollments make one period. An enrollment without a date counts for the first one.
    """
    days = _count_by_day(course_key)
    starts = _period_starts([day for day in days if day is not None])
    counts: Counter[date] = Counter()
    for day, number in days.items() if starts else ():
        counts[starts[0] if day is None else starts[bisect_right(starts, day) - 1]] += number
    periods = small_groups.merge_neighbours([counts[start] for start in starts[:-1]], minimum=minimum)
    note = _("Periods with fewer than {minimum} enrollments are joined to the next one.").format(
        minimum=small_groups.least_size(minimum)
    )
    if not days:
        note = _("Nobody is enrolled.")
    elif not periods:
        note = _("Not shown: too few learners have enrolled on a known date.")
    return Chart(
        "enrollments",
        _("Enrollments over time"),
        _("Learners who are enrolled now, by the date on which they first enrolled (UTC)."),
        ChartKind.AREA,
        tuple(_period_rows(starts, counts, periods)),
        note,
    )


def _enrollments(course_key: CourseKey) -> QuerySet:
    return platform_api.CourseEnrollment.objects.filter(course_id=course_key, is_active=True).order_by()


def _count_active(course_key: CourseKey, source: _Source, weeks: list[date]) -> list[int]:
    """Distinct learners in each week, in one pass; the weeks' limits are values, so the database converts no time zones."""

    def limit(day: date) -> date:
        return day if source.keeps_days else datetime.combine(day, time(), UTC)

    def within(first: date, end: date) -> dict[str, Any]:
        return {f"{source.moment}__gte": limit(first), f"{source.moment}__lt": limit(end)}

    manager = source.model._default_manager
    rows = manager.filter(**{source.course: course_key}, **within(weeks[0], weeks[-1] + _WEEK)).order_by()
    rows = rows.filter(**{f"{source.learner}__in": _enrollments(course_key).values("user_id")})
    rows = platform_api.use_read_replica_if_available(rows)
    counts = {
        f"week_{place}": Count(source.learner, distinct=True, filter=Q(**within(week, week + _WEEK)))
        for place, week in enumerate(weeks)
    }
    return list(rows.aggregate(**counts).values())


def _week_row(week: date, count: int, everyone: int, minimum: int) -> ChartRow:
    label = _day(week)
    if not small_groups.is_telling(count, of=everyone, minimum=minimum):
        return ChartRow(week.isoformat(), label, count, count / everyone if everyone else None)
    least = small_groups.least_size(minimum)
    if count < least:
        return ChartRow(week.isoformat(), label, None, None, mark=f"<{least}", drawn=0)
    return ChartRow(week.isoformat(), label, None, None, mark=f">{number_format(everyone - least)}", drawn=everyone)


def _so_far(row: ChartRow) -> ChartRow:
    return ChartRow(row.key, _("{week} (so far)").format(week=row.label), row.count, row.share, row.mark, True, row.drawn)


def _active_note(rows: tuple[ChartRow, ...], minimum: int) -> str:
    if all(row.count is not None for row in rows):
        return ""
    return _(
        "Where fewer than {minimum} learners were active, or fewer than {minimum} were not, the number is not shown."
    ).format(minimum=small_groups.least_size(minimum))


def _count_by_day(course_key: CourseKey) -> dict[date | None, int]:
    # The date in UTC, in which the platform's databases hold moments: MariaDB needs no time zone tables for it.
    days = _enrollments(course_key).values_list(TruncDate("created", tzinfo=UTC)).annotate(number=Count("id"))
    return dict(platform_api.use_read_replica_if_available(days))


def _period_starts(days: list[date]) -> list[date]:
    """First days of all weeks (or months) from the first day to the last, and of the one after."""
    if not days:
        return []
    first, last = min(days), max(days)
    if last - first <= _WEEK * LONGEST_IN_WEEKS:
        monday = first - timedelta(days=first.weekday())
        return [monday + _WEEK * place for place in range((last - monday).days // 7 + 2)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _period_rows(starts: list[date], counts: Counter[date], periods: list[range]) -> list[ChartRow]:
    rows, total = [], 0
    everyone = sum(counts.values())
    for period in periods:
        first, end = starts[period.start], starts[period.stop]
        last = end - timedelta(days=1)
        count = sum(counts[starts[place]] for place in period)
        total += count
        rows.append(
            ChartRow(
                key=f"{first.isoformat()}/{last.isoformat()}",
                label=f"{_day(first)} – {_day(last)}",
                count=count,
                share=count / everyone,
                drawn=total,
                place=(end - starts[0]) / (starts[-1] - starts[0]),
            )
        )
    return rows


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
