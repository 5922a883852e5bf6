"""``make load-courses``: reports of many courses of mixed size, on one worker and on several.

Writes ``build/bench.json``. All reports are queued before the first worker goes on.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from typing import Any

import psutil

from tests.benchmarks.results import keep
from tests.load.place import ROOT, Place, Process, manage, prepared, stop

TABLE = ROOT / "docs" / "reference" / "many-courses-table.txt"
SIZES = (10, 10, 10, 10, 50, 50, 50, 200, 200, 2_000)
"""Learners of ten courses that follow each other; the further ones begin anew."""
GIVE_UP_SECONDS = 1_800


def main() -> int:
    """Measure and write down; 1 if a report failed, was made twice or not at all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=200)
    parser.add_argument("--workers", type=int, action="append", help="how many at a time; may be given several times")
    parser.add_argument("--document", action="store_true", help="write the table of the documentation as well")
    options = parser.parse_args()
    with prepared() as place:
        rows = _measure(options.courses, options.workers or [1, 2, 4], place)
    keep("many courses", rows)
    lines = [
        f"{'workers':>7} {'reports':>8} {'rows':>9} {'seconds':>8} {'rows/s of a worker':>19} {'CPU ms/report':>14}"
        f" {'failed':>7} {'twice':>6}",
        *(
            f"{row['workers']:>7} {row['reports']:>8} {row['rows']:>9,} {row['seconds']:>8.1f} {row['rows_each']:>19,.0f}"
            f" {row['cpu_ms']:>14.1f} {row['failed']:>7} {row['twice']:>6}"
            for row in rows
        ),
    ]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if options.document:
        TABLE.write_text(text, encoding="utf-8")
    return 1 if any(row["failed"] or row["twice"] or row["reports"] != options.courses for row in rows) else 0


def _measure(number: int, workers: list[int], place: Place) -> list[dict[str, Any]]:
    from tests import factories
    from tests.load import site

    for course in range(number):
        course_key = factories.make_course(f"Many{course}", org="ManyX", cohorts=True, teams=True)
        factories.make_learners(course_key, SIZES[course % len(SIZES)], prefix=f"many{course}")
    admin = factories.make_user(is_staff=True)
    rows = []
    for several in workers:
        running = [place.start_worker(worker) for worker in range(several)]
        # A report that is not measured finds each worker with everything loaded.
        _request(admin.username, 3 * several)
        site.wait_for_reports(GIVE_UP_SECONDS)
        _send(running, signal.SIGSTOP)
        runs = _request(admin.username, number)
        began, cpu = time.monotonic(), _cpu(running)
        _send(running, signal.SIGCONT)
        site.wait_for_reports(GIVE_UP_SECONDS)
        seconds = time.monotonic() - began
        rows.append({"workers": several, "seconds": round(seconds, 2), **_outcome(runs, several, seconds)})
        rows[-1]["cpu_ms"] = round((_cpu(running) - cpu) / number * 1_000, 1)
        stop(running)
        place.processes[:] = [process for process in place.processes if process not in running]
    return rows


def _request(username: str, number: int) -> Any:
    """Ask for the reports of so many courses; returns the runs."""
    from common.djangoapps.student.models import CourseEnrollment

    from learner_data_plugin.models import ReportRun

    last = ReportRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    keys = CourseEnrollment.objects.order_by("course_id").values_list("course_id", flat=True).distinct()[:number]
    manage("learner_data_reports", *map(str, keys), "--username", username)
    return ReportRun.objects.filter(pk__gt=last)


def _send(processes: list[Process], number: signal.Signals) -> None:
    for process in processes:
        os.kill(process.pid, number)


def _outcome(runs: Any, workers: int, seconds: float) -> dict[str, Any]:
    from django.db.models import Count, Sum

    from learner_data_plugin.models import ReportFile

    files = ReportFile.objects.filter(run__in=runs)
    rows = files.aggregate(rows=Sum("rows"))["rows"] or 0
    twice = runs.values("course_id").annotate(times=Count("pk")).filter(times__gt=1).count()
    failed = runs.exclude(failure="").count()
    return {"reports": files.count(), "rows": rows, "rows_each": rows / seconds / workers, "failed": failed, "twice": twice}


def _cpu(workers: list[Process]) -> float:
    """Seconds of CPU that the workers and the database server have taken."""
    servers = [process for process in psutil.process_iter(["name"]) if process.info["name"] in ("mariadbd", "mysqld")]
    taken = [process.cpu_times() for process in (*servers, *(psutil.Process(worker.pid) for worker in workers))]
    return sum(times.user + times.system for times in taken)


if __name__ == "__main__":
    sys.exit(main())
