"""The processes that tests start and end: Celery workers, and a Redis of their own that may fail."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil
import redis
from django.db import connection

from .waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
PACE = "0.6"
"""Seconds of pause after each step, for PACE_SECONDS: longer than the half second in which no more than one step is told."""

_SETTINGS = "lms.envs.workers"


def environment(**values: str) -> dict[str, str]:
    """What a process needs to find the test's own database, and the plugin."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": _SETTINGS,
        "PYTHONPATH": f"{ROOT / 'tests' / 'lms'}:{ROOT}",
        "DATABASE_NAME": connection.settings_dict["NAME"],
        **values,
    }


class Worker:
    """``celery --app lms.celery worker`` as a process of its own. What is queued before it is ready, it finds then."""

    def __init__(
        self, log: Path, *, pool: str = "solo", user: int | None = None, before: Iterable[str] = (), **values: str
    ) -> None:
        self.log = log
        command = [sys.executable, "-m", "celery", "--app", "lms.celery", "worker", "--pool", pool, "--concurrency", "1"]
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "INFO", "--hostname", f"{log.stem}@localhost"]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*before, *command, *quiet],
                cwd=log.parent,
                env=environment(**values),
                stdout=output,
                stderr=subprocess.STDOUT,
                user=user,
                start_new_session=True,
            )

    def until_ready(self) -> None:
        """Wait until the worker takes tasks."""
        until(self._is_ready, seconds=START_SECONDS, what="the worker")

    def kill(self) -> None:
        """SIGKILL to the worker and its pool, as a machine that goes down."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_pool(self) -> None:
        """SIGKILL to the processes of the pool alone, as the kernel does when memory is short."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            child.kill()

    def stop(self) -> None:
        """End the worker, whatever it is doing."""
        if self.process.poll() is None:
            self.kill()

    def text(self) -> str:
        """What the worker has written so far."""
        return self.log.read_text(errors="replace")

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.text()
        return " ready." in self.text()


class RedisServer:
    """A Redis on a port of its own, that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server, empty."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [*command, "--dir", str(self.folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers, seconds=20, what="redis-server")

    def stop(self) -> None:
        """Kill the server; nothing of it is kept."""
        self.process.kill()
        self.process.wait()

    def client(self, database: int) -> redis.Redis:
        """A connection to one of the server's databases."""
        return redis.Redis(port=self.port, db=database)

    def _answers(self) -> bool:
        try:
            return self.client(0).ping()
        except redis.ConnectionError:
            return False
