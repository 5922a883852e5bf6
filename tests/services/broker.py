"""Pointing this process, which plays the web server, to another broker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from openedx.core.lib.celery import APP


@contextmanager
def using_broker(url: str) -> Iterator[None]:
    """Publish to this broker meanwhile."""
    before = APP.conf.broker_url
    _switch(url)
    try:
        yield
    finally:
        _switch(before)


def _switch(url: str) -> None:
    APP.conf.broker_url = url
    # What Celery does in a new process: connections that were made with the old address are forgotten.
    APP._after_fork()
