"""When recording fails: what is lost is counted, and after some failures in a row nothing is tried for a while."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping
from datetime import date

log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 3
"""After which recording pauses. Each may have let a learner wait for a second."""

SECONDS_OF_PAUSE = 60


class Outages:
    """The failures of one process, and the events it lost that the database does not know of yet."""

    def __init__(self) -> None:
        self._failures = 0
        self._paused_until = 0.0
        self._lost: Counter[date] = Counter()

    @property
    def is_pausing(self) -> bool:
        return self._failures >= FAILURES_IN_A_ROW and time.monotonic() < self._paused_until

    @property
    def lost(self) -> Mapping[date, int]:
        """How many events of which days were lost since the last success."""
        return self._lost

    def lose(self, days: list[date]) -> None:
        """Count events that are not even tried."""
        self._lost.update(days)

    def failed(self, days: list[date], error: Exception) -> None:
        """Count events that could not be written."""
        self.lose(days)
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW:
            self._paused_until = time.monotonic() + SECONDS_OF_PAUSE
            log.error(
                "Recording of what learners do pauses for %d seconds: it failed %d times in a row (%s).",
                SECONDS_OF_PAUSE,
                self._failures,
                type(error).__name__,
            )

    def succeeded(self, *, told: Mapping[date, int]) -> None:
        """Recording works again; the database knows of the losses ``told``."""
        self._failures = 0
        if told:
            self._lost -= Counter(told)
