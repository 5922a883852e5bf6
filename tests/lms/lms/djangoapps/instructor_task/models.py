"""Rows of tasks that course teams start, and the store of their report files."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.django.models import CourseKeyField

from .report_store import DjangoStorageReportStore, ReportStore

__all__ = [
    "PROGRESS",
    "QUEUING",
    "SCHEDULED",
    "TASK_INPUT_LENGTH",
    "DjangoStorageReportStore",
    "InstructorTask",
    "ReportStore",
]

QUEUING = "QUEUING"
PROGRESS = "PROGRESS"
SCHEDULED = "SCHEDULED"
TASK_INPUT_LENGTH = 10000
TASK_OUTPUT_LENGTH = 1023
_CUT = "..."


class InstructorTask(models.Model):
    """One run of a task: who asked for what in which course, and what became of it.

    .. no_pii:
    """

    task_type = models.CharField(max_length=50, db_index=True)
    course_id = CourseKeyField(max_length=255, db_index=True)
    task_key = models.CharField(max_length=255, db_index=True)
    task_input = models.TextField()
    task_id = models.CharField(max_length=255, db_index=True)
    task_state = models.CharField(max_length=50, null=True, db_index=True)
    task_output = models.CharField(max_length=1024, null=True)
    requester = models.ForeignKey(User, db_index=True, on_delete=models.CASCADE)
    created = models.DateTimeField(auto_now_add=True, null=True)
    updated = models.DateTimeField(auto_now=True)
    subtasks = models.TextField(blank=True)

    class Meta:
        app_label = "instructor_task"

    def __str__(self) -> str:
        return f"InstructorTask<{self.task_type} {self.task_id} {self.task_state}>"

    @classmethod
    def create(
        cls, course_id: Any, task_type: str, task_key: str, task_input: dict[str, Any], requester: User
    ) -> InstructorTask:
        """Store a queued task under a new id. Raises AttributeError if its input is too long."""
        task_input_json = json.dumps(task_input)
        if len(task_input_json) > TASK_INPUT_LENGTH:
            raise AttributeError(_("An error has occurred. Task was not created."))
        task = cls(
            course_id=course_id,
            task_type=task_type,
            task_id=str(uuid4()),
            task_key=task_key,
            task_input=task_input_json,
            task_state=QUEUING,
            requester=requester,
        )
        task.save_now()
        return task

    @transaction.atomic
    def save_now(self) -> None:
        """Save in a transaction of its own."""
        self.save()

    @staticmethod
    def create_output_for_success(returned_result: Any) -> str:
        """Return what a finished task stores. Raises ValueError if that does not fit the column."""
        output = json.dumps(returned_result)
        if len(output) > TASK_OUTPUT_LENGTH:
            raise ValueError(f"Length of task output is too long: {output}")
        return output

    @staticmethod
    def create_output_for_failure(exception: BaseException, traceback_string: str | None) -> str:
        """Return what a failed task stores; what does not fit is cut, at its beginning, the traceback first."""
        output = {"exception": type(exception).__name__, "message": str(exception)}
        if traceback_string is not None:
            output["traceback"] = traceback_string
        surplus = len(json.dumps(output)) - TASK_OUTPUT_LENGTH
        if surplus > 0 and traceback_string is not None:
            if surplus < len(traceback_string) - len(_CUT):
                output["traceback"] = traceback_string[surplus + len(_CUT) :] + _CUT
                surplus = 0
            else:
                del output["traceback"]
                surplus -= len(traceback_string) + len("traceback")
        if surplus > 0:
            output["message"] = output["message"][surplus + len(_CUT) :] + _CUT
        return json.dumps(output)

    @staticmethod
    def create_output_for_revoked() -> str:
        """Return what a revoked task stores."""
        return json.dumps({"message": "Task revoked before running"})
