"""Whether background workers take our reports, and can tell how far they are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.utils.module_loading import import_string

from .. import configuration

_CACHE_BACKENDS = ("django-cache", "django_celery_results.backends:CacheBackend", "django_celery_results.backends.CacheBackend")
_FORGETFUL_BACKENDS = ("rpc", "amqp", "disabled", "cache+memory")
"""Of these schemes, results reach nobody, or only the process that asked for the task."""


def check_progress(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A result backend from which web processes cannot read what workers report; W005."""
    if getattr(settings, "CELERY_ALWAYS_EAGER", False):
        return []
    reason = _reason_for_no_progress(getattr(settings, "CELERY_RESULT_BACKEND", None))
    if reason is None:
        return []
    return [
        checks.Warning(
            f"The platform's own list of Pending Tasks cannot tell how far a report is, because {reason}. The plugin's list "
            "can: it reads the database.",
            hint="Use a result backend that web servers and workers share, such as CELERY_RESULT_BACKEND = 'django-cache' with "
            "a cache on Redis or Memcached.",
            id="learner_data_plugin.W005",
        )
    ]


def check_queue(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A queue for our reports that the platform does not know; W006."""
    queue = configuration.value("QUEUE")
    declared = {getattr(known, "name", known) for known in getattr(settings, "CELERY_QUEUES", None) or ()}
    if queue is None or queue in declared:
        return []
    return [
        checks.Warning(
            f"{configuration.SETTING}['QUEUE'] is {queue!r}, which is not in CELERY_QUEUES: reports would wait there for a "
            "worker that listens to it, and be given up after QUEUE_TIMEOUT_SECONDS.",
            hint="Choose one of " + ", ".join(sorted(map(str, declared))) + "; or add the queue to CELERY_QUEUES and start "
            "workers for it.",
            id="learner_data_plugin.W006",
        )
    ]


def _reason_for_no_progress(backend: str | None) -> str | None:
    if not backend or backend.partition(":")[0] in _FORGETFUL_BACKENDS:
        return f"CELERY_RESULT_BACKEND is {backend!r}, with which other processes read nothing"
    if backend in _CACHE_BACKENDS:
        alias = getattr(settings, "CELERY_CACHE_BACKEND", None) or "default"
        cache = settings.CACHES.get(alias, {}).get("BACKEND", "")
        if not cache or issubclass(import_string(cache), (DummyCache, LocMemCache)):
            return f"the result backend keeps it in the cache {alias!r} ({cache or 'missing'}), which processes do not share"
    return None
