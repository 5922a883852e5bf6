"""Queueing the report that waited for another, once that has ended."""

from __future__ import annotations

import logging

from opaque_keys.edx.keys import CourseKey

from ..platform import api as platform_api
from . import runs

log = logging.getLogger(__name__)

TASK_NAME = "learner_data_plugin.tasks.generate_report"
"""The Celery task that runs every report."""


def start_next(course_key: CourseKey, report: str) -> None:
    """Queue the run of this report that waits longest, if its place is free (1 query where none waits)."""
    if (run := runs.take_turn(course_key, report)) is not None:
        queue_again(run.task_id)


def queue_again(task_id: str) -> None:
    """Send the message of a queued task once more. A broker that refuses is logged: the task goes on waiting.

    Workers ignore what they have twice.
    """
    try:
        platform_api.queue_again(TASK_NAME, task_id)
    except Exception as error:
        log.warning("Task %s was not queued again: %s.", task_id, type(error).__name__)
