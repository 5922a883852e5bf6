"""Many learners retire while reports of their course are generated: who is left where, and what it takes.

``python -m tests.benchmarks.run`` prepares the database as for the other measurements; this module is then run in it::

    python -m tests.benchmarks.erasures --learners 20000 --reports 50 --erased 1000

One process retires learners, two take them out of the stored reports as workers do, and two generate reports. It prints what
was found afterwards, and fails if a learner is left in a file, a report is lost, or the store holds something else.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import subprocess
import sys
import time
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402

from learner_data_plugin import api  # noqa: E402
from learner_data_plugin.data import Actor  # noqa: E402
from learner_data_plugin.models import Erasure, ReportFile, ReportRun  # noqa: E402
from learner_data_plugin.platform import api as platform_api  # noqa: E402
from learner_data_plugin.platform.deadlocks import retry_on_deadlock  # noqa: E402
from learner_data_plugin.privacy import erasure  # noqa: E402
from tests.benchmarks.courses import User, course_of  # noqa: E402
from tests.reading import content_of, rows_of  # noqa: E402

FORMATS = ("csv", "xlsx", "jsonl")
RETIREMENTS = "retire"
FIRST_CELL = re.compile(rb'<c r="A\d+"[^>]*>(?:<v>|<is><t[^>]*>)([^<]*)<')


def main() -> int:
    """Prepare, run the processes and say what they left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=20_000)
    parser.add_argument("--reports", type=int, default=50)
    parser.add_argument("--erased", type=int, default=1_000)
    parser.add_argument("--role", choices=[RETIREMENTS, "erase", "generate"])
    chosen = parser.parse_args()
    if chosen.role:
        return {RETIREMENTS: retire, "erase": erase, "generate": generate}[chosen.role](chosen)
    course_key, by = course_of(chosen.learners), actor()
    before = [make(course_key, by, number) for number in range(chosen.reports)]
    began = time.monotonic()
    processes = [start(role, chosen) for role in (RETIREMENTS, "erase", "erase", "generate", "generate")]
    told = [json.loads(process.communicate()[0].splitlines()[-1]) for process in processes]
    found = {
        "seconds": round(time.monotonic() - began, 1),
        "processes": told,
        **look(course_key, before),
    }
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    failed = found["left"] or found["lost"] or found["strays"] or found["failed"] or any(p.returncode for p in processes)
    return 1 if failed else 0


def actor() -> Actor:
    """Whoever requests the reports."""
    user, _created = User.objects.get_or_create(username="benchmark", is_staff=True)
    return Actor(user.pk, user.username)


def start(role: str, chosen: argparse.Namespace) -> subprocess.Popen[str]:
    """One of the processes."""
    command = [sys.executable, "-m", "tests.benchmarks.erasures", "--role", role]
    sizes = ["--learners", str(chosen.learners), "--erased", str(chosen.erased)]
    return subprocess.Popen([*command, *sizes], stdout=subprocess.PIPE, text=True)


def make(course_key: Any, by: Actor, number: int) -> int:
    """Have a report made in this process; returns its number."""
    report = "anonymized_ids" if number % 5 == 4 else "profile"
    requested = api.request_report(course_key, report, file_format=FORMATS[number % 3], by=by)
    return ReportRun.objects.get(task_id=requested.task_id).pk


def leaving(chosen: argparse.Namespace) -> list[int]:
    """The accounts that retire, in the order in which they do."""
    enrolled = platform_api.CourseEnrollment.objects.filter(course_id=course_of(chosen.learners))
    user_ids = sorted(enrolled.values_list("user_id", flat=True))
    return random.Random(1).sample(user_ids, chosen.erased)


def retire(chosen: argparse.Namespace) -> int:
    """What the platform does: one transaction for each account, done again by whoever retires them if the database ends it."""
    for user_id in leaving(chosen):
        retry_on_deadlock(transaction.atomic(partial(erasure.add, user_id)))
        time.sleep(0.01)
    return tell(retired=chosen.erased)


def erase(chosen: argparse.Namespace) -> int:
    """A worker that is asked again and again."""
    changed = rounds = 0
    while not all_done(chosen):
        number = erasure.erase_pending()
        changed, rounds = changed + number, rounds + (number > 0)
        time.sleep(0.05)
    return tell(changed=changed, rounds=rounds)


def generate(chosen: argparse.Namespace) -> int:
    """Reports one after another, until everybody is gone."""
    course_key, by, number = course_of(chosen.learners), actor(), 0
    while not all_done(chosen):
        make(course_key, by, number)
        number += 1
    return tell(generated=number)


def all_done(chosen: argparse.Namespace) -> bool:
    """Whether everybody is gone."""
    return Erasure.objects.exclude(done=None).count() >= chosen.erased


def tell(**facts: int) -> int:
    """Print what a process did, and its memory in megabytes."""
    status = Path("/proc/self/status").read_text()
    facts["megabytes"] = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024
    sys.stdout.write(json.dumps(facts) + "\n")
    return 0


def look(course_key: Any, before: list[int]) -> dict[str, Any]:
    """What is there afterwards: learners left in files, reports lost, content that no report speaks of."""
    erased = {str(user_id) for user_id in Erasure.objects.values_list("user_id", flat=True)}
    files = list(ReportFile.objects.filter(course_id=course_key).select_related("run"))
    left = rows = 0
    for file in files:
        found = first_cells(file)[1:]
        rows += len(found) != file.rows
        left += len(erased.intersection(found))
    root = Path(platform_api.report_store().storage.location)
    stored = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    failures = ReportRun.objects.filter(course_id=course_key).exclude(failure="")
    return {
        "reports": len(files),
        "left": left,
        "lost": len(set(before) - {file.run_id for file in files}) + rows,
        "strays": len(stored ^ set(ReportFile.objects.values_list("path", flat=True))),
        "failed": sorted(failures.values_list("failure", flat=True)),
        "pending": Erasure.objects.filter(done=None).count(),
    }


def first_cells(file: ReportFile) -> list[str]:
    """The first cell of each row of a file, which is the account's number; the rest of a workbook would take minutes."""
    if file.run.file_format != "xlsx":
        return [str(row[0]) for row in rows_of(file)]
    with zipfile.ZipFile(io.BytesIO(content_of(file))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    return [cell.decode() for cell in FIRST_CELL.findall(sheet)]


if __name__ == "__main__":
    sys.exit(main())
