"""The rows of the engagement report: everyone who was enrolled at the end of a day or week, and what they did in it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery
from opaque_keys.edx.keys import CourseKey

from ..export.sorting import KeyedBatch
from ..platform import api as platform_api
from ..platform.batches import sort_bytes
from . import enrolled, store, traces
from .known import Known, read_known
from .periods import Period
from .tallies import Tallies, tally

_COUNTS = (
    "Unique Problems Attempted",
    "Total Problem Attempts",
    "Unique Problems Correct",
    "Unique Videos Played",
    "Discussion Posts",
    "Discussion Responses",
    "Discussion Comments",
    "Textbook Pages Viewed",
    "URL of Last Subsection Viewed",
)
HEADER_OF_DAY = ("Date", "Course ID", "Username", "Email", "Cohort", "Was Active", *_COUNTS)
HEADER_OF_WEEK = ("End Date", "Course ID", "Username", "Email", "Cohort", "Days Active This Week", *_COUNTS)

_BLANK = ""


def read_rows(course_key: CourseKey, period: Period, *, batch_size: int) -> Iterator[KeyedBatch]:
    """Yield one row for each account that was enrolled at the end of a period, with the bytes that sort by username.

    A batch holds the account ids and then the cells of each column of the header. What is not known is blank. Memory is that of
    two batches, and 41 bytes for each of those enrolled. Beside the queries for enrollments and for submissions there are 11
    for each batch.
    """
    user_ids = enrolled.user_ids_enrolled(course_key, before=period.end, batch_size=batch_size)
    if not user_ids:
        return
    known = read_known(course_key, period)
    tallies = tally(course_key, known, user_ids)
    for place in range(0, len(user_ids), batch_size):
        batch = _Batch(course_key, known, tallies, slice(place, place + batch_size))
        if batch.user_ids:
            yield batch.keys, batch.columns()


class _Batch:
    """Some of the accounts of a report, in the order of their numbers."""

    def __init__(self, course_key: CourseKey, known: Known, tallies: Tallies, places: slice) -> None:
        chosen = tallies.user_ids[places]
        self._course_key = course_key
        self._known = known
        self._accounts = traces.Accounts.between(course_key, chosen[0], chosen[-1])
        self._interval: dict[str, Any] = {
            "first": known.period.first,
            "last": known.period.last,
            "users": range(chosen[0], chosen[-1] + 1),
        }
        found = self._read_accounts()
        # An account that was deleted has no name to be shown by.
        kept = [place for place, user_id in enumerate(chosen) if user_id in found]
        self.user_ids = [chosen[place] for place in kept]
        self._names = [found[user_id] for user_id in self.user_ids]
        self.keys: list[bytes] = [key for _username, _email, key in self._names]
        self._tallied = {name: _pick(values[places], kept) for name, values in tallies.values.items()}
        self._days = _pick(tallies.days[places], kept)
        self._active_days: dict[int, int] = {}
        self._opened: dict[int, tuple[int, int]] = {}
        self._read_days()

    def columns(self) -> list[Sequence[Any]]:
        """Return the account ids and the cells of each column."""
        number, period = len(self.user_ids), self._known.period
        return [
            self.user_ids,
            [period.last.isoformat()] * number,
            [str(self._course_key)] * number,
            [username for username, _email, _key in self._names],
            [email for _username, email, _key in self._names],
            self._cohorts(),
            self._active(),
            *self._counted(),
            self._last_subsections(),
        ]

    def _read_accounts(self) -> dict[int, tuple[str, str, bytes]]:
        accounts = self._accounts.rows_of(get_user_model(), "id")
        rows = accounts.values_list("id", "username", "email", sort_bytes(accounts, "username"))
        return {user_id: (username, email, bytes(key)) for user_id, username, email, key in rows}

    def _read_days(self) -> None:
        """On which days each account was active, and the moment and number of the subsection that it had open last."""
        bits = {day: self._known.period.bit(day) for day in self._known.period.days}
        for user_id, day, item, moment in store.days_and_subsections(self._course_key, **self._interval):
            self._active_days[user_id] = self._active_days.get(user_id, 0) | bits[day]
            if item and (user_id not in self._opened or moment > self._opened[user_id][0]):
                self._opened[user_id] = (moment, item)

    def _cohorts(self) -> list[str]:
        group = platform_api.CourseUserGroup
        # The name is no join: MariaDB would at times begin with the groups, and read all their members for each batch.
        here = group.objects.filter(pk=OuterRef("courseusergroup_id"), course_id=self._course_key, group_type=group.COHORT)
        rows = self._accounts.rows_of(group.users.through).annotate(cohort=Subquery(here.values("name")))
        names = {user_id: name for user_id, name in rows.values_list("user_id", "cohort") if name is not None}
        return [names.get(user_id, _BLANK) for user_id in self.user_ids]

    def _active(self) -> list[int | str]:
        period = self._known.period
        days = dict(zip(self.user_ids, self._days, strict=True))
        for user_id, active in self._active_days.items():
            if user_id in days:
                days[user_id] |= active
        for user_id, day in traces.active_days(self._accounts, period):
            if user_id in days:
                days[user_id] |= period.bit(day)
        return self._cells([days[user_id].bit_count() for user_id in self.user_ids], is_known=self._known.events)

    def _counted(self) -> list[list[int | str]]:
        known, tallied = self._known, self._tallied
        counts = {found.user_id: found for found in store.counts(self._course_key, **self._interval)}
        of_problems = counts
        if (days := known.problem_events) is not None and days != known.period:
            interval = {**self._interval, "last": days.last}
            of_problems = {found.user_id: found for found in store.counts(self._course_key, **interval)}

        def told(name: str, found: dict[int, store.Counts], are_counted: bool = True) -> list[int]:
            return [getattr(found[user_id], name) if are_counted and user_id in found else 0 for user_id in self.user_ids]

        def added(name: str, numbers: list[int]) -> list[int]:
            return [one + other for one, other in zip(tallied[name], numbers, strict=True)]

        from_events, posts = days is not None, not known.posts_are_stored
        return [
            self._cells(added("attempted", told("problems_attempted", of_problems, from_events)), is_known=known.problems),
            self._cells(added("attempts", told("problem_attempts", of_problems, from_events)), is_known=known.problems),
            self._cells(added("correct", told("problems_correct", of_problems, from_events)), is_known=known.problems),
            self._cells(told("videos", counts) if known.events else self._videos(), is_known=known.events),
            self._cells(added("threads", told("threads", counts, posts)), is_known=known.posts),
            self._cells(added("responses", told("responses", counts, posts)), is_known=known.posts),
            self._cells(added("comments", told("comments", counts, posts)), is_known=known.posts),
            self._cells(told("pages", counts), is_known=known.events),
        ]

    def _videos(self) -> list[int]:
        """Videos of which events or, for want of them, other tables tell; each once."""
        seen: dict[int, set[str]] = {}
        others = traces.videos(self._accounts, self._known.period)
        for user_id, block_id in chain(store.videos(self._course_key, **self._interval), others):
            seen.setdefault(user_id, set()).add(block_id)
        return [len(seen.get(user_id, ())) for user_id in self.user_ids]

    def _last_subsections(self) -> list[str]:
        keys = store.addresses({item for _moment, item in self._opened.values()}) if self._opened else {}
        found = {user_id: keys[item] for user_id, (_moment, item) in self._opened.items() if item in keys}
        if not self._known.events:
            found = {**traces.last_subsections(self._accounts, self._known.period), **found}
        urls = {address: self._url(address) for address in set(found.values())}
        return [urls[found[user_id]] if user_id in found else _BLANK for user_id in self.user_ids]

    def _url(self, address: str) -> str:
        if address.startswith("/"):
            return platform_api.lms_root_url() + address
        return platform_api.subsection_url(self._course_key, address)

    def _cells(self, numbers: list[int], *, is_known: bool) -> list[int | str]:
        return list(numbers) if is_known else [number or _BLANK for number in numbers]


def _pick(values: array[int], places: list[int]) -> Sequence[int]:
    return values if len(places) == len(values) else [values[place] for place in places]
