"""Settings of ``make demo``: a web server and a worker, on SQLite and files unless the environment names real services.

Read from the environment: PORT, DASHBOARD_PORT, DASHBOARD_SITE, LEARNERS, DATABASE_URL, CELERY_BROKER_URL, and DEMO_DIRECTORY
where everything is kept.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from edx_django_utils.plugins import add_plugins
from kombu.transport import TRANSPORT_ALIASES
from openedx.core.djangoapps.plugins.constants import ProjectType, SettingsType

from lms.djangoapps.demo.signing_key import signing_key

from .common import *  # noqa: F403
from .common import FEATURES, INSTALLED_APPS, JWT_AUTH, LEARNER_DATA_PLUGIN, MIDDLEWARE

REPOSITORY = Path(__file__).resolve().parents[4]
DEMO_DIRECTORY = Path(os.environ.get("DEMO_DIRECTORY") or REPOSITORY / ".demo").resolve()
BROKER_DIRECTORY = DEMO_DIRECTORY / "broker"
BROKER_DIRECTORY.mkdir(parents=True, exist_ok=True)

PLATFORM_NAME = "Learner Data Demo"
LMS_BASE = f"localhost:{os.environ.get('PORT') or 8000}"
LMS_ROOT_URL = f"http://{LMS_BASE}"

# Another port, and with it another origin, as the new dashboard has one on every site.
_dashboard_origin = f"http://localhost:{os.environ.get('DASHBOARD_PORT') or 8001}"
INSTRUCTOR_MICROFRONTEND_URL = f"{_dashboard_origin}/instructor-dashboard"
CORS_ORIGIN_WHITELIST = [_dashboard_origin]
CSRF_TRUSTED_ORIGINS = [_dashboard_origin]
JWT_AUTH = {**JWT_AUTH, **signing_key(DEMO_DIRECTORY)}
# A site of micro-frontends that was built elsewhere takes the place of the page that stands for the dashboard.
DASHBOARD_SITE = os.environ.get("DASHBOARD_SITE", "")

_database_url = os.environ.get("DATABASE_URL")
_database = dj_database_url.parse(_database_url) if _database_url else {"NAME": DEMO_DIRECTORY / "lms.sqlite3"}
_is_sqlite = _database.get("ENGINE", "django.db.backends.sqlite3") == "django.db.backends.sqlite3"
DATABASES = {
    "default": {
        **_database,
        **({"ENGINE": "lms.sqlite"} if _is_sqlite else {}),
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            **({"timeout": 30} if _is_sqlite else {}),
            **({"charset": "utf8mb4"} if "mysql" in _database.get("ENGINE", "") else {}),
        },
    }
}

# A site that moved the history of problems' states to the table with more room, and still has the other one.
FEATURES = {**FEATURES, "ENABLE_CSMH_EXTENDED": True}
INSTALLED_APPS = [*INSTALLED_APPS, "lms.djangoapps.coursewarehistoryextended"]

BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "filesystem://localhost"
if BROKER_URL.startswith("filesystem:"):
    TRANSPORT_ALIASES["filesystem"] = "lms.djangoapps.demo.file_broker:Transport"
    BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIRECTORY),
        "data_folder_out": str(BROKER_DIRECTORY),
        "control_folder": str(BROKER_DIRECTORY / "control"),
        "polling_interval": 0.2,
    }

# Web server and worker read each other's entries: Celery keeps the progress of tasks here.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DEMO_DIRECTORY / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

GRADES_DOWNLOAD = {
    "STORAGE_TYPE": "",
    "STORAGE_CLASS": "django.core.files.storage.FileSystemStorage",
    "STORAGE_KWARGS": {"location": str(DEMO_DIRECTORY / "reports")},
}
# What is sent is to be read there.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(DEMO_DIRECTORY / "emails")
MEDIA_ROOT = str(DEMO_DIRECTORY / "media")
MAKO_MODULE_DIR = str(DEMO_DIRECTORY / "mako")

# Static files straight from where they lie, without collecting them first.
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware", *MIDDLEWARE]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ROOT = DASHBOARD_SITE or None
WHITENOISE_MAX_AGE = 0
WHITENOISE_AUTOREFRESH = True  # a file that was changed is served whole

# About ten batches whatever the size of the large course, and a pause after each of the first: progress can be watched.
LEARNER_DATA_PLUGIN = {
    **LEARNER_DATA_PLUGIN,
    "TAB_IN_DASHBOARD": True,
    "BATCH_SIZE": min(2_000, max(25, int(os.environ.get("LEARNERS") or 5_000) // 10)),
}
STAND_IN_BULK_EMAIL = True
DEMO_PACE_SECONDS = float(os.environ.get("DEMO_PACE_SECONDS") or 0.6)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

add_plugins(__name__, ProjectType.LMS, SettingsType.PRODUCTION)
