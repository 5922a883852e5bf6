"""The one Celery app of the process. Import it from ``lms.celery``, which chooses the settings first."""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.signals import task_postrun
from edx_django_utils.cache import RequestCache

APP = Celery("proj")
APP.config_from_object("django.conf:settings")
APP.autodiscover_tasks()


@task_postrun.connect
def _clear_request_cache(**_: Any) -> None:
    """What the platform does in ``openedx.core.djangoapps.util.signals``."""
    RequestCache.clear_all_namespaces()
