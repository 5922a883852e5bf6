"""The database of settings that run on MariaDB; ``DATABASE_HOST``, ``_PORT``, ``_USER``, ``_PASSWORD``, ``_NAME`` say which."""

from __future__ import annotations

import os
from typing import Any

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "HOST": os.environ.get("DATABASE_HOST", "127.0.0.1"),
        "PORT": os.environ.get("DATABASE_PORT", "3306"),
        "USER": os.environ.get("DATABASE_USER", "root"),
        "PASSWORD": os.environ.get("DATABASE_PASSWORD", ""),
        "NAME": os.environ.get("DATABASE_NAME", "learner_data_services"),
        "ATOMIC_REQUESTS": True,
        # Django would choose "read committed"; what holds under the server's own, stricter default holds under both.
        "OPTIONS": {"charset": "utf8mb4", "isolation_level": "repeatable read"},
        "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_general_ci"},
    }
}
