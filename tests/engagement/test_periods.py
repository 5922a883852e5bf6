"""Days and weeks, UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from learner_data_plugin.engagement.periods import Period, midnight, monday_of, weeks

SUNDAY, MONDAY, TUESDAY = date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 10)


@pytest.mark.parametrize(
    ("first", "last", "mondays"),
    [
        (MONDAY, MONDAY, [MONDAY]),
        (SUNDAY, SUNDAY, [date(2026, 3, 2)]),
        (SUNDAY, MONDAY, [date(2026, 3, 2), MONDAY]),
        (TUESDAY, date(2026, 3, 16), [MONDAY, date(2026, 3, 16)]),
        (TUESDAY, date(2026, 3, 15), [MONDAY]),
        (MONDAY, SUNDAY, []),
    ],
)
def test_weeks_are_those_that_hold_the_days(first, last, mondays):
    found = list(weeks(first, last))
    assert [week.first for week in found] == mondays
    assert all(week == Period.week_until(week.last) and len(week.days) == 7 for week in found)


@pytest.mark.parametrize("day", [MONDAY, TUESDAY, date(2026, 3, 15)])
def test_a_week_begins_on_monday(day):
    assert monday_of(day) == MONDAY


def test_a_period_ends_where_the_next_day_begins():
    period = Period(SUNDAY, TUESDAY)
    assert (period.start, period.end) == (datetime(2026, 3, 8, tzinfo=UTC), midnight(date(2026, 3, 11)))
    assert period.days == [SUNDAY, MONDAY, TUESDAY]


def test_each_day_of_a_period_has_a_bit_and_others_have_none():
    period = Period(MONDAY, TUESDAY)
    assert [period.bit(day) for day in (SUNDAY, MONDAY, TUESDAY, date(2026, 3, 11))] == [0, 1, 2, 0]
