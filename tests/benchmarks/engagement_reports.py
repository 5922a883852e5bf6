"""``make bench-engagement-reports``: the weekly report of large courses, and pages of learners with each preset, on MariaDB.

Beside the report stands the least there is to do: one joined query into ``csv.writer``. Both run in turn, each in a process of
its own, and the medians are told. LEARNERS and REPEATS make it longer or shorter; KEEP=1 keeps the database for another run.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs/reference/engagement-report-table.txt"
DATABASE = "learner_data_bench_engagement"
DOCUMENTED = (100_000, 3)
LEARNERS = int(os.environ.get("LEARNERS") or DOCUMENTED[0])
REPEATS = int(os.environ.get("REPEATS") or DOCUMENTED[1])
PRESETS = ("never", "inactive_7", "inactive_14", "struggling", "active_last_week", "joined_7")

# Of each active learner in the week, on three days: day, kind and name of what was done.
_ITEMS = (
    *((1, 1, "problem 1"), (2, 1, "problem 2"), (3, 1, "problem 3"), (2, 1, "problem 1"), (3, 1, "problem 2")),
    *((1, 1, "problem 4"), (2, 2, "problem 4"), (3, 2, "problem 5")),
    *((1, 3, "video 1"), (1, 3, "video 2"), (2, 3, "video 2"), (3, 3, "video 3")),
    *((1, 4, ""), (2, 5, ""), (3, 7, "")),
)
_SUBSECTION = "block-v1:BenchX+L+2026+type@sequential+block@s"

RAW = """
    SELECT %(last)s, %(course_id)s, u.username, u.email, g.name, COALESCE(d.days, 0),
           COALESCE(i.tried, 0), COALESCE(i.attempts, 0), COALESCE(i.solved, 0), COALESCE(i.videos, 0),
           COALESCE(i.threads, 0), COALESCE(i.responses, 0), COALESCE(i.comments, 0), COALESCE(i.pages, 0), s.key
    FROM student_courseenrollment e
    JOIN auth_user u ON u.id = e.user_id
    LEFT JOIN (course_groups_courseusergroup_users m
               JOIN course_groups_courseusergroup g ON g.id = m.courseusergroup_id AND g.course_id = %(course_id)s)
           ON m.user_id = u.id
    LEFT JOIN (SELECT user_id, COUNT(*) AS days, MAX(subsection_id) AS subsection_id FROM learner_data_plugin_learnerday
               WHERE course_id = %(course)s AND day BETWEEN %(first)s AND %(last)s GROUP BY user_id) d ON d.user_id = u.id
    LEFT JOIN learner_data_plugin_engagementitem s ON s.id = d.subsection_id
    LEFT JOIN (SELECT user_id,
                      COUNT(DISTINCT CASE WHEN kind IN (1, 2) THEN item_id END) AS tried, SUM(kind IN (1, 2)) AS attempts,
                      COUNT(DISTINCT CASE WHEN kind = 2 THEN item_id END) AS solved,
                      COUNT(DISTINCT CASE WHEN kind = 3 THEN item_id END) AS videos,
                      SUM(kind = 4) AS threads, SUM(kind = 5) AS responses, SUM(kind = 6) AS comments, SUM(kind = 7) AS pages
               FROM learner_data_plugin_learnerdayitem
               WHERE course_id = %(course)s AND day BETWEEN %(first)s AND %(last)s GROUP BY user_id) i ON i.user_id = u.id
    WHERE e.course_id = %(course_id)s AND e.is_active
    ORDER BY u.username
"""


def main() -> int:
    """Make the database, measure in processes of their own, and drop it."""
    sys.path[:0] = [str(ROOT)]
    from tests.benchmarks.database import migrated_database
    from tests.benchmarks.results import keep_table

    # Of each run its own, but for one that is to be found by another.
    keep = bool(os.environ.get("KEEP"))
    with migrated_database(DATABASE if keep else f"{DATABASE}_{secrets.token_hex(4)}", keep=keep) as environment:
        lines = [*reports(environment), "", *pages(environment)]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    keep_table("engagement reports and pages", text)
    if (LEARNERS, REPEATS) == DOCUMENTED:
        TABLE.write_text(text)
    return 0


def child(environment: dict[str, str], *words: str) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.engagement_reports", *words]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed.\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def reports(environment: dict[str, str]) -> list[str]:
    """The weekly report of two sizes of courses beside the least there is to do."""
    lines = [
        f"{'weekly report':38} {'items':>10} {'seconds':>9} {'raw':>9} {'ratio':>7} {'queries':>8} {'MB':>6} {'bytes/item':>11}"
    ]
    for learners in (LEARNERS // 4, LEARNERS):
        made = child(environment, "make", str(learners))
        kinds = ("report", "raw")
        pairs = [[child(environment, kind, str(learners)) for kind in kinds] for _ in range(REPEATS)]
        seconds, raw = (statistics.median(pair[place]["seconds"] for pair in pairs) for place in (0, 1))
        ratio = statistics.median(ours["seconds"] / least["seconds"] for ours, least in pairs)
        of_report = pairs[0][0]
        assert of_report["rows"] == pairs[0][1]["rows"] == learners
        lines.append(
            f"{f'{learners:,} learners':38} {made['items']:>10,} {seconds:>9.2f} {raw:>9.2f} {ratio:>7.2f} "
            f"{of_report['queries']:>8} {statistics.median(ours['peak_mb'] for ours, _ in pairs):>6.0f} {made['bytes']:>11.1f}"
        )
    return lines


def pages(environment: dict[str, str]) -> list[str]:
    """A page of fifty learners of the large course, for each preset: when it is asked for first, and in the minute after."""
    lines = [
        f"{'page of 50, with activity=':38} {'found':>10} {'ms, median':>10} {'ms, worst':>10} {'queries':>8} {'ms, next':>9}"
    ]
    for preset in ("", *PRESETS):
        made = child(environment, "page", str(LEARNERS), preset)
        lines.append(
            f"{preset or '(none)':38} {made['found']:>10,} {made['median']:>10.0f} {made['worst']:>10.0f} {made['queries']:>8} "
            f"{made['next']:>9.0f}"
        )
    return lines


def week() -> tuple[date, date]:
    """Monday and Sunday of the last whole week."""
    today = datetime.now(UTC).date()
    sunday = today - timedelta(days=today.weekday() + 1)
    return sunday - timedelta(days=6), sunday


def measure_make(learners: int) -> dict[str, Any]:
    """Make a course of this size in which four of five learners were active last week, unless it is there."""
    from common.djangoapps.student.models import CourseEnrollment
    from django.db import connection

    from learner_data_plugin.engagement import coverage
    from learner_data_plugin.engagement.facts import digest
    from learner_data_plugin.models import (
        NEVER,
        NO_ITEM,
        EngagementCourse,
        EngagementItem,
        LastAnswers,
        LearnerDay,
        LearnerDayItem,
    )
    from tests.benchmarks.courses import course_of

    course_key = course_of(learners)
    CourseEnrollment.objects.filter(course_id=course_key).update(created=datetime.now(UTC) - timedelta(days=90))
    course, is_new = EngagementCourse.objects.get_or_create(course_id=course_key)
    first, last = week()
    if is_new:
        coverage.enter_import(first - timedelta(days=60), last)
        names = [*sorted({name for *_, name in _ITEMS if name}), _SUBSECTION]
        EngagementItem.objects.bulk_create(EngagementItem(digest=digest(str(course_key), name), key=name) for name in names)
        digests = {name: digest(str(course_key), name) for name in names}
        found = dict(EngagementItem.objects.filter(digest__in=digests.values()).values_list("digest", "pk"))
        numbers = {"": NO_ITEM, **{name: found[number] for name, number in digests.items()}}
        with connection.cursor() as cursor:
            # Whoever was there: not one of five, who never came; one of ten stopped coming three weeks ago.
            active = "FROM student_courseenrollment WHERE course_id = %s AND id %% 5 > 0 AND id %% 10 <> 1"
            days = f"INSERT INTO {LearnerDay._meta.db_table} (course_id, day, user_id, subsection_id, subsection_moment) "
            lately = active + " AND id %% 3 = 0"
            faded = active.replace("id %% 10 <> 1", "id %% 10 = 1")
            yesterday = datetime.now(UTC).date() - timedelta(days=1)
            of_week = [(first + timedelta(days=place), active) for place in range(3)]
            earlier = [(first - timedelta(days=3), active), (first - timedelta(days=14), faded)]
            for day, who in (*of_week, *earlier, *([(yesterday, lately)] if yesterday > last else [])):
                values = [course.pk, day, numbers[_SUBSECTION], str(course_key)]
                cursor.execute(days + f"SELECT %s, %s, user_id, %s, 1 {who} ORDER BY RAND()", values)
            for place, (day, kind, name) in enumerate(_ITEMS):
                # One of seven solves nothing.
                solved = f"IF(user_id %% 7 = 0, 1, {kind})" if kind == 2 else str(kind)
                cursor.execute(
                    f"INSERT INTO {LearnerDayItem._meta.db_table} (course_id, day, user_id, kind, item_id, mark) "
                    f"SELECT %s, %s, user_id, {solved}, %s, %s {active} ORDER BY RAND()",
                    [course.pk, first + timedelta(days=day - 1), numbers[name], 0 if kind == 3 else place, str(course_key)],
                )
            cursor.execute(
                f"INSERT INTO {LastAnswers._meta.db_table} (user_id, course_id, tried, solved) "
                "SELECT user_id, course_id, MAX(IF(kind = 1, day, %s)), MAX(IF(kind = 2, day, %s)) "
                f"FROM {LearnerDayItem._meta.db_table} WHERE course_id = %s AND kind IN (1, 2) "
                "GROUP BY user_id, course_id ORDER BY RAND()",
                [NEVER, NEVER, course.pk],
            )
            for model in (LearnerDay, LearnerDayItem, LastAnswers, EngagementItem):
                cursor.execute(f"ANALYZE TABLE {model._meta.db_table}")
                cursor.fetchall()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_length + index_length FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = %s",
            [LearnerDayItem._meta.db_table],
        )
        bytes_an_item = float(cursor.fetchone()[0]) / LearnerDayItem.objects.count()
    return {"items": LearnerDayItem.objects.filter(course=course).count(), "bytes": bytes_an_item}


def measure_report(learners: int) -> dict[str, Any]:
    """Have the week's report made, as a request does it."""
    from learner_data_plugin import api
    from learner_data_plugin.data import Actor
    from learner_data_plugin.models import ReportFile
    from learner_data_plugin.reports import report_store
    from tests.benchmarks.courses import User, course_of
    from tests.benchmarks.timing import timed

    course_key = course_of(learners)
    user, _created = User.objects.get_or_create(username="benchmark", is_staff=True)
    for file in ReportFile.objects.filter(course_id=course_key):
        report_store.delete(file.path)
        file.delete()
    by = Actor(user.pk, user.username)
    _requested, seconds, queries = timed(lambda: api.request_report(course_key, "engagement_weekly", by=by))
    return {"seconds": seconds, "queries": queries, "rows": api.list_reports(course_key)[0].rows}


def measure_raw(learners: int) -> dict[str, Any]:
    """The least there is to do: the driver's own cursor, one joined query, ``csv.writer``, a file."""
    from django.db import connection

    from learner_data_plugin.models import EngagementCourse
    from tests.benchmarks.courses import course_of
    from tests.benchmarks.timing import timed

    course_key = course_of(learners)
    first, last = week()
    values = {
        "course": EngagementCourse.objects.get(course_id=course_key).pk,
        "course_id": str(course_key),
        "first": first,
        "last": last,
    }
    connection.ensure_connection()

    def write() -> int:
        with tempfile.NamedTemporaryFile("w", newline="", encoding="utf-8") as file:
            cursor = connection.connection.cursor()
            cursor.execute(RAW, values)
            rows = cursor.fetchall()
            csv.writer(file).writerows(rows)
            file.flush()
            return len(rows)

    rows, seconds, _queries = timed(write)
    return {"seconds": seconds, "rows": rows}


def measure_page(learners: int, preset: str) -> dict[str, Any]:
    """Ask for the first page, for one in the middle and for the last one, as a browser does, and for each once more."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client

    from tests.benchmarks.courses import User, course_of
    from tests.benchmarks.timing import timed

    settings.ALLOWED_HOSTS = ["*"]
    user, _created = User.objects.get_or_create(username="benchmark", is_staff=True)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.AllowAllUsersModelBackend")
    address = f"/learner_data/api/v1/courses/{course_of(learners)}/learners/"
    asked = {"page_size": 50, **({"activity": preset} if preset else {})}
    answer = client.get(address, {**asked, "page": 1}).json()
    taken, again, most = [], [], 0
    for page in (1, -(-answer["num_pages"] // 2), answer["num_pages"]) * 3:
        cache.clear()  # what was found, and the throttle
        for times in (taken, again):
            made = timed(lambda page=page: client.get(address, {**asked, "page": page}))  # type: ignore[misc]
            assert made.result.status_code == 200, made.result.content
            assert made.queries <= 15, made.queries
            times.append(made.seconds * 1000)
            most = max(most, made.queries)
    medians = {"median": statistics.median(taken), "next": statistics.median(again)}
    return {"found": answer["count"], "worst": max(taken), "queries": most, **medians}


def _measure(kind: str, learners: str, *more: str) -> None:
    import django

    django.setup()
    kinds = {"make": measure_make, "report": measure_report, "raw": measure_raw, "page": measure_page}
    answer = kinds[kind](int(learners), *more)
    answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        _measure(*sys.argv[1:])
    else:
        sys.exit(main())
