#!/usr/bin/env python
"""Runs the demo: prepares its database, then web server and Celery worker until Ctrl-C. ``make demo`` calls this."""

from __future__ import annotations

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

LMS = Path(__file__).resolve().parent
sys.path.insert(0, str(LMS))

from lms.djangoapps.demo import mysql_database, welcome  # noqa: E402
from lms.djangoapps.demo.processes import Process, Stopped, stop, stop_signals_raised  # noqa: E402

START_SECONDS = 90
WEB = [
    *("-m", "gunicorn", "lms.wsgi:application", "--worker-class", "gthread", "--workers", "1", "--threads", "8"),
    *("--access-logfile", "-", "--graceful-timeout", "5", "--no-control-socket"),
]
WORKER = [
    *("-m", "celery", "--app", "lms.celery", "worker", "--loglevel", "INFO", "--pool", "prefork", "--concurrency", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
]


class DemoFailed(Exception):
    """The demo cannot run; the text says why."""


class Demo:
    """One run of the demo, as the environment asks for it."""

    def __init__(self) -> None:
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = _whole_number("PORT", 8_000)
        self.dashboard_port = _whole_number("DASHBOARD_PORT", 0) or self._free_port_after(self.port)
        self.learners = _whole_number("LEARNERS", 5_000)
        self.directory = Path(os.environ.get("DEMO_DIRECTORY") or LMS.parents[1] / ".demo").resolve()
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "lms.envs.demo",
            "DEMO_DIRECTORY": str(self.directory),
            "PORT": str(self.port),
            "DASHBOARD_PORT": str(self.dashboard_port),
            "LEARNERS": str(self.learners),
        }
        self.processes: list[Process] = []

    @property
    def address(self) -> str:
        """Where a browser finds the demo."""
        return f"http://{self._name}:{self.port}"

    @property
    def dashboard_address(self) -> str:
        """Where a browser finds what stands for the new instructor dashboard: another origin than that of the LMS."""
        return f"http://{self._name}:{self.dashboard_port}/instructor-dashboard"

    @property
    def _name(self) -> str:
        return "localhost" if self.host in ("127.0.0.1", "0.0.0.0") else self.host

    def run(self) -> None:
        """Run until something ends: by ``Stopped`` if asked to, by DemoFailed otherwise."""
        self._require_free_port(self.port)
        self._require_free_port(self.dashboard_port)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._prepare()
        self._start("worker", WORKER)
        ports = (self.port, self.dashboard_port)
        self._start("web server", [*WEB, *(word for port in ports for word in ("--bind", f"{self.host}:{port}"))])
        self._wait_until(self._worker_is_ready, "The worker")
        self._wait_until(self._web_is_ready, "The web server")
        print(welcome.welcome(self.address, self.dashboard_address, str(self.directory)), flush=True)
        while True:
            self._require_running()
            time.sleep(0.3)

    def _free_port_after(self, port: int) -> int:
        """The next port; any other one where that is taken, or is none."""
        for candidate in (port + 1, 0):
            with socket.socket() as probe:
                try:
                    probe.bind((self.host, candidate))
                except (OSError, OverflowError):
                    continue
                return probe.getsockname()[1]
        raise DemoFailed(f"No port of {self.host} is free.")

    def _require_free_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, port))
            except OSError as error:
                raise DemoFailed(
                    f"Port {port} of {self.host} cannot be used ({os.strerror(error.errno or 0)}). "
                    f"Choose another one, for instance: make demo PORT={port + 1}"
                ) from None

    def _prepare(self) -> None:
        database_url = os.environ.get("DATABASE_URL", "")
        if mysql_database.is_mysql(database_url):
            try:
                mysql_database.create_if_missing(database_url)
            except ValueError as error:
                raise DemoFailed(str(error)) from None
        print("Preparing the database ...", flush=True)
        self._command("migrate", "--run-syncdb", "--verbosity", "0")
        self._command("seed_demo", "--learners", str(self.learners))

    def _command(self, *words: str) -> None:
        command = Process(words[0], ["manage.py", "lms", *words], directory=LMS, environment=self.environment, log=None)
        self.processes.append(command)
        if command.wait():
            raise DemoFailed(
                f"The database could not be prepared ({words[0]} failed). If it comes from an older version of the demo, "
                "remove it with: make clean"
            )
        self.processes.remove(command)

    def _start(self, name: str, command: list[str]) -> None:
        log = self.directory / f"{name.split()[0]}.log"
        self.processes.append(Process(name, command, directory=LMS, environment=self.environment, log=log))

    def _wait_until(self, is_ready: Callable[[], bool], subject: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            self._require_running()
            if time.monotonic() > deadline:
                logs = "\n".join(f"{process.name}:\n{process.last_lines()}" for process in self.processes)
                raise DemoFailed(f"{subject} did not start within {START_SECONDS} seconds.\n{logs}")
            time.sleep(0.2)

    def _worker_is_ready(self) -> bool:
        return any(line.endswith(" ready.") for line in self.processes[0].last_lines(200).splitlines())

    def _web_is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.host}:{self.port}/login", timeout=10):
                return True
        except urllib.error.HTTPError as error:
            raise DemoFailed(f"The web server answers {error.code}.\n{self.processes[1].last_lines(40)}") from None
        except OSError:
            return False

    def _require_running(self) -> None:
        for process in self.processes:
            if process.exit_code is not None:
                raise DemoFailed(
                    f"The {process.name} has ended by itself (exit code {process.exit_code}). "
                    f"The end of {process.log}:\n{process.last_lines()}"
                )


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal():
        raise DemoFailed(f"{name} is to be a whole number, not {text!r}.")
    return int(text)


def main() -> int:
    """Run the demo; 0 if it was asked to end, 1 if it failed."""
    demo = None
    try:
        with stop_signals_raised():
            demo = Demo()
            demo.run()
    except Stopped:
        print("\nStopping ...", flush=True)
        exit_code = 0
    except DemoFailed as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        exit_code = 1
    if demo is not None and demo.processes:
        stop(demo.processes)
        print("Stopped.", flush=True)
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
