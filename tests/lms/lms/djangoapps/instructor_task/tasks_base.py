"""The base of the Celery tasks behind ``InstructorTask`` rows."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from celery.states import FAILURE, SUCCESS

from .models import InstructorTask

TASK_LOG = logging.getLogger("edx.celery.task")


class BaseInstructorTask(Task):
    """Writes how the task ended into its row; the first argument of the task is the row's id."""

    abstract = True

    def on_success(self, task_progress: Any, task_id: str, args: Any, kwargs: Any) -> None:
        """Store the result, unless subtasks are still at work. Raises ValueError if it is too long."""
        entry = InstructorTask.objects.get(pk=args[0])
        if entry.subtasks == "":
            entry.task_output = InstructorTask.create_output_for_success(task_progress)
            entry.task_state = SUCCESS
            entry.save_now()

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """Store what went wrong."""
        entry = InstructorTask.objects.filter(pk=args[0]).first()
        if entry is None:
            TASK_LOG.error("Task (%s) has no InstructorTask object for id %s", task_id, args[0])
            return
        TASK_LOG.warning("Task (%s) failed", task_id, exc_info=True)
        entry.task_output = InstructorTask.create_output_for_failure(einfo.exception, einfo.traceback)
        entry.task_state = FAILURE
        entry.save_now()
