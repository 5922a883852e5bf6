"""``make bench-engagement``: what recording costs a request, what rows take, how fast logs are imported and days deleted.

Each event is sent to the tracker as the platform sets it up, alone and with our backend beside it, in turn. A plain INSERT of
one row into a table of its own, committed, shows how fast this database is at that moment. MariaDB has to run as for
``make bench``; ROUNDS and LINES make it longer or shorter.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs/reference/engagement-table.txt"
DOCUMENTED = (2_000, 400_000)
ROUNDS = int(os.environ.get("ROUNDS") or DOCUMENTED[0])
LINES = int(os.environ.get("LINES") or DOCUMENTED[1])
LEARNERS, COURSES = 5_000, 5
_IMPORT = """
import resource, sys, time
import django
django.setup()
from django.core.management import call_command
started, cpu = time.perf_counter(), time.process_time()
call_command("learner_data_import_tracking_log", sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(time.perf_counter() - started, time.process_time() - cpu, peak)
"""
FIRST = datetime(2026, 1, 5, tzinfo=UTC)


def main() -> int:
    """Make a database, measure in a process of its own, and drop the database."""
    sys.path[:0] = [str(ROOT)]
    from tests.benchmarks.database import migrated_database

    with migrated_database(f"learner_data_bench_{secrets.token_hex(4)}") as environment:
        return subprocess.run([sys.executable, __file__, "measure"], env=environment, check=False).returncode


def measure() -> None:
    """Measure everything and write the table."""
    import django

    from tests.benchmarks.results import keep_table

    django.setup()
    course_ids, first_account = make_site()
    lines = [*costs_of_events(course_ids[0], first_account), ""]
    lines += [*import_of_a_log(course_ids, first_account), "", *sizes_of_rows(), "", *deleting_a_day(), ""]
    text = "\n".join(lines).rstrip() + "\n"
    keep_table("engagement", text)
    if (ROUNDS, LINES) == DOCUMENTED:
        TABLE.write_text(text)
    print(text)


def make_site() -> tuple[list[str], int]:
    """Courses, and accounts whose numbers follow each other from the one returned."""
    from django.contrib.auth import get_user_model

    from tests import factories

    user = get_user_model()
    course_ids = [str(factories.make_course()) for _ in range(COURSES)]
    user.objects.bulk_create(
        [user(username=f"learner_{n}", email=f"{n}@example.com", password="!") for n in range(LEARNERS)], batch_size=1000
    )
    return course_ids, user.objects.filter(username__startswith="learner_").order_by("id").values_list("id", flat=True)[0]


def costs_of_events(course_id: str, account: int) -> Iterator[str]:
    """Microseconds of an event in the tracker alone and with us, and of one plain INSERT."""
    from eventtracking import tracker

    usage = course_id.replace("course-v1", "block-v1")
    path = f"/api/courseware/sequence/{usage}+type@sequential+block@s"
    problem = {"problem_id": f"{usage}+type@problem+block@p", "success": "correct", "submission": {"x": {"answer": "b" * 300}}}
    elsewhere, of_course = {"course_id": ""}, {"course_id": course_id}

    def learner(n: int) -> dict[str, Any]:
        return {**of_course, "user_id": account + 10 + n}

    kinds: dict[str, Callable[[int], tuple[str, Any, dict[str, Any]]]] = {
        "unwanted: a page without a course": lambda n: ("/dashboard", '{"GET": {}, "POST": {}}', elsewhere),
        "unwanted: somebody not signed in": lambda n: ("/courses", '{"GET": {}}', {"username": "", "user_id": None}),
        "known: a further visit of the day": lambda n: ("page_close", {}, {**of_course, "user_id": account}),
        "wanted: first visit of the day": lambda n: ("page_close", {}, learner(n)),
        "wanted: a video begins to play": lambda n: ("play_video", {"id": f"v{n % 50}"}, learner(n)),
        "wanted: a subsection is opened": lambda n: (f"{path}{n % 50}", "{}", learner(n)),
        "wanted: an answer is submitted": lambda n: ("problem_check", {**problem, "attempts": n}, learner(n)),
        "wanted: a day begins with an answer": lambda n: ("problem_check", {**problem, "attempts": n}, learner(ROUNDS + n)),
    }  # fmt: skip
    alone, ours, stopwatch = trackers()
    yield f"{'microseconds':38} {'tracker alone':>15} {'with recording':>15} {'recording adds':>24} {'plain INSERT':>20}"
    yield f"{'':38} {'median':>15} {'median':>15} {'median':>12} {'p95':>11} {'median':>10} {'p95':>9}"
    insert = plain_insert()
    for kind, make in kinds.items():
        times: dict[str, list[float]] = {"alone": [], "ours": [], "added": [], "insert": []}
        for n in range(-100, ROUNDS):
            name, data, context = make(n)
            with tracker.get_tracker().context(
                "bench", {"username": "x", "event_source": "server", "user_id": account, **context}
            ):
                emits = [("alone", alone.emit), ("ours", ours.emit)]  # whichever comes second is warmer
                taken = {key: timed(partial(emit, name, data)) for key, emit in emits[:: 1 if n % 2 else -1]}
            taken |= {"added": stopwatch.microseconds, "insert": timed(insert)}
            if n >= 0:
                for key, value in taken.items():
                    times[key].append(value)
        added, inserts = sorted(times["added"]), sorted(times["insert"])
        yield (
            f"{kind:38} {statistics.median(times['alone']):>15.1f} {statistics.median(times['ours']):>15.1f} "
            f"{statistics.median(added):>12.1f} {added[len(added) * 95 // 100]:>11.1f} "
            f"{statistics.median(inserts):>10.1f} {inserts[len(inserts) * 95 // 100]:>9.1f}"
        )


class Stopwatch:
    """Our backend, and how long it took over the last event."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.microseconds = 0.0

    def send(self, event: dict[str, Any]) -> None:
        """Hand the event on."""
        self.microseconds = timed(partial(self._backend.send, event))


def trackers() -> tuple[Any, Any, Stopwatch]:
    """The tracker as the platform makes it, without our backend and with it; they share the context."""
    from eventtracking import tracker
    from eventtracking.django.django_tracker import DjangoTracker
    from eventtracking.tracker import Tracker

    ours = DjangoTracker()
    tracker.register_tracker(ours)
    others = {name: backend for name, backend in ours.backends.items() if name != "learner_data_plugin"}
    stopwatch = ours.backends["learner_data_plugin"] = Stopwatch(ours.get_backend("learner_data_plugin"))
    return Tracker(others, ours.context_locator), ours, stopwatch


def plain_insert() -> Callable[[], None]:
    """Returns what inserts one row and commits it: the least that keeping anything costs."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain (id BIGINT PRIMARY KEY AUTO_INCREMENT, a INT, b INT, UNIQUE (a, b))")

    numbers = count()

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO plain (a, b) VALUES (%s, 1)", [next(numbers)])

    return insert


def timed(action: Callable[[], Any]) -> float:
    """Microseconds that it takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1e6


def import_of_a_log(course_ids: list[str], first_account: int) -> Iterator[str]:
    """Lines a second, and the memory of two files of which one is four times the other."""
    yield f"{'import':38} {'lines':>12} {'seconds':>9} {'of them CPU':>12} {'lines/s':>9} {'per CPU s':>10} {'MB':>6}"
    with tempfile.TemporaryDirectory(prefix="learner_data_bench_") as directory:
        for name, number, open_log in (("plain", LINES // 4, open), ("plain", LINES, open), ("gzip", LINES, gzip.open)):
            log = Path(directory) / "tracking.log"
            with open_log(log, "wt") as file:
                file.writelines(json.dumps(event) + "\n" for event in events(number, course_ids, first_account))
            command = [sys.executable, "-c", _IMPORT, str(log)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds, cpu, megabytes = map(float, done.stdout.split()[-3:])
            speeds = f"{number / seconds:>9,.0f} {number / cpu:>10,.0f}"
            yield f"{name:38} {number:>12,} {seconds:>9.1f} {cpu:>12.1f} {speeds} {megabytes:>6.0f}"


def events(number: int, course_ids: list[str], first_account: int) -> Iterator[dict[str, Any]]:
    """Two weeks of a site as its log tells them; a line has about 1,000 characters."""
    chance = random.Random(3)
    moment, step = FIRST, timedelta(days=14) / number
    for _ in range(number):
        moment += step
        account = int(chance.paretovariate(0.6) * 10) % LEARNERS
        course_id = course_ids[account % len(course_ids)]
        name, source, data = something(chance, course_id)
        yield {
            "name": name,
            "context": {"user_id": first_account + account, "path": "/event", "course_id": course_id, "org_id": "TestX"},
            "username": f"learner_{account}",
            "session": f"{chance.getrandbits(128):032x}",
            "ip": "192.0.2.7",
            "agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0",
            "host": "lms.example.com",
            "referer": f"https://lms.example.com/courses/{course_id}/courseware/",
            "accept_language": "en-US,en;q=0.9",
            "event": data,
            "time": moment.isoformat(),
            "event_type": name,
            "event_source": source,
            "page": f"https://lms.example.com/courses/{course_id}/",
        }


def something(chance: random.Random, course_id: str) -> tuple[str, str, Any]:
    """A name, a source and data: of 100 events 42 are requests, 13 of the player, 10 submissions, 2 pages of textbooks."""
    usage, block, place = course_id.replace("course-v1", "block-v1"), f"{chance.randint(1, 300):032x}", chance.random()
    if place < 0.42:
        handler = f"/courses/{course_id}/xblock/{usage}+type@vertical+block@{block}/handler/publish_completion"
        sequence = f"/courses/{course_id}/xblock/{usage}+type@sequential+block@{block}/handler/goto_position"
        return chance.choice([handler, sequence]), "server", '{"GET": {}, "POST": {"position": ["3"]}}'
    if place < 0.55:
        name = chance.choice(["play_video", "pause_video", "stop_video", "load_video", "seek_video"])
        return (
            name,
            "browser",
            json.dumps({"id": block, "code": "html5", "currentTime": chance.random() * 100, "duration": 300}),
        )
    if place < 0.65:
        data: dict[str, Any] = {
            "problem_id": f"{usage}+type@problem+block@{block}",
            "success": chance.choice(["correct", "incorrect"]),
            "attempts": chance.randint(1, 9),
            "answers": {f"{block}_2_1": "choice_2"},
            "correct_map": {
                f"{block}_2_1": {"correctness": "correct", "npoints": None, "msg": "", "hint": "", "queuestate": None}
            },
            "submission": {f"{block}_2_1": {"question": "What is the capital of Canada?", "answer": "Ottawa", "correct": True}},
        }
        return "problem_check", "server", data
    if place < 0.67:
        return "book", "browser", json.dumps({"type": "gotopage", "old": chance.randint(1, 99), "new": chance.randint(1, 99)})
    if place < 0.80:
        return "seq_next", "browser", json.dumps({"id": f"{usage}+type@sequential+block@{block}", "old": 3, "new": 4})
    return "page_close", "browser", "{}"


def sizes_of_rows() -> Iterator[str]:
    """Bytes of a row, indexes included, in the tables that the import has filled."""
    from django.db import connection

    from learner_data_plugin.models import EngagementItem, LastAnswers, LearnerDay, LearnerDayItem

    yield f"{'table':38} {'rows':>12} {'bytes a row':>12} {'of them indexes':>16}"
    for model in (LearnerDay, LearnerDayItem, LastAnswers, EngagementItem):
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE TABLE {model._meta.db_table}")
            cursor.fetchall()
            cursor.execute(
                "SELECT data_length, index_length FROM information_schema.tables "
                "WHERE table_schema = DATABASE() AND table_name = %s",
                [model._meta.db_table],
            )
            data, index = cursor.fetchone()
        rows = model.objects.count()
        yield f"{model.__name__:38} {rows:>12,} {(data + index) / rows:>12.1f} {index / rows:>16.1f}"


def deleting_a_day() -> Iterator[str]:
    """Seconds that retention takes for the oldest day."""
    from learner_data_plugin.engagement import forgetting
    from learner_data_plugin.models import LearnerDay, LearnerDayItem

    oldest: date = FIRST.date()
    rows = sum(model.objects.filter(day__lte=oldest).count() for model in (LearnerDay, LearnerDayItem))
    started = time.perf_counter()
    forgetting.forget_old_days(datetime(2026, 1, 6, tzinfo=UTC) + timedelta(days=400))
    seconds = time.perf_counter() - started
    yield f"deleting a day: {rows:,} rows in {seconds:.2f} seconds, {rows / seconds:,.0f} rows a second"


if __name__ == "__main__":
    sys.exit(measure() if sys.argv[1:] == ["measure"] else main())
