"""Tasks as the dashboard lists them."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from lms.djangoapps.instructor_task.models import InstructorTask
from lms.djangoapps.instructor_task.views import get_task_completion_info


def extract_task_features(task: InstructorTask) -> dict[str, Any]:
    """Return what the list of tasks shows of one task, all of it text but the seconds."""
    features: dict[str, Any] = {
        name: str(getattr(task, name)) for name in ("task_type", "task_input", "task_id", "requester", "task_state")
    }
    features["created"] = task.created.isoformat()
    features["duration_sec"] = _seconds(task.task_output)
    succeeded, features["task_message"] = get_task_completion_info(task)
    features["status"] = _("Complete") if succeeded else _("Incomplete")
    return features


def _seconds(task_output: str | None) -> int | str:
    try:
        return int(json.loads(task_output or "")["duration_ms"] / 1000)
    except (ValueError, KeyError):
        return "unknown"
