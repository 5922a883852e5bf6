"""Charts as they are asked for: drawn from stored numbers, which are refreshed when they are old."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import IO

from celery import current_app
from opaque_keys.edx.keys import CourseKey

from ..data import Chart, CourseStatistics, Selection
from ..engagement.weeks import SECONDS
from ..exceptions import ChartNotFound, QueueUnavailable
from . import catalogue, overview, store
from .overview import Overview

log = logging.getLogger(__name__)

REFRESH_TASK = "learner_data_plugin.tasks.refresh_charts"
_ONE_ATTEMPT = {"max_retries": 0, "interval_start": 0, "interval_step": 0}
"""Somebody waits for the answer."""


def read_all(course_key: CourseKey, *, safe: bool) -> CourseStatistics:
    """Return every chart that this site shows.

    There is none while a large course is counted for the first time. Raises QueueUnavailable if that cannot be started.
    """
    stored = _read(course_key, safe=safe)
    if stored is None:
        return CourseStatistics(None, (), None, safe, is_refreshing=True)
    names = catalogue.chart_names(course_key)
    charts = tuple(catalogue.draw(name, stored.numbers, track_names=stored.track_names) for name in names)
    return CourseStatistics(stored.numbers.enrolled, charts, stored.as_of, safe, stored.is_refreshing)


def read_chart(course_key: CourseKey, name: str, *, safe: bool) -> Chart:
    """Return one chart. Raises ChartNotFound, also while a large course is counted for the first time; QueueUnavailable."""
    catalogue.require_chart(course_key, name)
    if (stored := _read(course_key, safe=safe)) is None:
        raise ChartNotFound
    return catalogue.draw(name, stored.numbers, track_names=stored.track_names)


def read_overview(course_key: CourseKey, *, safe: bool, selection: Selection | None) -> tuple[store.Stored, Overview] | None:
    """Return the overview, of a cohort or track if there is a selection.

    None while a large course is counted for the first time. Raises QueueUnavailable if that cannot be started.
    """
    stored = store.read_selection(course_key, selection) if selection else _read(course_key, safe=safe)
    return None if stored is None else (stored, overview.describe(course_key, stored))


def read_selected_chart(course_key: CourseKey, name: str, selection: Selection) -> Chart:
    """Return one chart of a cohort or track. Raises ChartNotFound."""
    catalogue.require_chart(course_key, name)
    stored = store.read_selection(course_key, selection)
    return catalogue.draw(name, stored.numbers, track_names=stored.track_names)


def write_overview_csv(
    course_key: CourseKey, name: str, file: IO[bytes], *, safe: bool, selection: Selection | None
) -> None:
    """Write the file of this name. Raises ChartNotFound, also while a large course is counted; QueueUnavailable."""
    stored = store.read_selection(course_key, selection) if selection else _read(course_key, safe=safe)
    if stored is None:
        raise ChartNotFound
    overview.write_csv(course_key, name, stored, file)


def refresh(course_key: CourseKey) -> bool:
    """Have a course counted anew; returns whether that goes on in the background. Raises QueueUnavailable."""
    if store.is_small(course_key):
        store.refresh(course_key)
        return False
    if store.claim_refresh(course_key) and not _is_queued(course_key):
        store.release_refresh(course_key)
        raise QueueUnavailable
    return True


def _read(course_key: CourseKey, *, safe: bool) -> store.Stored | None:
    stored = store.read(course_key, safe=safe)
    if stored is None:
        began = time.monotonic()
        refresh(course_key)
        stored = store.read(course_key, safe=safe)
        if stored is not None and time.monotonic() - began > SECONDS and store.claim_refresh(course_key):
            # There was no time for all weeks, while somebody waited.
            _is_queued(course_key)
            return replace(stored, is_refreshing=True)
        return stored
    if stored.is_old and store.claim_refresh(course_key):
        _is_queued(course_key)  # the claim stays if it is not, so that not everyone who looks waits for the broker
        return replace(stored, is_refreshing=True)
    return stored


def _is_queued(course_key: CourseKey) -> bool:
    try:
        current_app.tasks[REFRESH_TASK].apply_async((str(course_key),), retry_policy=_ONE_ATTEMPT)
    except Exception as error:  # brokers raise what they like
        log.warning("The charts of course %s were not refreshed: %s.", course_key, type(error).__name__)
        return False
    return True
