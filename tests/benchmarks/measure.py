"""Measures one thing in a process of its own and prints the result as JSON; ``run`` starts it.

``python -m tests.benchmarks.measure make|report|charts|table|raw|baseline …``: each needs settings ``lms.envs.bench``.
"""

from __future__ import annotations

import csv
import json
import resource
import statistics
import sys
from collections import Counter
from tempfile import NamedTemporaryFile
from typing import Any

import django

django.setup()

from crum import set_current_request  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.test import Client  # noqa: E402

from learner_data_plugin import api  # noqa: E402
from learner_data_plugin.charts import store  # noqa: E402
from learner_data_plugin.data import Actor, RequestedReport, StoredReport  # noqa: E402
from learner_data_plugin.models import ReportFile, ReportRun  # noqa: E402
from learner_data_plugin.reports import report_store, stale_runs  # noqa: E402
from tests.benchmarks.courses import User, course_of  # noqa: E402
from tests.benchmarks.timing import timed  # noqa: E402

RAW_PROFILE = """
    SELECT u.id, u.username, p.name, u.email, p.language, p.location, p.year_of_birth, p.gender, p.level_of_education,
           p.mailing_address, p.goals, e.mode, e.mode, g.name, p.city, p.country
    FROM student_courseenrollment e
    JOIN auth_user u ON u.id = e.user_id
    LEFT JOIN auth_userprofile p ON p.user_id = u.id
    LEFT JOIN (course_groups_courseusergroup_users m
               JOIN course_groups_courseusergroup g ON g.id = m.courseusergroup_id AND g.course_id = {key})
           ON m.user_id = u.id
    WHERE e.course_id = {key} AND e.is_active
    ORDER BY u.username
"""
RAW_IDS = """
    SELECT e.user_id, a.anonymous_user_id, b.anonymous_user_id
    FROM student_courseenrollment e
    LEFT JOIN student_anonymoususerid a ON a.user_id = e.user_id AND a.course_id = ''
    LEFT JOIN student_anonymoususerid b ON b.user_id = e.user_id AND b.course_id = {key}
    WHERE e.course_id = {key}
    ORDER BY e.user_id
"""
RAW_CHARTS = """
    SELECT e.mode, e.is_active, date(e.created), p.gender, p.year_of_birth, p.level_of_education, p.country
    FROM student_courseenrollment e
    LEFT JOIN auth_userprofile p ON p.user_id = e.user_id
    WHERE e.course_id = {key}
"""
RAW = {"profile": RAW_PROFILE, "anonymized_ids": RAW_IDS, "charts_refresh": RAW_CHARTS}
CHART_ADDRESSES = {"charts": "/learner_data/api/v1/courses/{key}/statistics/", "page": "/learner_data/courses/{key}/"}
TABLE_PARAMETERS = {
    "table": "",
    "table_sort": "sort=-email",
    "table_filter": "enrollment_mode=verified",
    "table_preset": "activity=inactive_14",
    "table_search": "search=learner_07711",
    "table_search_all": "search=example",
}
"""Pages of the table on the page. The last finds everybody, or in a large course, of which beginnings are searched, nobody."""


def measure_report(learners: int, report: str, file_format: str) -> dict[str, Any]:
    """Request one report and have it made, the platform's bookkeeping, audit and report store included.

    The process has made one of ten learners before, as a worker has, so that nothing is loaded meanwhile.
    """
    make_report(10, report, file_format)
    stored, seconds, queries = make_report(learners, report, file_format)
    return {"seconds": seconds, "queries": queries, "rows": stored.rows, "bytes": stored.size_bytes}


def make_report(learners: int, report: str, file_format: str) -> tuple[StoredReport, float, int]:
    """Return the report, and the seconds and queries that it took."""
    course_key = course_of(learners)
    user, _created = User.objects.get_or_create(username="benchmark", is_staff=True)
    for run in ReportRun.objects.filter(course_id=course_key, slot__isnull=False):  # of a measurement that was broken off
        stale_runs.give_up(run, "superseded")
    for file in ReportFile.objects.filter(course_id=course_key):  # names of one minute would collide
        report_store.delete(file.path)
        file.delete()

    def make() -> RequestedReport:
        return api.request_report(course_key, report, file_format=file_format, by=Actor(user.pk, user.username))

    set_current_request(HttpRequest())  # as a web server has one, for which the platform keeps what it has read of sites
    requested, seconds, queries = timed(make)
    set_current_request(None)
    if requested.already_running:
        sys.exit(f"Another process is making this report of {course_key}.")
    return api.list_reports(course_key)[0], seconds, queries


def measure_raw(learners: int, report: str, _file_format: str) -> dict[str, Any]:
    """The least there is to do: the driver's own cursor, one joined query, ``csv.writer``, a file; or for charts, counting."""
    sql = RAW[report].format(key=f"'{course_of(learners)}'")
    connection.ensure_connection()

    def count() -> int:
        cursor = connection.connection.cursor()
        cursor.execute(sql)
        rows = cursor.fetchall()
        counts = [Counter(column) for column in zip(*rows, strict=True)]
        return sum(counts[0].values())

    def write() -> int:
        with NamedTemporaryFile("w", newline="", encoding="utf-8") as file:
            cursor = connection.connection.cursor()
            cursor.execute(sql)
            rows = cursor.fetchall()
            csv.writer(file).writerows(rows)
            file.flush()
            return len(rows)

    rows, seconds, _queries = timed(count if report == "charts_refresh" else write)
    return {"seconds": seconds, "rows": rows}


def measure_charts(learners: int, what: str, _file_format: str) -> dict[str, Any]:
    """Count a course for its charts; or answer the page or its charts from stored numbers, which happens for everyone.

    The process has answered once before, so that nothing is loaded meanwhile.
    """
    course_key = course_of(learners)
    store.refresh(course_key)
    if what == "charts_refresh":
        _nothing, seconds, queries = timed(lambda: store.refresh(course_key))
        return {"seconds": seconds, "queries": queries}
    return answered(CHART_ADDRESSES[what].format(key=course_key))


def measure_table(learners: int, what: str, _file_format: str) -> dict[str, Any]:
    """Answer a page of fifty learners: plain, sorted, filtered, or searched."""
    address = f"/learner_data/api/v1/courses/{course_of(learners)}/learners/?page=1&page_size=50"
    return answered(f"{address}&{TABLE_PARAMETERS[what]}")


def answered(address: str) -> dict[str, Any]:
    """Ask for an address once, and then five times with a clock: the median."""
    user, _created = User.objects.get_or_create(username="benchmark", is_staff=True)
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.AllowAllUsersModelBackend")
    client.get(address)
    answers = [timed(lambda: client.get(address)) for _ in range(5)]
    if {answer.result.status_code for answer in answers} != {200}:
        sys.exit(f"{address} does not answer: {answers[0].result.status_code}, {answers[0].result.content[:300]!r}")
    return {"seconds": statistics.median(answer.seconds for answer in answers), "queries": answers[0].queries}


def measure_baseline(_learners: int, _report: str, _file_format: str) -> dict[str, Any]:
    """A worker that has loaded everything and done nothing."""
    return {}


def measure_make(learners: int, _report: str, _file_format: str) -> dict[str, Any]:
    """Make the course."""
    return {"seconds": timed(lambda: course_of(learners)).seconds}


KINDS = {
    "report": measure_report,
    "charts": measure_charts,
    "table": measure_table,
    "raw": measure_raw,
    "baseline": measure_baseline,
    "make": measure_make,
}

if __name__ == "__main__":
    kind, learners, report, file_format = sys.argv[1:]
    answer = KINDS[kind](int(learners), report, file_format)
    answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(answer) + "\n")
