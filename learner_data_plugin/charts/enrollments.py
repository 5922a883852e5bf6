"""When those who are enrolled joined."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..data import Chart, ChartKind, ChartRow

LONGEST_IN_WEEKS = 60
"""Courses whose enrollments lie further apart than so many weeks are shown by month."""

LONGEST_IN_DAYS = 40 * 365
"""What is recorded as longer ago counts for the first period."""

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Period:
    """So many joined from the first day to the last (ISO dates), and ``total`` until its end; ``left`` have left since.

    ``first`` is None where it is not told when the first of them joined; ``left`` where that is not.
    """

    first: str | None
    last: str
    count: int
    total: int
    left: int | None = None


def periods(days: Mapping[str, int], left: Mapping[str, int]) -> list[Period]:
    """Return the weeks (or months) from the first date on which somebody joined to the last.

    An enrollment without a date ('') counts for the first period. There is none without any date.
    """
    starts = _starts([date.fromisoformat(day) for day in days if day])
    if not starts:
        return []
    joined, gone = _by_period(days, starts), _by_period(left, starts)
    found, total = [], 0
    for place in range(len(starts) - 1):
        total += joined[place]
        last = starts[place + 1] - timedelta(days=1)
        found.append(Period(starts[place].isoformat(), last.isoformat(), joined[place], total, gone[place]))
    return found


def joined(periods: Iterable[Period], *, minimum: int) -> list[Period]:
    """Join periods in which fewer than the minimum joined to the next one, and at the end to the one before.

    There is none where all of it is too little.
    """
    found: list[Period] = []
    open_period: Period | None = None
    for period in periods:
        open_period = _join(open_period, period) if open_period else period
        if open_period.count >= minimum:
            found.append(open_period)
            open_period = None
    while open_period is not None and found:  # more than once where numbers are changed, and the last one is below zero
        open_period = _join(found.pop(), open_period)
        if open_period.count >= minimum:
            return [*found, open_period]
    return found


def draw(periods: Sequence[Period], *, enrolled: int | None, note: str = "") -> Chart:
    """Return the chart of these periods."""
    explained = _("Learners who are enrolled now, by the date on which they first enrolled (UTC).")
    return Chart(
        "enrollments", _("Enrollments over time"), explained, ChartKind.AREA, tuple(_rows(periods, enrolled)), note
    )


def label(period: Period) -> str:
    """The days of a period in words."""
    last = date_format(date.fromisoformat(period.last), "DATE_FORMAT")
    if period.first is None:
        return _("Until {day}").format(day=last)
    return f"{date_format(date.fromisoformat(period.first), 'DATE_FORMAT')} – {last}"


def _join(earlier: Period, later: Period) -> Period:
    return replace(later, first=earlier.first, count=earlier.count + later.count)


def _by_period(days: Mapping[str, int], starts: Sequence[date]) -> Counter[int]:
    """Learners by the place of their period; those from before the first one or without a date are in the first."""
    counts: Counter[int] = Counter()
    for day, number in days.items():
        place = bisect_right(starts, date.fromisoformat(day)) - 1 if day else 0
        counts[min(max(place, 0), len(starts) - 2)] += number
    return counts


def _starts(days: list[date]) -> list[date]:
    """First days of all weeks (or months) from the first day to the last, and of the one after."""
    if not days:
        return []
    last = min(max(days), date(9998, 12, 31))
    first = max(min(days), date.fromordinal(max(1, last.toordinal() - LONGEST_IN_DAYS)))
    if last - first <= _WEEK * LONGEST_IN_WEEKS:
        monday = first - timedelta(days=first.weekday())
        return [monday + _WEEK * place for place in range((last - monday).days // 7 + 2)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _rows(periods: Sequence[Period], enrolled: int | None) -> list[ChartRow]:
    if not periods:
        return []
    last_days = [date.fromisoformat(period.last) for period in periods]
    first = periods[0].first
    begin = date.fromisoformat(first) - timedelta(days=1) if first else last_days[0] - _WEEK
    span = (last_days[-1] - begin).days
    return [
        ChartRow(
            key=f"{period.first or '..'}/{period.last}",
            label=label(period),
            count=period.count,
            share=min(1.0, period.count / enrolled) if enrolled else None,
            drawn=period.total,
            place=(last - begin).days / span,
            left=period.left,
        )
        for period, last in zip(periods, last_days, strict=True)
    ]
