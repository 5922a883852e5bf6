"""Telling errors of the database apart, and doing a short transaction again that it ended in favor of another one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

_Result = TypeVar("_Result")

_ATTEMPTS = 8
_MYSQL_CODES = (1205, 1213)  # lock wait timeout exceeded, deadlock found
_MYSQL_CONNECTION_CODES = (1053, 1927, 2002, 2003, 2006, 2013, 2055, 4031)  # shut down, killed, refused, gone away, timed out
_SQLITE_TEXT = "locked"


def failure_of(error: Exception) -> str:
    """Return what became of a report that a database error ended, a key of ``failures.FAILURES``."""
    code = error.args[0] if error.args else None
    if isinstance(error, InterfaceError) or (isinstance(error, OperationalError) and code in _MYSQL_CONNECTION_CODES):
        return "database"
    return "database_busy" if isinstance(error, OperationalError) and _is_deadlock(error) else "unexpected"


def retry_on_deadlock(transaction: Callable[[], _Result], *, attempts: int = _ATTEMPTS) -> _Result:
    """Return what a transaction returns, doing it again while the database ends it because of a deadlock.

    MariaDB finds deadlocks between rows that have nothing to do with each other, where they are neighbors in a unique index.
    Inside another transaction nothing is tried again: all of that one is lost.
    """
    for attempt in range(1, attempts + 1):
        try:
            return transaction()
        except OperationalError as error:
            if attempt == attempts or connection.in_atomic_block or not _is_deadlock(error):
                raise
        # Two that collided are not to meet again.
        time.sleep(0.02 * 2**attempt * random.random())
    raise AssertionError("unreachable")


def _is_deadlock(error: OperationalError) -> bool:
    return bool(error.args) and (error.args[0] in _MYSQL_CODES or _SQLITE_TEXT in str(error.args[0]))
