"""Which queue a task goes to."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def route_task(name: str, args: Any, kwargs: Any, options: Any, task: Any = None, **kw: Any) -> Any:
    """Return the queue that the settings name for a task, or None for Celery's own choice.

    As on the platform, both settings exist only where the production settings define them, and they win over the
    queue that a task asks for itself.
    """
    if name in settings.EXPLICIT_QUEUES:
        return settings.EXPLICIT_QUEUES[name]
    variant = settings.ALTERNATE_ENV_TASKS.get(name)
    if variant is None:
        return None
    return next((queue for queue in settings.CELERY_QUEUES if f".{variant}." in queue), None)
