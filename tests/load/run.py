"""``make load``: fifty people on the demo with MariaDB, Redis and gunicorn for two minutes. Writes ``build/load.json``.

The site is warm when the two minutes begin: what its memory does then is growth.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
LMS = ROOT / "tests" / "lms"
sys.path[:0] = [str(ROOT), str(LMS)]

from lms.djangoapps.demo.processes import Process, stop, stop_signals_raised  # noqa: E402

from tests.services import run as services  # noqa: E402

WEB_WORKERS, WEB_THREADS = 2, 8
START_SECONDS = 90
TABLE = ROOT / "docs" / "reference" / "load-table.txt"


def main() -> int:
    """Prepare the site, put it under load, write down what came out; 1 if there was an error in any answer."""
    options = _options()
    missing = [sentence for sentence in (services.missing_mariadb(), services.missing_redis()) if sentence]
    if missing:
        print("\n".join(missing), file=sys.stderr)
        return 1
    name = f"learner_data_load_{secrets.token_hex(4)}"
    folder = Path(tempfile.mkdtemp(prefix=name))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = services.DATABASE
    account = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    os.environ.update(
        DJANGO_SETTINGS_MODULE="lms.envs.load",
        DATABASE_URL=f"mysql://{account}/{name}",
        CELERY_BROKER_URL=f"{services.REDIS_URL}/14",
        CACHE_URL=f"{services.REDIS_URL}/13",
        SERVICES_PREFIX=name,
        DEMO_DIRECTORY=str(folder),
        PORT=str(port),
        LEARNERS=str(options.learners),
    )
    processes: list[Process] = []
    try:
        with stop_signals_raised():
            result, rows = _measure(options, folder, port, processes)
    finally:
        stop(processes)
        services.drop_database(name)
        services.delete_keys(name, 13, 14)
        shutil.rmtree(folder, ignore_errors=True)
    _write(result, rows)
    return 1 if result["errors"] else 0


def _measure(options: argparse.Namespace, folder: Path, port: int, processes: list[Process]) -> tuple[dict, list[tuple]]:
    from lms.djangoapps.demo import mysql_database

    mysql_database.create_if_missing(os.environ["DATABASE_URL"])
    print("Preparing the site ...", flush=True)
    _manage("migrate", "--run-syncdb", "--verbosity", "0")
    _manage("seed_demo", "--learners", str(options.learners))
    import django

    django.setup()
    from tests.load import people, site

    courses = site.make_courses(options.courses)
    names = site.make_users(options.users, courses)
    worker = ["-m", "celery", "--app", "lms.celery", "worker", "--loglevel", "WARNING", "--pool", "solo"]
    processes.append(Process("worker", worker, directory=LMS, environment={}, log=folder / "worker.log"))
    web = ["-m", "gunicorn", "lms.wsgi:application", "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}"]
    size = ["--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS), "--no-control-socket"]
    processes.append(Process("web server", [*web, *size], directory=LMS, environment={}, log=folder / "web.log"))
    keys = [course.key for course in courses]
    for report, file_format in (("profile", "csv"), ("profile", "xlsx"), ("anonymized_ids", "csv")):
        _manage("learner_data_reports", *keys, "--username", "admin", "--report", report, "--format", file_format)
        _wait_for_reports()
    _wait_for_web(port, processes)

    answers = people.Answers()
    persons = [people.Person(name, port, courses, answers) for name in names]
    for person in persons:
        person.sign_in()
    print(f"{len(persons)} people: {options.warm_up} seconds to warm up, then {options.seconds} ...", flush=True)
    until = time.monotonic() + options.warm_up + options.seconds
    for person in persons:
        person.until = until
        person.start()
    time.sleep(options.warm_up)
    answers.forget_times()
    rss_start = _memory(processes[-1])
    time.sleep(max(0.0, until - 0.5 - time.monotonic()))
    rss_end = _memory(processes[-1])
    for person in persons:
        person.join(people.TIMEOUT_SECONDS + 10)
    times = answers.all()
    result = {
        "users": options.users,
        "seconds": options.seconds,
        "requests": len(times),
        "errors": answers.errors.total(),
        "p50_ms": _percentile(times, 50),
        "p95_ms": _percentile(times, 95),
        "rss_start_mb": rss_start,
        "rss_end_mb": rss_end,
    }
    for error, count in answers.errors.most_common(10):
        print(f"{count} x {error}", file=sys.stderr)
    rows = [(kind, len(got), _percentile(got, 50), _percentile(got, 95)) for kind, got in sorted(answers.milliseconds.items())]
    return result, [*rows, ("all", len(times), result["p50_ms"], result["p95_ms"])]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--warm-up", type=int, default=90, help="seconds before, in which each thread fills its caches")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--courses", type=int, default=20)
    parser.add_argument("--learners", type=int, default=2_000, help="learners of the demo's large course")
    return parser.parse_args()


def _manage(*words: str) -> None:
    subprocess.run([sys.executable, "manage.py", "lms", *words], cwd=LMS, check=True, stdout=subprocess.DEVNULL)


def _wait_for_reports() -> None:
    from learner_data_plugin.models import ReportRun

    deadline = time.monotonic() + START_SECONDS
    while ReportRun.objects.filter(slot__isnull=False).exists():
        if time.monotonic() > deadline:
            raise SystemExit(f"The worker did not make the reports within {START_SECONDS} seconds.")
        time.sleep(0.2)


def _wait_for_web(port: int, processes: list[Process]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=10):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit(f"The web server did not start.\n{processes[-1].last_lines()}") from None
            time.sleep(0.2)


def _memory(web: Process) -> float:
    """Megabytes that the processes of the web server hold, together."""
    workers = psutil.Process(web.pid).children(recursive=True)
    return round(sum(worker.memory_info().rss for worker in workers) / 1e6, 1)


def _percentile(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100)[percent - 1], 1) if len(values) > 1 else 0.0


def _write(result: dict, rows: list[tuple]) -> None:
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "load.json").write_text(json.dumps(result, indent=2) + "\n")
    lines = [
        ".. Written by make load.",
        "",
        ".. list-table::",
        "   :header-rows: 1",
        "",
        "   * - Asked for",
        "     - Requests",
        "     - p50, ms",
        "     - p95, ms",
    ]
    for row in rows:
        lines += [f"   {'*' if place == 0 else ' '} - {cell}" for place, cell in enumerate(row)]
    lines += [
        "",
        f"{result['users']} people, {result['seconds']} seconds, {result['requests']} requests, {result['errors']} errors. "
        f"The {WEB_WORKERS} web workers held {result['rss_start_mb']} MB at their start, {result['rss_end_mb']} MB at the end.",
        "",
    ]
    if TABLE.parent.is_dir():
        TABLE.write_text("\n".join(lines))
    print("\n".join(lines[2:]))


if __name__ == "__main__":
    sys.exit(main())
