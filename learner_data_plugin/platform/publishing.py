"""Handing tasks to the broker without waiting for one that does not answer."""

from __future__ import annotations

from typing import Any

from celery import current_app
from celery.app.control import Control

SECONDS = 2.0
"""How long one attempt may take; Celery makes four."""


def revoke(task_id: str) -> None:
    """Tell all workers not to begin a task; one that runs it goes on. Raises whatever the broker's client raises, soon."""
    if current_app.conf.task_always_eager:
        return
    with current_app.connection_for_write() as connection:
        _limit(connection)
        tries = {"max_retries": 1, "interval_start": 0, "interval_max": 0}
        connection.transport_options = {**tries, **connection.transport_options}
        # Celery's own publishes by its pool, whose connections have no limits.
        control = Control(current_app)
        control.mailbox.producer_pool = None
        control.revoke(task_id, connection=connection)


def _limit(connection: Any) -> None:
    if connection.transport.driver_type == "redis":
        limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
        connection.transport_options = {**limits, **connection.transport_options}


class FailFastPublish:
    """Mixin for task classes: a Redis that accepts connections but is silent, or is unreachable, is given up soon.

    ``BROKER_CONNECTION_TIMEOUT`` of the platform covers AMQP only; without limits of its own the Redis transport waits for as
    long as the operating system does, and the request with it. Limits that a site has set itself stay as they are.
    """

    app: Any

    def apply_async(self, *args: Any, **options: Any) -> Any:
        if self.app.conf.task_always_eager or "connection" in options or "producer" in options:
            return super().apply_async(*args, **options)  # type: ignore[misc]
        with self.app.connection_for_write() as connection:
            _limit(connection)
            return super().apply_async(*args, connection=connection, **options)  # type: ignore[misc]
