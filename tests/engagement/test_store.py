from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from learner_data_plugin.engagement import store
from learner_data_plugin.engagement.batch import Batch
from learner_data_plugin.engagement.facts import Facts, Kind
from learner_data_plugin.engagement.writing import Writer
from tests import factories

MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=6)
WEEK = {"first": MONDAY, "last": SUNDAY}
READS = (store.active_days, store.counts, store.problems, store.days_and_subsections)


@pytest.fixture
def did(course_key: Any) -> Any:
    """Writes what learners did, given as (account, days after Monday, kind, item) and further values of Facts."""

    def write(*rows: tuple[Any, ...], course: Any = course_key, **values: Any) -> None:
        batch = Batch()
        for number, (user_id, days, *rest) in enumerate(rows):
            kind, item = [*rest, None, ""][:2]
            mark = 0 if kind in (None, Kind.VIDEO) else number + 1
            day = MONDAY + timedelta(days=days)
            batch.add(Facts(user_id, "x", str(course), day, 1, kind, item, mark)._replace(**values))
        Writer().write(batch)

    return write


def test_active_days_come_by_account_and_day(course_key, did):
    did((9, 0), (7, 6), (7, 1), (7, 7), (8, -1))
    rows = list(store.active_days(course_key, **WEEK))
    assert rows == [(7, MONDAY + timedelta(days=1)), (7, SUNDAY), (9, MONDAY)]


def test_counts_unique_items_of_the_interval_and_all_events(course_key, did):
    did(
        (7, 0, Kind.PROBLEM_TRIED, "p1"),
        (7, 1, Kind.PROBLEM_SOLVED, "p1"),
        (7, 1, Kind.PROBLEM_TRIED, "p1"),
        (7, 2, Kind.PROBLEM_TRIED, "p2"),
        (7, 0, Kind.VIDEO, "v1"),
        (7, 1, Kind.VIDEO, "v1"),
        (7, 1, Kind.VIDEO, "v2"),
        (7, 1, Kind.THREAD),
        (7, 1, Kind.THREAD),
        (7, 1, Kind.RESPONSE),
        (7, 1, Kind.COMMENT),
        (7, 1, Kind.PAGE),
        (7, 3, Kind.PAGE),
        (7, 3, Kind.PAGE),
        (7, 7, Kind.PAGE),
        (5, 0, Kind.PAGE),
        (6, 0),
    )
    assert list(store.counts(course_key, **WEEK)) == [
        (5, 0, 0, 0, 0, 0, 0, 0, 1),
        (7, 2, 4, 1, 2, 2, 1, 1, 3),
    ]


def test_problems_come_by_account_day_and_problem(course_key, did):
    did(
        (8, 0, Kind.PROBLEM_TRIED, "p1"),
        (7, 1, Kind.PROBLEM_TRIED, "p1"),
        (7, 1, Kind.PROBLEM_SOLVED, "p1"),
        (7, 1, Kind.PROBLEM_TRIED, "p1"),
        (7, 0, Kind.PROBLEM_TRIED, "p1"),
        (7, 0, Kind.VIDEO, "v1"),
    )
    assert list(store.problems(course_key, **WEEK)) == [
        (7, MONDAY, "p1", 1, False),
        (7, MONDAY + timedelta(days=1), "p1", 3, True),
        (8, MONDAY, "p1", 1, False),
    ]


def test_days_and_the_subsection_of_the_last_day_with_one(course_key, did):
    """The one that is entered first has the lower number: it is not by numbers that they are told apart."""
    did((9, 6), moment=15, subsection="s3")
    did((7, 2), moment=20, subsection="s2")
    did((7, 0), moment=10, subsection="s1")
    did((7, 3), (8, 0))
    did((9, 7), moment=30, subsection="s4")
    found = sorted(store.days_and_subsections(course_key, **WEEK))
    assert [(user_id, days) for user_id, days, _opened in found] == [(7, 0b1101), (8, 0b1), (9, 0b1000000)]
    opened = [number for _user_id, _days, number in found]
    keys = store.addresses(opened)
    assert [keys.get(number) for number in opened] == ["s2", None, "s3"]


@pytest.mark.parametrize(
    ("users", "expected"), [(None, [7, 8, 9]), (range(7, 9), [7, 8]), (range(8, 8), []), ([9, 7], [7, 9]), ([], [])]
)
def test_reads_only_the_users_asked_for(users, expected, course_key, did):
    did(*((user_id, 0, Kind.PROBLEM_SOLVED, "p") for user_id in (9, 8, 7)))
    did(*((user_id, 0) for user_id in (9, 8, 7)), subsection="s")
    for read in READS:
        assert sorted(row[0] for row in read(course_key, **WEEK, users=users)) == expected


def test_reads_only_the_course_asked_for(course_key, did):
    other = factories.make_course()
    did((7, 0, Kind.VIDEO, "v"), course=other)
    for read in READS:
        assert not list(read(course_key, **WEEK))


def test_each_read_is_one_query(course_key, did, django_assert_num_queries):
    did(*((user_id, 0, Kind.PROBLEM_SOLVED, "p") for user_id in range(1, 400)), subsection="s")
    for read in READS:
        with django_assert_num_queries(1):
            assert len(list(read(course_key, **WEEK, users=range(1, 300)))) == 299
