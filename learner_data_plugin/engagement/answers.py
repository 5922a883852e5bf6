"""When learners last tried and solved problems, kept so that who tries and fails is found without a look at what they did.

Of that a large course has a million rows in two weeks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from ..models import NEVER, LastAnswers
from .facts import PROBLEM_KINDS, Kind
from .periods import DAY, today
from .statements import Table, later

DAYS = 14
"""Whoever tried problems in so many days, today included, and solved none of them, is struggling."""

TABLE = Table(
    LastAnswers, ("user_id", "course_id", "tried", "solved"), {"tried": later("tried"), "solved": later("solved")}
)


def rows_of(answers: Iterable[tuple[tuple[int, date, int], Kind]]) -> list[tuple[int, int, date, date]]:
    """Return the rows that answers make, given by place (course's number, day, account) and kind; other kinds make none.

    Nor do answers of days that are asked for no more. Rows come in an order that all writers have in common.
    """
    first = _first_day()
    latest: dict[tuple[int, int], dict[Kind, date]] = {}
    for (course, day, user_id), kind in answers:
        if day >= first and kind in PROBLEM_KINDS:
            days = latest.setdefault((user_id, course), {})
            days[kind] = max(day, days.get(kind, day))
    return [
        (*of, days.get(Kind.PROBLEM_TRIED, NEVER), days.get(Kind.PROBLEM_SOLVED, NEVER)) for of, days in sorted(latest.items())
    ]


def struggling() -> QuerySet[LastAnswers]:
    """Return the rows of the accounts that are struggling, in whichever course."""
    first = _first_day()
    return LastAnswers.objects.filter(tried__gte=first, solved__lt=first)


def forget_old_days(course: int, *, kept_since: date) -> None:
    """Delete what nobody asks for any more, and what is older than is kept, of the course of this number (1 to 3 queries)."""
    rows, asked_since = LastAnswers.objects.filter(course_id=course), _first_day()
    first = max(kept_since, asked_since)
    rows.filter(tried__lt=first, solved__lt=first).delete()
    if first > asked_since:
        rows.filter(tried__lt=first).update(tried=NEVER)
        rows.filter(solved__lt=first).update(solved=NEVER)


def _first_day() -> date:
    return today() - (DAYS - 1) * DAY
