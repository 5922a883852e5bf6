"""Running the body of an instructor task, and reporting its progress."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from time import sleep, time
from typing import Any

from celery import current_task
from common.djangoapps.util.db import outer_atomic
from django.conf import settings
from django.db import reset_queries

from lms.djangoapps.instructor_task.models import PROGRESS, InstructorTask

TASK_LOG = logging.getLogger("edx.celery.task")
PACED_STEPS = 12


class TaskProgress:
    """Counts what a task has done, and tells Celery's result backend."""

    def __init__(self, action_name: str, total: int, start_time: float) -> None:
        self.action_name = action_name
        self.total = total
        self.start_time = start_time
        self._attempted = 0
        self.succeeded = 0
        self.skipped = 0
        self.failed = 0
        self.preassigned = 0
        self._steps = 0

    @property
    def attempted(self) -> int:
        return self._attempted

    @attempted.setter
    def attempted(self, number: int) -> None:
        self._attempted = number
        self._pace()

    @property
    def state(self) -> dict[str, Any]:
        """The counters as they are now."""
        return {
            "action_name": self.action_name,
            "attempted": self.attempted,
            "succeeded": self.succeeded,
            "skipped": self.skipped,
            "failed": self.failed,
            "total": self.total,
            "preassigned": self.preassigned,
            "duration_ms": int((time() - self.start_time) * 1000),
        }

    def update_task_state(self, extra_meta: dict[str, Any] | None = None) -> dict[str, Any]:
        """Report the counters and return them; the last of these is what a task body returns."""
        progress = {**self.state, **(extra_meta or {})}
        current_task.update_state(state=PROGRESS, meta=progress)
        return progress

    def _pace(self) -> None:
        """Pause at the first steps, in the demo only, so that a person can watch the progress of a small course."""
        self._steps += 1
        if self._steps <= PACED_STEPS:
            sleep(getattr(settings, "DEMO_PACE_SECONDS", 0))


def run_main_task(entry_id: int, task_fcn: Callable[..., dict[str, Any]], action_name: str) -> dict[str, Any]:
    """Run ``task_fcn(entry_id, course_id, task_input, action_name)`` for a row and return what it returns.

    Raises ValueError if the running Celery task is not the one of the row.
    """
    with outer_atomic():
        entry = InstructorTask.objects.get(pk=entry_id)
        entry.task_state = PROGRESS
        entry.save_now()
    TASK_LOG.info("Task: %s, InstructorTask ID: %s, Course: %s, starting", entry.task_id, entry_id, entry.course_id)
    if entry.task_id != current_task.request.id:
        message = f'Requested task {entry.task_id} did not match actual task "{current_task.request.id}"'
        TASK_LOG.error(message)
        raise ValueError(message)
    result = task_fcn(entry_id, entry.course_id, json.loads(entry.task_input), action_name)
    reset_queries()
    TASK_LOG.info("Task: %s, finished", entry.task_id)
    return result
