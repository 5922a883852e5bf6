"""What the learners of a report did, counted and kept in arrays: 45 bytes a learner, with the account."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from itertools import chain
from typing import Any

from opaque_keys.edx.keys import CourseKey

from . import forum, problems, store, traces
from .known import Known
from .periods import Period

COUNTED = ("attempted", "attempts", "correct", "videos", "threads", "responses", "comments", "pages")

_OF_PROBLEMS = {"attempted": "problems_attempted", "attempts": "problem_attempts", "correct": "problems_correct"}
_OF_POSTS = {name: name for name in ("threads", "responses", "comments")}
"""Counts, and what :class:`store.Counts` calls them."""


class Tallies:
    """What some accounts did in a period of eight days at most.

    ``user_ids`` are those accounts, in order; every value has the place of its account. ``days`` are the days on which they
    were active, a bit for each of the period's. ``subsections`` are the numbers of those they had open last; ``addresses``
    holds them in this order.
    """

    def __init__(self, user_ids: array[int]) -> None:
        self.user_ids = user_ids
        number = len(user_ids)
        self.values = {name: array("I", bytes(4 * number)) for name in COUNTED}
        self.days = array("B", bytes(number))
        self.subsections = array("I", bytes(4 * number))
        self.addresses = {"": 0}

    def place(self, user_id: int) -> int | None:
        """The place of an account; None if it is not among these."""
        place = bisect_left(self.user_ids, user_id)
        return place if place < len(self.user_ids) and self.user_ids[place] == user_id else None

    def add(self, user_id: int, *, days: int = 0, **counts: int) -> None:
        """Add to an account's counts and days; other accounts are left out."""
        place = self.place(user_id)
        if place is None:
            return
        self.days[place] |= days
        for name, number in counts.items():
            self.values[name][place] += number


def tally(course_key: CourseKey, known: Known, user_ids: array[int], *, batch_size: int) -> Tallies:
    """Count what these accounts did in a period.

    What the platform's own tables hold of submissions and posts is read in one pass over the course each, and the rest in 5
    queries for each batch of accounts, 1 more for subsections, and up to 4 more for a period that is not known from events.
    """
    tallies = Tallies(user_ids)
    _add_problems(tallies, course_key, known)
    for posts in forum.read_posts(course_key, known.period):
        counts = {"threads": posts.threads, "responses": posts.responses, "comments": posts.comments}
        tallies.add(posts.user_id, days=known.period.bit(posts.day), **counts)
    for start in range(0, len(user_ids), batch_size):
        part = _Part(tallies, course_key, known, range(start, min(start + batch_size, len(user_ids))))
        part.add_days()
        part.add_counts()
        part.add_subsections()
    return tallies


class _Part:
    """Some of the accounts, one after another: those at these places."""

    def __init__(self, tallies: Tallies, course_key: CourseKey, known: Known, places: range) -> None:
        self._tallies = tallies
        self._course_key = course_key
        self._known = known
        user_ids = tallies.user_ids[places.start : places.stop]
        self._places = dict(zip(user_ids, places, strict=True))
        self._accounts = traces.Accounts.between(course_key, user_ids[0], user_ids[-1])
        self._interval: dict[str, Any] = {
            "first": known.period.first,
            "last": known.period.last,
            "users": range(user_ids[0], user_ids[-1] + 1),
        }
        self._opened: dict[int, int] = {}

    def add_days(self) -> None:
        """On which days each account was active; and note the number of the subsection that it had open last."""
        days, places = self._tallies.days, self._places
        for user_id, active, opened in store.days_and_subsections(self._course_key, **self._interval):
            if (place := places.get(user_id)) is not None:
                days[place] |= active
                if opened:
                    self._opened[place] = opened
        for user_id, day in traces.active_days(self._accounts, self._known.period):
            if user_id in places:
                days[places[user_id]] |= self._known.period.bit(day)

    def add_counts(self) -> None:
        known, of_events = self._known, self._known.problem_events
        names = {"pages": "pages"}
        if known.events:
            names["videos"] = "videos"
        if not known.posts_are_stored:
            names |= _OF_POSTS
        if of_events == known.period:
            names |= _OF_PROBLEMS
        self._add(names, store.counts(self._course_key, **self._interval))
        if of_events is not None and of_events != known.period:
            self._add(_OF_PROBLEMS, store.counts(self._course_key, **{**self._interval, "last": of_events.last}))
        if not known.events:
            self._add_videos()

    def _add(self, names: dict[str, str], counts: Iterable[store.Counts]) -> None:
        values = [(self._tallies.values[name], store.Counts._fields.index(field)) for name, field in names.items()]
        for found in counts:
            if (place := self._places.get(found[0])) is not None:
                for numbers, field in values:
                    if found[field]:
                        numbers[place] += found[field]

    def _add_videos(self) -> None:
        """Videos of which events or, for want of them, other tables tell; each once."""
        seen: dict[int, set[str]] = {}
        others = traces.videos(self._accounts, self._known.period)
        for user_id, block_id in chain(store.videos(self._course_key, **self._interval), others):
            seen.setdefault(user_id, set()).add(block_id)
        for user_id, block_ids in seen.items():
            if user_id in self._places:
                self._tallies.values["videos"][self._places[user_id]] = len(block_ids)

    def add_subsections(self) -> None:
        """Which subsection each account had open last."""
        keys = store.addresses({*self._opened.values()}) if self._opened else {}
        found = {place: keys[item] for place, item in self._opened.items() if item in keys}
        if not self._known.events:
            earlier = traces.last_subsections(self._accounts, self._known.period).items()
            found = {**{self._places[user_id]: key for user_id, key in earlier if user_id in self._places}, **found}
        subsections, addresses = self._tallies.subsections, self._tallies.addresses
        for place, address in found.items():
            subsections[place] = addresses.setdefault(address, len(addresses))


def _add_problems(tallies: Tallies, course_key: CourseKey, known: Known) -> None:
    if known.problem_history is None:
        return
    batch: list[problems.TriedProblem] = []
    for tried in problems.read_tried(course_key, known.problem_history):
        batch.append(tried)
        if len(batch) == problems.MODULES:
            _add_tried(tallies, course_key, known, batch)
            batch = []
    _add_tried(tallies, course_key, known, batch)


def _add_tried(tallies: Tallies, course_key: CourseKey, known: Known, batch: list[problems.TriedProblem]) -> None:
    earlier = _tried_earlier(course_key, known.problem_events, batch) if batch else {}
    for tried in batch:
        was_correct = earlier.get((tried.user_id, tried.key))
        tallies.add(
            tried.user_id,
            days=_days(known.period, tried),
            attempted=was_correct is None,
            attempts=len(tried.submissions),
            correct=not was_correct and any(found.is_correct for found in tried.submissions),
        )


def _days(period: Period, tried: problems.TriedProblem) -> int:
    days = 0
    for submission in tried.submissions:
        days |= period.bit(submission.day)
    return days


def _tried_earlier(
    course_key: CourseKey, period: Period | None, batch: list[problems.TriedProblem]
) -> dict[tuple[int, str], bool]:
    """Which of these problems the same learners tried on the days that events tell of, and whether one of them correctly.

    They are counted with those days. Only of the week in which the history begins there are such days (1 query a batch then).
    """
    if period is None:
        return {}
    found: dict[tuple[int, str], bool] = {}
    users = {tried.user_id for tried in batch}
    for problem in store.problems(course_key, first=period.first, last=period.last, users=users):
        name = (problem.user_id, problem.key)
        found[name] = found.get(name, False) or problem.is_correct
    return found
