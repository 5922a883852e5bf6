"""A task that shows that a worker is listening."""

from __future__ import annotations

from celery import shared_task


@shared_task
def sample_task() -> bool:
    """Do nothing, successfully."""
    return True
