"""A small LMS with the platform's own import paths, for tests and the demo of the plugin."""

# Loaded with the first module of the LMS, so that ``shared_task`` finds the LMS's Celery app.
from .celery import APP as CELERY_APP

__all__ = ["CELERY_APP"]
