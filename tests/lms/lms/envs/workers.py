"""Settings of the second half of ``make test-services``: web and workers are processes of their own, on MariaDB and Redis.

The environment says which: ``BROKER_URL``, ``CACHE_URL``, ``SERVICES_PREFIX`` (before every key in Redis), ``REPORTS_FOLDER``,
``REPORTS_STORAGE`` (a storage class) and ``PACE_SECONDS`` (the pause after each of a run's first batches).
"""

from __future__ import annotations

import os
import tempfile

from .common import *  # noqa: F403
from .mariadb import DATABASES

vars().update(DATABASES=DATABASES)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

_prefix = os.environ.get("SERVICES_PREFIX", "learner_data_services")
BROKER_URL = os.environ.get("BROKER_URL", "redis://127.0.0.1:6379/11")
BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{_prefix}:"}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("CACHE_URL", "redis://127.0.0.1:6379/12"),
        "KEY_PREFIX": _prefix,
    }
}

GRADES_DOWNLOAD = {
    "STORAGE_CLASS": os.environ.get("REPORTS_STORAGE", "django.core.files.storage.FileSystemStorage"),
    "STORAGE_KWARGS": {"location": os.environ.get("REPORTS_FOLDER", tempfile.gettempdir() + "/lms_stand_in_reports")},
}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ.get("EMAILS_FOLDER", tempfile.gettempdir() + "/lms_stand_in_emails")
DEMO_PACE_SECONDS = float(os.environ.get("PACE_SECONDS", "0"))
