"""Settings of the first half of ``make test-services``: those of ``make test``, on MariaDB."""

from __future__ import annotations

from . import mariadb
from .test import *  # noqa: F403

_SERVER = mariadb.DATABASES["default"]
# In place of those of ``.test``, which have the same two names.
DATABASES = {"default": _SERVER, "student_module_history": {**_SERVER, "NAME": f"{_SERVER['NAME']}_history"}}
