"""Celery's settings, under the names and with the values that the platform gives them."""

from __future__ import annotations

from typing import Any

CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_MESSAGE_COMPRESSION = "gzip"
CELERY_IGNORE_RESULT = False
CELERY_STORE_ERRORS_EVEN_IF_IGNORED = True
CELERY_TRACK_STARTED = True
CELERY_SEND_EVENTS = True
CELERY_SEND_TASK_SENT_EVENT = True
CELERY_DEFAULT_EXCHANGE = "edx.lms.core"
CELERY_DEFAULT_EXCHANGE_TYPE = "direct"
CELERY_CREATE_MISSING_QUEUES = True
CELERY_TIMEZONE = "UTC"
CELERYD_HIJACK_ROOT_LOGGER = False
CELERYD_PREFETCH_MULTIPLIER = 1
CELERYBEAT_SCHEDULE: dict[str, Any] = {}

HIGH_PRIORITY_QUEUE = "edx.lms.core.high"
DEFAULT_PRIORITY_QUEUE = "edx.lms.core.default"
HIGH_MEM_QUEUE = "edx.lms.core.high_mem"
CELERY_DEFAULT_QUEUE = DEFAULT_PRIORITY_QUEUE
CELERY_DEFAULT_ROUTING_KEY = DEFAULT_PRIORITY_QUEUE
CELERY_QUEUES: dict[str, dict[str, Any]] = {HIGH_PRIORITY_QUEUE: {}, DEFAULT_PRIORITY_QUEUE: {}, HIGH_MEM_QUEUE: {}}
CELERY_ROUTES = "openedx.core.lib.celery.routers.route_task"
# Only the platform's production settings have these two, after the plugins' own; none of its tasks is ours.
ALTERNATE_ENV_TASKS: dict[str, str] = {}
EXPLICIT_QUEUES: dict[str, dict[str, str]] = {}

CELERY_RESULT_BACKEND = "django-cache"
BROKER_POOL_LIMIT = 0
BROKER_CONNECTION_TIMEOUT = 1
BROKER_HEARTBEAT = 60.0
BROKER_HEARTBEAT_CHECKRATE = 2
