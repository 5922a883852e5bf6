"""Lists of a course's tasks."""

from __future__ import annotations

from typing import Any

from celery.states import READY_STATES
from django.db.models import QuerySet

from .models import InstructorTask


def get_running_instructor_tasks(course_id: Any) -> QuerySet[InstructorTask]:
    """Return the tasks of a course that have not ended, newest first."""
    return InstructorTask.objects.filter(course_id=course_id).exclude(task_state__in=READY_STATES).order_by("-id")


def get_instructor_task_history(
    course_id: Any, usage_key: Any = None, student: Any = None, task_type: str | None = None
) -> QuerySet[InstructorTask]:
    """Return all tasks of a course, newest first. Choosing by problem or learner is not part of the stand-in."""
    if usage_key is not None or student is not None:
        raise NotImplementedError
    tasks = InstructorTask.objects.filter(course_id=course_id)
    if task_type is not None:
        tasks = tasks.filter(task_type=task_type)
    return tasks.order_by("-id")
