"""A database on MariaDB for one benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
DJANGO = [sys.executable, "-m", "django"]


@contextmanager
def migrated_database(name: str, *, keep: bool = False) -> Iterator[dict[str, str]]:
    """Make the database on the server that is named and migrate it; answers the environment of processes that measure in it.

    It is dropped at the end, unless it is to be kept.
    """
    from tests.benchmarks.run import MARIADB_URL, make_database

    url = urlsplit(os.environ.get("DATABASE_URL") or MARIADB_URL)._replace(path=f"/{name}").geturl()
    make_database(url)
    with tempfile.TemporaryDirectory(prefix="learner_data_bench_") as directory:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "BENCH_DIRECTORY": directory,
            "DJANGO_SETTINGS_MODULE": "lms.envs.bench",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests/lms'}",
        }
        subprocess.run([*DJANGO, "migrate", "--run-syncdb", "--verbosity", "0"], env=environment, check=True)
        try:
            yield environment
        finally:
            if not keep:
                drop = f"from django.db import connection; connection.cursor().execute('DROP DATABASE `{name}`')"
                subprocess.run([*DJANGO, "shell", "-c", drop], env=environment, check=True)
