"""Where a site under load lives: a database, keys in Redis, a folder and processes of its own, all gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LMS = ROOT / "tests" / "lms"
sys.path[:0] = [str(ROOT), str(LMS)]

from lms.djangoapps.demo.processes import Process, stop, stop_signals_raised  # noqa: E402

from tests.services import run as services  # noqa: E402

START_SECONDS = 90


@dataclass
class Place:
    """A migrated site, the port for its web server, and the processes that end with it."""

    folder: Path
    port: int
    processes: list[Process] = field(default_factory=list)

    def start(self, name: str, *command: str) -> Process:
        """Start a process of the site's, with a log of its own."""
        process = Process(name, list(command), directory=LMS, environment={}, log=self.folder / f"{name}.log")
        self.processes.append(process)
        return process

    def start_worker(self, number: int = 1) -> Process:
        """Start a Celery worker that makes one report after the other."""
        name = f"worker{number}"
        celery = ("-m", "celery", "--app", "lms.celery", "worker", "--hostname", f"{name}@load")
        return self.start(name, *celery, "--loglevel", "WARNING", "--pool", "solo", "--prefetch-multiplier", "1")


@contextmanager
def prepared() -> Iterator[Place]:
    """Yield a migrated site, in whose settings this process is as well; exits with a sentence about what is missing."""
    missing = [sentence for sentence in (services.missing_mariadb(), services.missing_redis()) if sentence]
    if missing:
        raise SystemExit("\n".join(missing))
    name = f"learner_data_load_{secrets.token_hex(4)}"
    folder = Path(tempfile.mkdtemp(prefix=name))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = Place(folder, free.getsockname()[1])
    database = services.DATABASE
    account = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    os.environ.update(
        DJANGO_SETTINGS_MODULE="lms.envs.load",
        DATABASE_URL=f"mysql://{account}/{name}",
        CELERY_BROKER_URL=f"{services.REDIS_URL}/14",
        CACHE_URL=f"{services.REDIS_URL}/13",
        SERVICES_PREFIX=name,
        DEMO_DIRECTORY=str(folder),
        PORT=str(place.port),
    )
    try:
        with stop_signals_raised():
            from lms.djangoapps.demo import mysql_database

            mysql_database.create_if_missing(os.environ["DATABASE_URL"])
            print("Preparing the site ...", flush=True)
            manage("migrate", "--run-syncdb", "--verbosity", "0")
            import django

            django.setup()
            yield place
    finally:
        stop(place.processes)
        services.drop_database(name)
        services.delete_keys(name, 13, 14)
        shutil.rmtree(folder, ignore_errors=True)


def manage(*words: str) -> None:
    """Run a management command of the site."""
    subprocess.run([sys.executable, "manage.py", "lms", *words], cwd=LMS, check=True, stdout=subprocess.DEVNULL)
