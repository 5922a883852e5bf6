"""Waiting for other processes: never longer than said, and no longer than needed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

POLL_SECONDS = 0.05


def until(read: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """Call ``read`` until it answers something true, and return that; fail saying what did not come."""
    deadline = time.monotonic() + seconds
    while True:
        found = read()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {seconds:g} seconds")
        time.sleep(POLL_SECONDS)
