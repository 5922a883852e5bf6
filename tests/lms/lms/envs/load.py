"""Settings of ``make load``: those of the demo, with Redis as the cache (CACHE_URL) and reports without a pause."""

from __future__ import annotations

import os

from .demo import *  # noqa: F403

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("CACHE_URL", "redis://127.0.0.1:6379/13"),
        "KEY_PREFIX": os.environ.get("SERVICES_PREFIX", "learner_data_load"),
    }
}
BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{os.environ.get('SERVICES_PREFIX', 'learner_data_load')}:"}
DEMO_PACE_SECONDS = 0.0
# As a site in production logs: a line for each request is the web server's matter.
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING"}}
