"""A demo of the tests' own: started on a free port, and put into every state that its pages have to cope with."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
SMALL = "course-v1:DemoX+Small+2026"
LARGE = "course-v1:DemoX+Large+2026"
LEARNERS = 1_000
RUNS = "learner_data_plugin_reportrun"
FILES = "learner_data_plugin_reportfile"
SCHEDULES = tuple(
    f"learner_data_plugin_{name}" for name in ("scheduleoccurrence", "schedulerecipient", "reportschedule")
)
AGGREGATES = "learner_data_plugin_courseaggregates"
PASSWORD = "edx"
START_SECONDS = 180


def until(is_so: Callable[[], object], *, seconds: float = 30, what: str) -> None:
    """Wait until something is so; fail with what it was otherwise."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{what} took more than {seconds} seconds."
        time.sleep(0.1)


class Demo:
    """``make demo`` on a free port, with a directory of its own.

    Progress is recorded twice a second at most: a shorter pause after each batch would not show more of it.
    """

    def __init__(self, directory: Path, *, pace_seconds: float = 0.55) -> None:
        self.directory = directory
        self.port = _free_port()
        self.address = f"http://localhost:{self.port}"
        self.dashboard_port = _free_port()
        self._log = directory / "demo.log"
        with self._log.open("wb") as log:
            self._launcher = subprocess.Popen(
                [sys.executable, "tests/lms/run_demo.py"],
                cwd=ROOT,
                env={
                    **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
                    "DEMO_DIRECTORY": str(directory),
                    "DEMO_PACE_SECONDS": str(pace_seconds),
                    "LEARNERS": str(LEARNERS),
                    "PORT": str(self.port),
                    "DASHBOARD_PORT": str(self.dashboard_port),
                    "DATABASE_URL": "",
                    "CELERY_BROKER_URL": "",
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def until_running(self) -> None:
        """Wait for web server and worker."""
        until(lambda: self._launcher.poll() is not None or b"is running" in self._log.read_bytes(),
              seconds=START_SECONDS, what="The demo")
        assert self._launcher.poll() is None, self._log.read_text()

    def stop(self) -> None:
        """End web server and worker."""
        self._launcher.send_signal(signal.SIGTERM)
        self._launcher.wait(timeout=60)

    def own_page(self, course: str) -> str:
        """The address of a course's page."""
        return f"{self.address}/learner_data/courses/{course}/"

    def dashboard(self, course: str) -> str:
        """The address of the section in a course's dashboard."""
        return f"{self.address}/courses/{course}/instructor#view-learner_data"

    def run_schedules(self) -> None:
        """Have the recurring reports made, whose next due time is put into the past, as by cron."""
        # Not to today: its hour may be to come.
        due = "next_day = date('now', '-1 day'), next_due = datetime('now', '-1 hour')"
        self.sql(f"UPDATE learner_data_plugin_reportschedule SET {due}")
        own = {"DEMO_DIRECTORY": str(self.directory), "PORT": str(self.port), "LEARNERS": str(LEARNERS)}
        services = {"DATABASE_URL": "", "CELERY_BROKER_URL": ""}
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lms.envs.demo", **own, **services}
        command = [sys.executable, "manage.py", "lms", "learner_data_schedules"]
        subprocess.run(command, cwd=ROOT / "tests/lms", env=environment, check=True, stdout=subprocess.DEVNULL)

    def emails(self) -> list[str]:
        """What has been sent."""
        folder = self.directory / "emails"
        return [path.read_text() for path in folder.iterdir()] if folder.exists() else []

    def new_dashboard(self, course: str, tab: str = "learner_data") -> str:
        """The address of a tab of the new dashboard, which is at an origin of its own."""
        return f"http://localhost:{self.dashboard_port}/instructor-dashboard/{course}/{tab}"

    def usernames(self, course: str) -> list[str]:
        """Who is enrolled at this moment, in the order of reports."""
        query = (
            "SELECT username FROM auth_user JOIN student_courseenrollment AS e ON e.user_id = auth_user.id "
            "WHERE e.course_id = ? AND e.is_active ORDER BY username"
        )
        return [row[0] for row in self.sql(query, course)]

    def ever_enrolled(self, course: str) -> int:
        """How many are or were enrolled."""
        return self.sql("SELECT COUNT(DISTINCT user_id) FROM student_courseenrollment WHERE course_id = ?", course)[0][0]

    def clear(self) -> None:
        """Let what runs come to its end; then there are no reports, charts, failures, and no values of another test."""
        until(
            lambda: not self.sql(f"SELECT 1 FROM {RUNS} WHERE ended IS NULL"),
            what="What other tests had started",
        )
        for table in (*SCHEDULES, FILES, RUNS, AGGREGATES, "site_configuration_siteconfiguration"):
            self.sql(f"DELETE FROM {table}")
        self.set_site_values()

    def set_site_values(self, **values: object) -> None:
        """Override settings of the plugin for the organization of both courses, whose reports are made in few steps."""
        overridden = {"BATCH_SIZE": LEARNERS // 4, **values}
        site_values = json.dumps({"course_org_filter": "DemoX", "LEARNER_DATA_PLUGIN": overridden})
        self.sql(
            "INSERT OR REPLACE INTO site_configuration_siteconfiguration (site_id, enabled, site_values) "
            "SELECT id, 1, ? FROM django_site LIMIT 1",
            site_values,
        )

    def add_old_files(self, number: int) -> None:
        """Copy the only file's record, each copy a minute older than the one before."""
        for minutes in range(1, number + 1):
            self._copy_row(RUNS, task_id=f"'copy-{minutes}'")
            self._copy_row(
                FILES,
                name=f"'copy{minutes}_' || name",
                created=f"datetime(created, '-{minutes} minutes')",
                run_id=f"(SELECT MAX(id) FROM {RUNS})",
            )

    def make_runs_older(self, *, minutes: int) -> None:
        """As if what is under way had been requested, and last been heard of, so long ago."""
        earlier = f"-{minutes} minutes"
        self.sql(
            f"UPDATE {RUNS} SET created = datetime(created, ?), heartbeat = datetime(heartbeat, ?) "
            "WHERE ended IS NULL",
            earlier,
            earlier,
        )

    @contextmanager
    def worker_stopped(self) -> Iterator[None]:
        """Nothing listens to the queue meanwhile."""
        worker = self._worker()
        with self._database() as connection:
            connection.execute("BEGIN IMMEDIATE")  # one that stood still in a transaction would keep all others from writing
            os.killpg(worker, signal.SIGSTOP)
            connection.rollback()
        try:
            yield
        finally:
            os.killpg(worker, signal.SIGCONT)

    @contextmanager
    def broker_gone(self) -> Iterator[None]:
        """The folder of messages is not there meanwhile."""
        with self._moved_away("broker", replaced=False):
            yield

    @contextmanager
    def report_store_refusing(self) -> Iterator[None]:
        """Nothing can be stored meanwhile: a file stands where the folder of reports is to be."""
        with self._moved_away("reports", replaced=True):
            yield

    def sql(self, statement: str, *values: object) -> list[tuple]:
        """Run one statement on the demo's database."""
        with self._database() as connection, connection:
            return connection.execute(statement, values).fetchall()

    def _database(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.directory / "lms.sqlite3", timeout=30))

    def _copy_row(self, table: str, **changes: str) -> None:
        """Copy a table's first row, with SQL in place of some of its values."""
        names = [row[1] for row in self.sql(f"PRAGMA table_info({table})") if row[1] != "id"]
        values = ", ".join(changes.get(name, name) for name in names)
        self.sql(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} ORDER BY id LIMIT 1")

    @contextmanager
    def _moved_away(self, name: str, *, replaced: bool) -> Iterator[None]:
        folder, elsewhere = self.directory / name, self.directory / f"{name}.away"
        folder.mkdir(exist_ok=True)
        folder.rename(elsewhere)
        if replaced:
            folder.write_text("no folder")
        try:
            yield
        finally:
            if replaced:
                folder.unlink()
            elsewhere.rename(folder)

    def _worker(self) -> int:
        # Where setproctitle is installed, Celery gives the process a title of its own in place of its command.
        [worker] = [child for child in psutil.Process(self._launcher.pid).children() if "celery" in " ".join(child.cmdline())]
        return worker.pid


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
