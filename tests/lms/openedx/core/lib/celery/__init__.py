"""The one Celery app of the process. Import it from ``lms.celery``, which chooses the settings first."""

from __future__ import annotations

from celery import Celery

APP = Celery("proj")
APP.config_from_object("django.conf:settings")
APP.autodiscover_tasks()
