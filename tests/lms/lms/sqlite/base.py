"""Django's SQLite backend, made fit for a web server and a worker on one file.

Readers do not block writers (write-ahead log), and a transaction takes its write lock when it begins: one that reads first
and writes later would otherwise fail at once, whatever the time-out, if another process wrote in between. Django can be
told so from release 5.1 on; this serves 4.2 too.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from django.db.backends.sqlite3 import base
from django.utils.dateparse import parse_datetime


def as_moment(stored: bytes) -> datetime | None:
    """Return a stored moment, or as the drivers of MySQL do None for one that no calendar has; SQLite keeps any text."""
    try:
        return parse_datetime(stored.decode())
    except ValueError:
        return None


for kind in ("datetime", "timestamp"):
    sqlite3.register_converter(kind, as_moment)


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite with a write-ahead log and immediate transactions."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """Open a connection and switch the write-ahead log on."""
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        self.cursor().execute("BEGIN IMMEDIATE")
