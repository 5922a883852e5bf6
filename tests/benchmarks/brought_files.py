"""Seconds, queries and memory of deanonymizing and pseudonymizing a file on MariaDB.

``python -m tests.benchmarks.brought_files [rows]`` in the environment that ``make bench`` gives its measurements
(``prepare`` of :mod:`.run`); each call is made by a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO, Any

ROWS = 100_000
COLUMNS = ("username", "email", "name")


def main(rows: int) -> None:
    """Measure each call in a process of its own, beside one that has loaded everything and does nothing."""
    from tests.benchmarks import results, run

    rows_kept, environment = [], run.prepare("mariadb")
    run.child(environment, "make", rows, "profile", "csv")
    for call in ("nothing", "preview", "deanonymize", "pseudonymize", "deanonymize_xlsx"):
        command = [sys.executable, "-m", "tests.benchmarks.brought_files", call, str(rows)]
        options: dict[str, Any] = {"env": environment, "cwd": run.ROOT, "capture_output": True, "text": True, "check": True}
        answers = [json.loads(subprocess.run(command, **options).stdout) for _time in range(3)]
        best = min(answers, key=lambda answer: answer["seconds"])
        rows_kept.append({"call": call, "rows": rows, **best})
        print(f"{call:18} {rows:>9,} rows {best['seconds']:>7.2f} s {best['queries']:>6} queries {best['peak_mb']:>7.0f} MB")
    results.keep("files brought along", rows_kept)


def measure(call: str, rows: int) -> dict[str, Any]:
    """Make one call; the file is written by this process before and is no part of what is measured."""
    import django

    django.setup()
    from django.core.cache import cache

    from learner_data_plugin import api
    from learner_data_plugin.data import Actor
    from tests.benchmarks.courses import User, course_of
    from tests.benchmarks.timing import timed

    course_key = course_of(rows)
    by = Actor(User.objects.order_by("pk").first().pk, "benchmark")
    cache.clear()
    calls: dict[str, Callable[[IO[bytes]], Any]] = {
        "nothing": lambda _file: None,
        "preview": lambda file: api.preview_deanonymization(course_key, file, by=by),
        "deanonymize": lambda file: api.deanonymize(course_key, file, columns=COLUMNS, purpose="To measure", by=by),
        "pseudonymize": lambda file: api.pseudonymize(course_key, file, by=by),
        "deanonymize_xlsx": lambda file: api.deanonymize(course_key, file, columns=COLUMNS, purpose="To measure", by=by),
    }
    with TemporaryFile() as file:
        command = [sys.executable, "-m", "tests.benchmarks.brought_files", "write", call, str(rows)]
        subprocess.run(command, stdout=file, check=True)
        done = timed(lambda: calls[call](file))
    return {
        "seconds": done.seconds,
        "queries": done.queries,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def write(call: str, rows: int) -> None:
    """Write a survey of the course's learners to the standard output."""
    import django

    django.setup()
    from common.djangoapps.student.models import AnonymousUserId, CourseEnrollment

    from learner_data_plugin.export.csv import csv_lines
    from tests.benchmarks.courses import course_of

    course_key = course_of(rows)
    if call == "pseudonymize":
        keys = CourseEnrollment.objects.filter(course_id=course_key).values_list("user__username", flat=True)
        name = "username"
    else:
        keys = AnonymousUserId.objects.filter(course_id=course_key).values_list("anonymous_user_id", flat=True)
        name = "anon_id"
    answers = ("Strongly agree", "It helped me a lot, thank you", "4", "2026-05-04 03:02:01")
    header = (name, "q1", "q2", "q3", "when")
    if call.endswith("xlsx"):
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in [header, *((key, *answers) for key in keys)]:
            sheet.append(row)
        book.save(sys.stdout.buffer)
    else:
        for line in csv_lines(header, ((key, *answers) for key in keys)):
            sys.stdout.write(line)


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "write":
        write(sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) > 2 and "BENCH_DIRECTORY" in os.environ:
        sys.stdout.write(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
