"""The Celery app of the LMS: ``celery --app lms.celery worker``."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.envs.demo")

from openedx.core.lib.celery import APP

__all__ = ["APP"]
