"""Writing what events say to the tables of what learners do, so that the same again changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from ..models import LearnerDay, LearnerDayItem
from ..platform import api as platform_api
from . import answers, statements
from .batch import NOTHING_OPENED, Account, Batch, Opened, later
from .facts import PROBLEM_KINDS, Facts
from .numbers import CourseNumbers, ItemNumbers

_Place: TypeAlias = tuple[int, date, int]
"""Number of the course, day, account: how a learner's day is found."""

_Row: TypeAlias = tuple[Any, ...]
"""Values of a row, the first of them its place."""

_DAYS = statements.Table(
    LearnerDay,
    ("course_id", "day", "user_id", "subsection_id", "subsection_moment"),
    {  # MySQL does one after the other, so the moment comes last
        "subsection_id": (
            "CASE WHEN {new[subsection_moment]} >= {old[subsection_moment]} "
            "THEN {new[subsection_id]} ELSE {old[subsection_id]} END"
        ),
        "subsection_moment": statements.later("subsection_moment"),
    },
)
_VISITS = statements.Table(LearnerDay, _DAYS.columns)  # without a subsection, by which a row that is there stays as it is
_ITEMS = statements.Table(LearnerDayItem, ("course_id", "day", "user_id", "kind", "item_id", "mark"))
_MOST_IN_QUERY = 200  # of four lists SQLite takes 999 values


class LeftOut(NamedTuple):
    """What was not written: courses that are not on this site, and how many learners' days for their sake or the account's."""

    course_ids: set[str]
    days: int


class Writer:
    """Writes batches, and remembers under which numbers courses and items stand: one writer is to serve for long.

    ``waits_short`` where a learner waits, as for :func:`.statements.enter`.
    """

    def __init__(self, *, most_remembered: int = 20_000, waits_short: bool = False) -> None:
        self._courses = CourseNumbers()
        self._items = ItemNumbers(most_remembered=most_remembered, waits_short=waits_short)
        self._waits_short = waits_short

    def write_known(self, fact: Facts, *, is_day_written: bool, is_answer_written: bool) -> bool:
        """Write what one event says, the short way; False if the number of something is not remembered, and nothing is written.

        With ``is_day_written`` the database knows already that the learner was active on the day, with ``is_answer_written``
        that an answer of this kind was given.
        """
        course = self._courses.known(fact.course_id)
        if course is None or fact.user_id is None:
            return False
        place = (course, fact.day, fact.user_id)
        subsection, item = (self._items.known(fact.course_id, key) for key in (fact.subsection, fact.item))
        if subsection is None or item is None:
            return False
        is_day_new = not is_day_written or fact.subsection != ""
        day_rows = [(*place, subsection, fact.moment if fact.subsection else 0)] if is_day_new else ()
        item_rows = [(*place, int(fact.kind), item, fact.mark)] if fact.kind else ()
        answer_rows = answers.rows_of([(place, fact.kind)]) if fact.kind in PROBLEM_KINDS and not is_answer_written else ()
        self._enter(day_rows, item_rows, answer_rows)
        return True

    def write(self, batch: Batch, *, resolve_ties: bool = False, only_present: bool = False) -> LeftOut:
        """Write what is of courses and accounts of this site, in a transaction of its own, with one statement for each table.

        With ``resolve_ties`` the first in the alphabet stays of subsections opened at the same microsecond, as within a batch,
        in whatever order batches are written (1 query more for every 200 learners' days). With ``only_present`` accounts that
        are gone or retired are left out (1 query more for every 200 accounts).
        """
        days = {*batch.days, *(item.day for item in batch.items)}
        courses = self._courses.of({day.course_id for day in days})
        accounts = _accounts({day.account for day in days}, only_present=only_present)
        places = {
            day: (courses[day.course_id], day.day, accounts[day.account])
            for day in days
            if day.course_id in courses and day.account in accounts
        }
        opened: dict[_Place, Opened] = {}
        for day in batch.days.keys() & places.keys():
            place = places[day]
            opened[place] = later(opened.get(place, NOTHING_OPENED), batch.days[day])
        if resolve_ties:
            opened |= _of_the_same_moment(opened)
        counted = [(places[item.day], item) for item in batch.items if item.day in places]
        named = {(place[0], last.subsection) for place, last in opened.items()} | {
            (place[0], item.key) for place, item in counted
        }
        items = self._items.of({number: course_id for course_id, number in courses.items()}, named)
        day_rows = _mixed((*place, items[place[0], last.subsection], last.moment) for place, last in opened.items())
        item_rows = {(*place, int(item.kind), items[place[0], item.key], item.mark) for place, item in counted}
        answer_rows = answers.rows_of((place, item.kind) for place, item in counted)
        self._enter(day_rows, _mixed(item_rows), answer_rows)
        return LeftOut({day.course_id for day in days} - courses.keys(), len(days) - len(places))

    def _enter(self, days: Sequence[_Row], items: Sequence[_Row], of_answers: Sequence[_Row]) -> None:
        of_days = _DAYS if any(row[-1] for row in days) else _VISITS
        statements.enter((of_days, days), (_ITEMS, items), (answers.TABLE, of_answers), waits_short=self._waits_short)


def _mixed(rows: Iterable[_Row]) -> list[_Row]:
    """Return rows in an order that all writers have in common, so that few wait for each other crosswise, and no index has.

    InnoDB takes rows that follow each other for the last ones to come, and leaves the pages that it divides half empty.
    """
    return sorted(rows, key=lambda row: hash((row[0], row[1].toordinal(), *row[2:])))


def _accounts(given: Collection[Account], *, only_present: bool) -> dict[Account, int]:
    """The number of each account; ``only_present`` False: numbers are taken as they are."""
    accounts: dict[Account, int] = {}
    for names in _parts([account for account in given if isinstance(account, str)]):
        accounts.update(platform_api.account_numbers(names))
    for numbers in _parts([account for account in given if isinstance(account, int)]):
        accounts |= {number: number for number in (platform_api.present_accounts(numbers) if only_present else numbers)}
    return accounts


def _parts(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _MOST_IN_QUERY):
        yield values[start : start + _MOST_IN_QUERY]


def _of_the_same_moment(opened: Mapping[_Place, Opened]) -> dict[_Place, Opened]:
    """What the database has for the same microsecond, where that is to stay."""
    found = {}
    places = sorted(place for place, last in opened.items() if last.subsection)
    for part in _parts(places):
        rows = LearnerDay.objects.using(statements.alias_of(LearnerDay)).filter(
            course_id__in={place[0] for place in part},
            day__in={place[1] for place in part},
            user_id__in={place[2] for place in part},
            subsection_moment__in={opened[place].moment for place in part},
        )
        for *place, moment, key in rows.values_list("course_id", "day", "user_id", "subsection_moment", "subsection__key"):
            there = Opened(moment, key)
            if (last := opened.get(tuple(place))) and last.moment == moment and later(there, last) == there:
                found[tuple(place)] = there
    return found
