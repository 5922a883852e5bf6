"""Handing tasks to the broker without waiting for one that does not answer."""

from __future__ import annotations

from typing import Any

SECONDS = 2.0
"""How long one attempt may take; Celery makes four."""


class PublishesQuickly:
    """Mixin for task classes: a Redis that accepts connections but is silent, or is unreachable, is given up soon.

    ``BROKER_CONNECTION_TIMEOUT`` of the platform covers AMQP only; without limits of its own the Redis transport waits for as
    long as the operating system does, and the request with it. Limits that a site has set itself stay as they are.
    """

    app: Any

    def apply_async(self, *args: Any, **options: Any) -> Any:
        conf = self.app.conf
        if conf.task_always_eager or "connection" in options or "producer" in options:
            return super().apply_async(*args, **options)  # type: ignore[misc]
        with self.app.connection_for_write() as connection:
            if connection.transport.driver_type == "redis":
                limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
                connection.transport_options = {**limits, **connection.transport_options}
            return super().apply_async(*args, connection=connection, **options)  # type: ignore[misc]
