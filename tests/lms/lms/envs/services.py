"""Settings of the first half of ``make test-services``: those of ``make test``, on MariaDB."""

from __future__ import annotations

from .mariadb import DATABASES
from .test import *  # noqa: F403

# ``.test`` brings a database of its own.
vars().update(DATABASES=DATABASES)
