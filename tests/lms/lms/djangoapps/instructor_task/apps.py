"""The app of tasks that course teams start."""

from __future__ import annotations

from django.apps import AppConfig


class InstructorTaskConfig(AppConfig):
    """Django app ``instructor_task``."""

    name = "lms.djangoapps.instructor_task"
    default_auto_field = "django.db.models.AutoField"
