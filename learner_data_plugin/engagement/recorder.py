"""Writing the facts of one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import partial

from .. import configuration
from ..platform import deadlocks
from . import coverage, keys
from .batch import Batch
from .facts import Facts
from .memory import Memory
from .writing import Writer

_ATTEMPTS = 2


class Recorder:
    """Writes facts as they come, if they have not been written yet; lasts as long as its process."""

    def __init__(self, memory: Memory) -> None:
        self._writer = Writer(waits_short=True)
        self._memory = memory

    def record(self, facts: Collection[Facts], *, sign: datetime | None, lost: Mapping[date, int]) -> None:
        """Write facts, and with ``sign`` that recording runs at this moment and what it has lost."""
        facts_here = [fact for fact in facts if not fact.is_anonymous or counts_anonymous_posts(fact.course_id)]
        elsewhere: set[str] = set()
        if facts_here:
            write = partial(self._write_one if len(facts_here) == 1 else self._write_many, facts_here)
            elsewhere = deadlocks.retry_on_deadlock(write, attempts=_ATTEMPTS)
        if sign is not None:
            enter_sign = partial(coverage.enter_sign, sign, lost=lost, waits_short=True)
            deadlocks.retry_on_deadlock(enter_sign, attempts=_ATTEMPTS)
        for fact in facts:
            if fact.course_id not in elsewhere:
                self._memory.remember(fact)

    def _write_one(self, facts: list[Facts]) -> set[str]:
        [fact] = facts
        is_written = self._writer.write_known(
            fact, is_day_written=self._memory.knows_day(fact), is_answer_written=self._memory.knows_answer(fact)
        )
        return set() if is_written else self._write_many(facts)

    def _write_many(self, facts: list[Facts]) -> set[str]:
        """Write facts; returns the courses that are not here."""
        batch = Batch()
        for fact in facts:
            batch.add(fact, is_day_written=self._memory.knows_day(fact))
        return self._writer.write(batch).course_ids


def counts_anonymous_posts(course_id: str) -> bool:
    """Whether the site of a course counts posts that are marked anonymous."""
    return configuration.value("ANONYMOUS_POSTS", org=keys.org_of(course_id))
