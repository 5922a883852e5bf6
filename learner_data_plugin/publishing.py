"""Handing tasks to the broker: into the queue that the site chose, and without waiting for a broker that does not answer."""

from __future__ import annotations

from typing import Any

from . import configuration

SECONDS = 2.0
"""How long one attempt may take; Celery makes four."""


class PublishesQuickly:
    """Mixin for task classes: a Redis that accepts connections but is silent, or is unreachable, is given up soon.

    ``BROKER_CONNECTION_TIMEOUT`` of the platform covers AMQP only; without limits of its own the Redis transport waits for as
    long as the operating system does, and the request with it. Limits that a site has set itself stay as they are.

    The queue is the site's QUEUE, unless the caller names one; it wins over the platform's EXPLICIT_QUEUES. It is given with
    each message because Celery 6 no longer lets a task have a queue of its own.
    """

    app: Any

    def apply_async(self, *args: Any, **options: Any) -> Any:
        conf = self.app.conf
        if (queue := configuration.value("QUEUE")) is not None:
            options.setdefault("queue", queue)
        if conf.task_always_eager or "connection" in options or "producer" in options:
            return super().apply_async(*args, **options)  # type: ignore[misc]
        with self.app.connection_for_write() as connection:
            if connection.transport.driver_type == "redis":
                limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
                connection.transport_options = {**limits, **connection.transport_options}
            return super().apply_async(*args, connection=connection, **options)  # type: ignore[misc]
