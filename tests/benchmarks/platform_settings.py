"""The platform's own test settings, on MariaDB: for measuring inside a checkout."""

from __future__ import annotations

from lms.envs.test import *  # noqa: F403
from lms.envs.test import DATABASES

DATABASES["default"] = {
    "ENGINE": "django.db.backends.mysql",
    "NAME": "learner_data_bench_platform",
    "USER": "root",
    "HOST": "127.0.0.1",
    "PORT": "3306",
    "ATOMIC_REQUESTS": True,
    "OPTIONS": {"charset": "utf8mb4"},
    "TEST": {"CHARSET": "utf8mb4"},
}
