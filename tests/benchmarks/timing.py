"""Seconds and queries of a piece of work."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import connection


class Timed(NamedTuple):
    """What the work returned, seconds it took, queries it made."""

    result: Any
    seconds: float
    queries: int


def timed(work: Callable[[], Any]) -> Timed:
    """Do some work, with a connection that is open already; queries are counted, not kept."""
    connection.ensure_connection()
    count = 0

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    began = time.perf_counter()
    with connection.execute_wrapper(counting):
        result = work()
    return Timed(result, time.perf_counter() - began, count)
