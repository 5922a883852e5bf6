"""``make load``: fifty people and events of learners on the demo with MariaDB, Redis and gunicorn for two minutes.

Writes ``build/bench.json``. The site is warm when the two minutes begin: what its memory does then is growth.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import urllib.request

import psutil

from tests.benchmarks.results import keep
from tests.load.place import ROOT, START_SECONDS, Place, Process, manage, prepared

WEB_WORKERS, WEB_THREADS = 2, 8
TABLE = ROOT / "docs" / "reference" / "load-table.txt"


def main() -> int:
    """Prepare the site, put it under load, write down what came out; 1 if there was an error in any answer."""
    options = _options()
    with prepared() as place:
        result, rows = _measure(options, place)
    _write(result, rows)
    return 1 if result["errors"] or (result["events"] and not result["items"]) else 0


def _measure(options: argparse.Namespace, place: Place) -> tuple[dict, list[tuple]]:
    from tests.load import people, site

    manage("seed_demo", "--learners", str(options.learners))
    courses = site.make_courses(options.courses)
    names = site.make_users(options.users, courses)
    learners = site.make_learners(round(options.events * people.Learner.seconds_between), courses)
    place.start_worker()
    size = ["--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS), "--no-control-socket"]
    served = ["--worker-class", "gthread", "--bind", f"127.0.0.1:{place.port}", *size]
    web = place.start("web server", "-m", "gunicorn", "lms.wsgi:application", *served)
    keys = [course.key for course in courses]
    for report, file_format in (("profile", "csv"), ("profile", "xlsx"), ("anonymized_ids", "csv")):
        manage("learner_data_reports", *keys, "--username", "admin", "--report", report, "--format", file_format)
        site.wait_for_reports(START_SECONDS)
    _wait_for_web(place.port, web)

    answers = people.Answers()
    persons: list[people.Visitor] = [people.Person(name, place.port, courses, answers) for name in names]
    persons += [people.Learner(name, place.port, courses, answers) for name in learners]
    for person in persons:
        person.sign_in()
    print(
        f"{len(names)} people, {len(learners)} learners: {options.warm_up} seconds to warm up, then {options.seconds} ...",
        flush=True,
    )
    until = time.monotonic() + options.warm_up + options.seconds
    for person in persons:
        person.until = until
        person.start()
    time.sleep(options.warm_up)
    answers.forget_times()
    rss_start = _memory(web)
    time.sleep(max(0.0, until - 0.5 - time.monotonic()))
    rss_end = _memory(web)
    for person in persons:
        person.join(people.TIMEOUT_SECONDS + 10)
    told = answers.milliseconds.pop("event", [])
    times = answers.all()
    result = {
        "users": options.users,
        "events": len(told),
        "event_p95_ms": _percentile(told, 95),
        "items": site.kept_items(learners),
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
    if answers.errors:
        print(web.last_lines(60), file=sys.stderr)
    rows = [(kind, len(got), _percentile(got, 50), _percentile(got, 95)) for kind, got in sorted(answers.milliseconds.items())]
    return result, [
        *rows,
        ("all of these", len(times), result["p50_ms"], result["p95_ms"]),
        ("event", len(told), _percentile(told, 50), result["event_p95_ms"]),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--warm-up", type=int, default=90, help="seconds before, in which each thread fills its caches")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--events", type=int, default=100, help="events of learners a second, beside what people ask")
    parser.add_argument("--courses", type=int, default=20)
    parser.add_argument("--learners", type=int, default=2_000, help="learners of the demo's large course")
    return parser.parse_args()


def _wait_for_web(port: int, web: Process) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=10):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit(f"The web server did not start.\n{web.last_lines()}") from None
            time.sleep(0.2)


def _memory(web: Process) -> float:
    """Megabytes that the processes of the web server hold, together."""
    workers = psutil.Process(web.pid).children(recursive=True)
    return round(sum(worker.memory_info().rss for worker in workers) / 1e6, 1)


def _percentile(values: list[float], percent: int) -> float:
    return round(statistics.quantiles(values, n=100)[percent - 1], 1) if len(values) > 1 else 0.0


def _write(result: dict, rows: list[tuple]) -> None:
    keep("load", [result, *rows])
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
        f"{result['users']} people, {result['seconds']} seconds, {result['requests']} requests and {result['events']} events "
        f"({result['items']} rows of them kept since the start), "
        f"{result['errors']} errors. "
        f"The {WEB_WORKERS} web workers held {result['rss_start_mb']} MB at their start, {result['rss_end_mb']} MB at the end.",
        "",
    ]
    if TABLE.parent.is_dir():
        TABLE.write_text("\n".join(lines))
    print("\n".join(lines[2:]))


if __name__ == "__main__":
    sys.exit(main())
