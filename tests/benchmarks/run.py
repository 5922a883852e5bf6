"""``make bench``: our reports beside the raw limit, on MariaDB and SQLite; the table goes to docs, the numbers to build.

Each measurement is a process of its own. With EDX_PLATFORM and PYTHON the platform's own report is measured as well, in that
checkout. MariaDB has to run at 127.0.0.1:3306 (root without a password), or DATABASE_URL names another one.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.results import keep, kept

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
DOCUMENTED = ROOT / "docs/reference/benchmark.json"
BEFORE = ROOT / "docs/reference/benchmark-before.json"
"""What was measured of release 1.0, to stand beside."""
TABLE = ROOT / "docs/reference/benchmark-table.txt"
MARIADB_URL = "mysql://root@127.0.0.1:3306/learner_data_bench"
SIZES = (10, 1_000, 10_000, 100_000)
"""The report of ten learners is what a request costs by itself: the platform's books, ours, the audit and the store."""
DOCUMENTED_SIZES = (*SIZES, 1_000_000)
REPORTS = (("report", "profile", "csv"), ("report", "anonymized_ids", "csv"), ("report", "profile", "xlsx"))
CHARTS = (("charts", "charts_refresh", "table"), ("charts", "charts", "json"), ("charts", "page", "html"))
"""Counting a course for its charts, and answers from the stored numbers."""
TABLES = tuple(("table", f"table{what}", "json") for what in ("", "_sort", "_filter", "_preset", "_search", "_search_all"))
"""Pages of the table on the page."""

BUILT_IN_LEARNERS = 10_000
Row = dict[str, Any]


def main() -> int:
    """Measure, print and write down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, action="append", help="sizes of courses; may be given several times")
    parser.add_argument("--database", choices=["mariadb", "sqlite"], action="append")
    parser.add_argument("--report", action="append", help="reports to measure; may be given several times")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="twice each, and not for the documentation")
    parser.add_argument("--s3", action="store_true", help="store reports in an S3 server (moto's, started for this)")
    chosen = parser.parse_args()
    with s3_store() if chosen.s3 else nullcontext({}) as store:
        for database in chosen.database or ["mariadb", "sqlite"]:
            environment = {**prepare(database), **store}
            name = f"{database} (reports in S3)" if chosen.s3 else database
            for learners in chosen.learners or SIZES:
                child(environment, "make", learners, "profile", "csv")
                for kind, report, file_format in (*REPORTS, *(() if chosen.s3 else (*CHARTS, *TABLES))):
                    if chosen.report and report not in chosen.report:
                        continue
                    repeats = 2 if chosen.quick else chosen.repeats
                    row = measure(environment, name, learners, report, file_format, repeats, kind=kind)
                    sys.stdout.write(line(row) + "\n")
                    sys.stdout.flush()
                    write_down([row], documented=not chosen.quick)
    if not (chosen.learners or chosen.s3):
        write_down(built_in(), documented=True)
    return 0


@contextmanager
def s3_store() -> Iterator[dict[str, str]]:
    """Run an S3 server in this process; yields what measurements, each a process of its own, need to store there."""
    import boto3
    from moto.server import ThreadedMotoServer

    keys = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ.update(keys)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the server tells each request otherwise
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="bench")
        yield {**keys, "BENCH_S3_ENDPOINT": endpoint}
    finally:
        server.stop()


def prepare(database: str) -> dict[str, str]:
    """Return the environment of measurements on a database, which is made, with its tables, where it is missing."""
    directory = BUILD / "bench" / database
    directory.mkdir(parents=True, exist_ok=True)
    url = os.environ.get("DATABASE_URL") or MARIADB_URL if database == "mariadb" else f"sqlite:///{directory}/bench.sqlite3"
    environment = {
        **os.environ,
        "BENCH_DIRECTORY": str(directory),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "lms.envs.bench",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests/lms'}",
    }
    if database == "mariadb":
        make_database(url)
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"], env=environment, check=True
    )
    return environment


def make_database(url: str) -> None:
    """Make the database of a URL, if it is missing."""
    import MySQLdb

    place = urlsplit(url)
    try:
        server = MySQLdb.connect(
            host=place.hostname, port=place.port or 3306, user=place.username or "root", password=place.password or ""
        )
    except MySQLdb.Error as error:
        sys.exit(f"bench: no MariaDB answers at {place.hostname}:{place.port} ({error.args[0]}); start it, or set DATABASE_URL")
    server.cursor().execute(f"CREATE DATABASE IF NOT EXISTS `{place.path.strip('/')}` CHARACTER SET utf8mb4")
    server.close()


def child(environment: dict[str, str], kind: str, learners: int, report: str, file_format: str) -> Row:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.measure", kind, str(learners), report, file_format]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command[2:])} failed.\n{done.stderr[-2000:]}")
    answer: Row = json.loads(done.stdout.splitlines()[-1])
    return answer


def measure(
    environment: dict[str, str],
    database: str,
    learners: int,
    report: str,
    file_format: str,
    repeats: int,
    *,
    kind: str,
) -> Row:
    """What is measured and its raw limit in turn; the medians of both. An answer from stored numbers has no such limit."""
    has_limit = kind == "report" or report == "charts_refresh"
    pairs = [
        (
            child(environment, kind, learners, report, file_format),
            child(environment, "raw", learners, report, "csv") if has_limit else None,
        )
        for _ in range(repeats)
    ]
    seconds = statistics.median(made["seconds"] for made, _ in pairs)
    raw_seconds = statistics.median(raw["seconds"] for _, raw in pairs if raw) if has_limit else None
    return {
        "database": database,
        "learners": learners,
        "report": report,
        "format": file_format,
        "seconds": round(seconds, 4),
        "raw_seconds": None if raw_seconds is None else round(raw_seconds, 4),
        "ratio": None if raw_seconds is None else round(seconds / raw_seconds, 2),
        "queries": statistics.median(made["queries"] for made, _ in pairs),
        "peak_mb": round(statistics.median(made["peak_mb"] for made, _ in pairs), 1),
    }


def built_in() -> list[Row]:
    """The platform's own function and ours in a real checkout on MariaDB, if there is one."""
    if not (os.environ.get("EDX_PLATFORM") and os.environ.get("PYTHON")):
        return []
    output = BUILD / "bench/built_in.json"
    environment = {**os.environ, "BENCH_LEARNERS": str(BUILT_IN_LEARNERS), "BENCH_OUTPUT": str(output)}
    command = [sys.executable, "tests/platform/run.py", "tests/benchmarks/built_in.py"]
    command += ["--ds=tests.benchmarks.platform_settings", "--create-db", "-q"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)
    rows: list[Row] = json.loads(output.read_text())
    for row in rows:
        sys.stdout.write(line(row) + "\n")
    return rows


HEADER = (
    f"{'database':40} {'learners':>9} {'report':15} {'format':6} "
    f"{'seconds':>9} {'raw':>9} {'ratio':>8} {'1.0':>8} {'queries':>8} {'MB':>6}"
)


def line(row: Row) -> str:
    """A row of the table; beside the ratio stands that of release 1.0."""
    raw = "" if row["raw_seconds"] is None else f"{row['raw_seconds']:.3f}"
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
    peak = "" if row["peak_mb"] is None else f"{row['peak_mb']:.0f}"
    earlier = {key(old): f"{old['ratio']:.2f}" for old in json.loads(BEFORE.read_text())}.get(key(row), "")
    return (
        f"{row['database']:40} {row['learners']:>9,} {row['report']:15} {row['format']:6} {row['seconds']:>9.3f} {raw:>9} "
        f"{ratio:>8} {earlier:>8} {row['queries']:>8.0f} {peak:>6}"
    )


def key(row: Row) -> tuple[Any, ...]:
    """What was measured."""
    return row["database"], row["learners"], row["report"], row["format"]


def write_down(rows: list[Row], *, documented: bool) -> None:
    """Enter rows into build/bench.json and, of the documented sizes, into the documentation; others that are there stay."""
    keep("reports", merged(kept("reports"), rows))
    if documented and (shown := [row for row in rows if row["learners"] in DOCUMENTED_SIZES]):
        in_docs = merged(json.loads(DOCUMENTED.read_text()), shown)
        DOCUMENTED.write_text("[\n" + ",\n".join(map(json.dumps, in_docs)) + "\n]\n")
        TABLE.write_text("\n".join([HEADER, *map(line, in_docs)]) + "\n")


def merged(earlier: list[Row], rows: list[Row]) -> list[Row]:
    """Rows in place of what was measured earlier of the same, in order."""
    together = {key(row): row for row in [*earlier, *rows]}
    return sorted(together.values(), key=lambda row: (row["database"], row["learners"]))


if __name__ == "__main__":
    sys.exit(main())
