"""Signs of life of a run while one query or one upload takes long."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connection

from .. import configuration
from ..models import ReportRun
from . import runs

log = logging.getLogger(__name__)

BEATS = 6
"""In STALE_AFTER_SECONDS."""

LONGEST_STEP_SECONDS = 6 * 60 * 60
"""A step that takes longer does not end: the run is left to be given up."""


class Heartbeat:
    """Told by the run that it moves."""

    def __init__(self) -> None:
        self.moved()

    def moved(self) -> None:
        """A step is done; another begins."""
        self.since = time.monotonic()

    @property
    def hangs(self) -> bool:
        """Whether the present step has taken longer than any should."""
        return time.monotonic() - self.since > LONGEST_STEP_SECONDS


@contextmanager
def beating(run: ReportRun) -> Iterator[Heartbeat]:
    """Record six times in STALE_AFTER_SECONDS that the run's process lives, from a thread with a connection of its own."""
    seconds = configuration.value("STALE_AFTER_SECONDS", org=run.course_id.org) / BEATS
    heartbeat, ended = Heartbeat(), Event()
    thread = Thread(target=_beat, args=(run.pk, heartbeat, ended, seconds), name="learner_data_heartbeat", daemon=True)
    thread.start()
    try:
        yield heartbeat
    finally:
        ended.set()
        thread.join()


def _beat(run_id: int, heartbeat: Heartbeat, ended: Event, seconds: float) -> None:
    while not ended.wait(seconds) and not heartbeat.hangs:
        try:
            runs.beat(run_id)
        except Exception as error:
            log.warning("The sign of life of run %s was not recorded: %s.", run_id, type(error).__name__)
        finally:
            connection.close()
