"""The backend of event-tracking that records what learners do while they do it.

It runs within learners' requests, so nothing here may change how one ends: the database is met after the request's transaction
is committed, and whatever happens there is counted and left behind. The tracker makes the backend when the LMS starts; until
the first event nothing that needs models is imported.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from . import anonymous_posts
from .facts import Facts, facts_of, names_a_course
from .memory import Memory
from .outages import Outages

_SECONDS_BETWEEN_LOOKS = 10
"""At the clock, whether a new hour has begun of which has to be kept that recording runs."""


class EngagementBackend:
    """Takes every event of the process; see :mod:`facts` for those that count."""

    def __init__(self, **_options: Any) -> None:
        self.outages = Outages()
        self._memory = Memory()
        self._of_thread = threading.local()
        self._recorder: Any = None
        self._is_off = False
        self._next_look = 0.0
        self._signed_hour = 0.0  # counted since 1970

    def send(self, event: Mapping[str, Any]) -> None:
        """Record what the event says, once the transaction that it happened in is committed. Raises nothing."""
        facts = None
        try:
            facts = facts_of(event) if names_a_course(event) else None
            if facts is not None and anonymous_posts.is_noted(facts, event):
                facts = facts._replace(is_anonymous=True)
            self._take(facts)
        except Exception as error:  # no connection to wait for a commit on, for example
            self.outages.failed([] if facts is None else [facts.day], error)

    def _take(self, facts: Facts | None) -> None:
        if facts is not None and not self._memory.knows(facts):
            self._after_commit([facts])
        elif time.monotonic() >= self._next_look and not self.outages.is_pausing:
            self._after_commit([])

    def _after_commit(self, facts: list[Facts]) -> None:
        """Have facts written together with the others of the same transaction, or of the same savepoint in it."""
        connection = connections[DEFAULT_DB_ALIAS]
        if not connection.in_atomic_block and (self.outages.is_pausing or connection.get_autocommit()):
            self.write(facts)  # or loses them while recording pauses, without a connection to the database
            return
        waiting = getattr(self._of_thread, "waiting", None)
        if waiting is not None and waiting.is_to_run_in(connection):
            waiting.facts += facts
            return
        waiting = self._of_thread.waiting = _Waiting(self, facts)
        transaction.on_commit(waiting, using=DEFAULT_DB_ALIAS, robust=True)

    def write(self, facts: list[Facts]) -> None:
        """Write facts to the database now, or lose them while recording pauses. Raises nothing."""
        days = [fact.day for fact in facts]
        if self.outages.is_pausing:
            self.outages.lose(days)
            return
        try:
            self._write(facts)
        except Exception as error:
            self.outages.failed(days, error)

    def _write(self, facts: list[Facts]) -> None:
        if self._is_off or (self._recorder is None and not self._begin()):
            return
        now = time.time()
        hour = now // 3600
        lost = dict(self.outages.lost) if self.outages.lost else {}
        sign = datetime.fromtimestamp(now, UTC) if lost or hour != self._signed_hour else None
        if facts or sign:
            self._recorder.record(facts, sign=sign, lost=lost)
        self._signed_hour, self._next_look = hour, time.monotonic() + _SECONDS_BETWEEN_LOOKS
        self.outages.succeeded(told=lost)

    def _begin(self) -> bool:
        """Load what writing needs, at the first event; False on a platform that lacks what the plugin needs."""
        from ..platform import compatibility

        if compatibility.missing_part() is not None:  # which says so itself
            self._is_off = True
            return False
        from . import recorder

        self._recorder = recorder.Recorder(self._memory)
        return True


class _Waiting:
    """Facts that wait for a commit. A rollback drops them with the hook that this is."""

    def __init__(self, backend: EngagementBackend, facts: list[Facts]) -> None:
        self._backend = backend
        self._is_over = False
        self.facts = facts

    def __call__(self) -> None:
        self._is_over = True
        self._backend.write(self.facts)

    def is_to_run_in(self, connection: Any) -> bool:
        """Whether this still waits in the connection's transaction, for exactly the savepoints that are open now."""
        return not self._is_over and any(
            hook is self and savepoints == set(connection.savepoint_ids)
            for savepoints, hook, *_robust in connection.run_on_commit
        )
