"""When those who are enrolled joined."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from learner_data_plugin.charts import enrollments
from learner_data_plugin.charts.enrollments import Period


def rows(days, left=None):
    return enrollments.draw(enrollments.periods(days, left or {}), enrolled=sum(days.values())).rows


def test_weeks_add_up_to_those_enrolled():
    found = rows({"2026-03-04": 20, "2026-03-15": 12, "2026-03-16": 15})
    assert [(row.key, row.count, row.drawn) for row in found] == [
        ("2026-03-02/2026-03-08", 20, 20),
        ("2026-03-09/2026-03-15", 12, 32),
        ("2026-03-16/2026-03-22", 15, 47),
    ]
    assert found[0].label == "March 2, 2026 – March 8, 2026"
    assert [row.place for row in found] == [pytest.approx(1 / 3), pytest.approx(2 / 3), 1]
    assert sum(row.share for row in found) == pytest.approx(1)


def test_a_week_in_which_nobody_joined_is_there_as_well():
    assert [row.count for row in rows({"2026-03-04": 20, "2026-03-16": 1})] == [20, 0, 1]


def test_who_left_is_counted_in_the_period_in_which_they_joined():
    left = {"": 1, "2025-01-01": 1, "2026-03-10": 4, "2027-01-01": 2}
    assert [row.left for row in rows({"2026-03-04": 20, "2026-03-16": 15}, left)] == [2, 4, 2]


def test_years_are_shown_by_month():
    assert [(row.key, row.count) for row in rows({"2024-12-04": 20, "2026-02-28": 30}) if row.count] == [
        ("2024-12-01/2024-12-31", 20),
        ("2026-02-01/2026-02-28", 30),
    ]


def test_a_date_that_cannot_be_does_not_make_a_period_for_each_month_since():
    found = rows({"0001-01-01": 1, "2026-03-04": 20})
    assert len(found) < 500
    assert (found[0].count, found[-1].count) == (1, 20)


def test_enrollments_without_a_date_count_from_the_start():
    [row] = rows({"": 5, "2026-03-04": 20})
    assert row.count == 25


@pytest.mark.parametrize("days", [{}, {"": 30}])
def test_without_dates_there_are_no_periods(days):
    assert rows(days) == ()


def test_when_the_first_joined_need_not_be_told():
    periods = [Period(None, "2026-03-08", 20, 20), Period("2026-03-09", "2026-03-15", 12, 32)]
    found = enrollments.draw(periods, enrolled=32).rows
    assert [(row.key, row.label) for row in found] == [
        ("../2026-03-08", "Until March 8, 2026"),
        ("2026-03-09/2026-03-15", "March 9, 2026 – March 15, 2026"),
    ]
    assert [row.place for row in found] == [0.5, 1]


class TestJoined:
    def joined(self, counts):
        first, total, given = date(2026, 3, 2), 0, []
        for place, count in enumerate(counts):
            total += count
            start = first + timedelta(weeks=place)
            given.append(Period(start.isoformat(), (start + timedelta(days=6)).isoformat(), count, total))
        places = {period.last: place for place, period in enumerate(given)}
        found = enrollments.joined(given, minimum=10)
        assert [period.first for period in found][:1] in ([], ["2026-03-02"])
        assert found == [] or found[-1].total == total
        return [(places[period.last], period.count) for period in found]

    def test_few_are_joined_to_the_next_period(self):
        assert self.joined([12, 3, 4, 5, 30]) == [(0, 12), (3, 12), (4, 30)]

    def test_few_at_the_end_are_joined_to_the_period_before(self):
        assert self.joined([12, 30, 2]) == [(0, 12), (2, 32)]

    def test_fewer_than_nobody_at_the_end_take_as_many_periods_as_they_need(self):
        assert self.joined([12, 11, -2]) == [(2, 21)]

    def test_too_few_of_all(self):
        assert self.joined([3, 0, 4]) == []
        assert self.joined([]) == []
