"""Settings of ``make bench``: a database of its own (DATABASE_URL) and a directory of its own (BENCH_DIRECTORY)."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from edx_django_utils.plugins import add_plugins
from openedx.core.djangoapps.plugins.constants import ProjectType, SettingsType

from .common import *  # noqa: F403

BENCH_DIRECTORY = Path(os.environ["BENCH_DIRECTORY"]).resolve()
DATABASES = {
    "default": {
        **dj_database_url.parse(os.environ.get("DATABASE_URL") or f"sqlite:///{BENCH_DIRECTORY}/bench.sqlite3"),
        "ATOMIC_REQUESTS": True,
    }
}
if "mysql" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {"charset": "utf8mb4"}
elif "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["ENGINE"] = "lms.sqlite"

CELERY_ALWAYS_EAGER = True
BROKER_URL = "memory://"
GRADES_DOWNLOAD = {"STORAGE_TYPE": "localfs", "BUCKET": "bench", "ROOT_PATH": str(BENCH_DIRECTORY / "reports")}
if AWS_S3_ENDPOINT_URL := os.environ.get("BENCH_S3_ENDPOINT"):
    GRADES_DOWNLOAD = {"STORAGE_TYPE": "s3", "BUCKET": "bench", "ROOT_PATH": "grades", "CUSTOM_DOMAIN": None}
MAKO_MODULE_DIR = str(BENCH_DIRECTORY / "mako")
LOGGING = {"version": 1, "disable_existing_loggers": True}

add_plugins(__name__, ProjectType.LMS, SettingsType.TEST)
