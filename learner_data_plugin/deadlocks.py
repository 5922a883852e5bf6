"""Doing a short transaction again that the database ended in favour of another one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

_Result = TypeVar("_Result")

_ATTEMPTS = 8
_MYSQL_CODES = (1205, 1213)  # lock wait timeout exceeded, deadlock found
_SQLITE_TEXT = "locked"


def retried(transaction: Callable[[], _Result]) -> _Result:
    """Return what a transaction returns, doing it again while the database ends it because of a deadlock.

    MariaDB finds deadlocks between rows that have nothing to do with each other, where they are neighbours in a unique index.
    Inside another transaction nothing is tried again: all of that one is lost.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return transaction()
        except OperationalError as error:
            if attempt == _ATTEMPTS or connection.in_atomic_block or not _is_deadlock(error):
                raise
        # Two that collided are not to meet again.
        time.sleep(0.02 * 2**attempt * random.random())
    raise AssertionError("unreachable")


def _is_deadlock(error: OperationalError) -> bool:
    return bool(error.args) and (error.args[0] in _MYSQL_CODES or _SQLITE_TEXT in str(error.args[0]))
