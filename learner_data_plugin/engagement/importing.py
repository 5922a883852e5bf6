"""Importing tracking logs: what was before the plugin, or while it recorded nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from ..platform import deadlocks
from . import coverage, weeks
from .batch import Batch
from .facts import Facts, facts_of, moment_of
from .recorder import counts_anonymous_posts
from .tracking_log import BrokenFile, TrackingLog
from .writing import Writer

ROWS_AT_ONCE = 20_000
"""Held in memory, then written."""

ROWS_IN_TRANSACTION = 2_000
"""So that nobody who writes at the same time waits for long."""

MOST_NAMED = 20
"""Of the broken lines of a file."""

_DAY = timedelta(days=1)
_MOST_REMEMBERED = 200_000


class Progress(NamedTuple):
    """How much of a file is in the database."""

    lines: int
    position: int


@dataclass
class Summary:
    """What became of a file. ``broken`` are the numbers of lines without an event, the first few of ``broken_lines``."""

    lines: int = 0
    events: int = 0
    broken_lines: int = 0
    broken: list[int] = field(default_factory=list)
    is_damaged: bool = False
    days_left_out: int = 0
    first: datetime | None = None
    last: datetime | None = None


class Import:
    """Writes what tracking logs say: of one course or all, of the days from ``first`` to ``last`` or all."""

    def __init__(self, *, course_key: CourseKey | None = None, first: date | None = None, last: date | None = None) -> None:
        self._course_key = course_key
        self._course_id = None if course_key is None else str(course_key)
        self._first, self._last = first, last
        self._writer = Writer(most_remembered=_MOST_REMEMBERED)
        self._counts_anonymous = lru_cache(counts_anonymous_posts)
        self.summary = Summary()

    def read(self, log: TrackingLog) -> Iterator[Progress]:
        """Import a file; yields each time when more of it is in the database. ``summary`` is then about this file.

        Of a damaged file everything before the damage is imported. Raises OSError.
        """
        self.summary = Summary()
        batch = Batch()
        try:
            for number, event in log.lines():
                self.summary.lines = number
                self._take(number, event, batch)
                if len(batch) >= ROWS_AT_ONCE:
                    self._write(batch)
                    yield Progress(number, log.position)
                    batch = Batch()
        except BrokenFile:
            self.summary.is_damaged = True
        self._write(batch)
        if self._first is None and self._last is None:
            self.enter_whole_days(self.summary)
        yield Progress(self.summary.lines, log.size)

    def enter_whole_days(self, *summaries: Summary) -> None:
        """Keep which days files cover wholly: those strictly between their first event and their last, or those asked for.

        Nothing is kept of files of which one is damaged: what is missing may be of any day.
        """
        if any(summary.is_damaged for summary in summaries):
            return
        reach = [moment for summary in summaries for moment in (summary.first, summary.last) if moment is not None]
        first = self._first or (min(reach).date() + _DAY if reach else None)
        last = self._last or (max(reach).date() - _DAY if reach else None)
        if first is None or last is None:
            return
        last = min(last, timezone.now().astimezone(UTC).date() - _DAY)
        if first <= last:
            coverage.enter_import(first, last, course_key=self._course_key)

    def _take(self, number: int, event: dict[str, Any] | None, batch: Batch) -> None:
        if event is None:
            self.summary.broken_lines += 1
            if len(self.summary.broken) < MOST_NAMED:
                self.summary.broken.append(number)
            return
        self._extend(event)
        facts = facts_of(event)
        if facts is not None and self._is_wanted(facts):
            self.summary.events += 1
            batch.add(facts)

    def _is_wanted(self, facts: Facts) -> bool:
        if self._course_id not in (None, facts.course_id):
            return False
        if (self._first and facts.day < self._first) or (self._last and facts.day > self._last):
            return False
        return not facts.is_anonymous or self._counts_anonymous(facts.course_id)

    def _extend(self, event: dict[str, Any]) -> None:
        """Take an event's moment as one that the file reaches to. Clocks of telephones go wrong, and their events come late."""
        moment = moment_of(event) if event.get("event_source") != "mobile" else None
        if moment is not None:
            self.summary.first = min(moment, self.summary.first or moment)
            self.summary.last = max(moment, self.summary.last or moment)

    def _write(self, batch: Batch) -> None:
        for part in batch.parts(ROWS_IN_TRANSACTION):
            write = partial(self._writer.write, part, resolve_ties=True, only_present=True)
            self.summary.days_left_out += deadlocks.retry_on_deadlock(write).days
        if days := [learner.day for learner in batch.days]:
            weeks.forget(min(days), max(days))
