"""Measures one thing in a process of its own and prints the result as JSON; ``run`` starts it.

``python -m tests.benchmarks.measure make|report|raw|baseline …``: each needs settings ``lms.envs.bench``.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
from tempfile import NamedTemporaryFile
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from learner_data_plugin import api, report_runs  # noqa: E402
from learner_data_plugin.data import Actor, FileFormat, Report, RequestedReport, Selection  # noqa: E402
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
RAW = {Report.PROFILE: RAW_PROFILE, Report.ANONYMIZED_IDS: RAW_IDS}


def measure_report(learners: int, report: str, file_format: str) -> dict[str, Any]:
    """Request one report and have it made, the platform's bookkeeping, audit and report store included."""
    course_key = course_of(learners)
    request = RequestFactory().get("/")
    request.user, _created = User.objects.get_or_create(username="benchmark", is_staff=True)

    report_runs.give_up_all([course_key], "superseded")  # of a measurement that was broken off

    def make() -> RequestedReport:
        return api.request_report(
            request,
            course_key,
            report=Report(report),
            file_format=FileFormat(file_format),
            selection=Selection(),
            by=Actor(request.user.pk, request.user.username),
        )

    requested, seconds, queries = timed(make)
    if requested.already_running:
        sys.exit(f"Another process is making this report of {course_key}.")
    stored = api.list_reports(course_key)[0]
    return {"seconds": seconds, "queries": queries, "rows": stored.rows, "bytes": stored.size_bytes}


def measure_raw(learners: int, report: str, _file_format: str) -> dict[str, Any]:
    """The least there is to do: the driver's own cursor, one joined query, ``csv.writer``, a file."""
    sql = RAW[Report(report)].format(key=f"'{course_of(learners)}'")
    connection.ensure_connection()

    def write() -> int:
        with NamedTemporaryFile("w", newline="", encoding="utf-8") as file:
            cursor = connection.connection.cursor()
            cursor.execute(sql)
            rows = cursor.fetchall()
            csv.writer(file).writerows(rows)
            file.flush()
            return len(rows)

    rows, seconds, _queries = timed(write)
    return {"seconds": seconds, "rows": rows}


def measure_baseline(_learners: int, _report: str, _file_format: str) -> dict[str, Any]:
    """A worker that has loaded everything and done nothing."""
    return {}


def measure_make(learners: int, _report: str, _file_format: str) -> dict[str, Any]:
    """Make the course."""
    return {"seconds": timed(lambda: course_of(learners)).seconds}


KINDS = {"report": measure_report, "raw": measure_raw, "baseline": measure_baseline, "make": measure_make}

if __name__ == "__main__":
    kind, learners, report, file_format = sys.argv[1:]
    answer = KINDS[kind](int(learners), report, file_format)
    answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps(answer) + "\n")
