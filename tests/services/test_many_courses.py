"""One command for many courses, and the workers that exist."""

from __future__ import annotations

import subprocess
import sys

from django.db.models import Count
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.models import ReportFile, ReportRun
from tests import factories

from .processes import ROOT, environment
from .waiting import until

COURSES = 20


def learner_data_reports(*arguments: str, **values: str) -> subprocess.Popen:
    """``manage.py lms learner_data_reports`` as a process of its own."""
    command = [sys.executable, "tests/lms/manage.py", "lms", "learner_data_reports", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment(**values), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_two_workers_make_the_reports_of_twenty_courses_once_each(make_site_course, start_worker):
    courses = [make_site_course(learners=10 + number) for number in range(COURSES)]
    workers = [start_worker(), start_worker()]
    for worker in workers:
        worker.until_ready()
    admin = factories.make_user(is_staff=True)

    # Twice at the same instant: a second request finds the first one's report under way.
    commands = [
        learner_data_reports(*(str(course.key) for course in courses), "--username", admin.username) for _ in range(2)
    ]
    outputs = [command.communicate(timeout=60)[0].decode() for command in commands]
    assert [command.returncode for command in commands] == [0, 0], "\n".join(outputs)
    for course in courses:
        until(lambda course=course: not _running(course.key), seconds=60, what=f"the report of {course.key}")

    keys = [course.key for course in courses]
    # Whoever asked when the first report was finished already has had a second one made: never two at a time.
    runs = ReportRun.objects.filter(course_id__in=keys)
    assert list(runs.exclude(failure="").values_list("failure", flat=True)) == []
    assert ReportFile.objects.filter(course_id__in=keys).count() == runs.count() == sum(
        output.count(": queued as") for output in outputs
    )
    assert not runs.values("task_id").annotate(times=Count("id")).filter(times__gt=1).exists()
    for number, course in enumerate(courses):
        for report in course.reports():
            assert report["rows"] == 10 + number
            assert [row["username"] for row in course.rows(report)] == course.usernames()
    assert [" received" in worker.text() for worker in workers] == [True, True]


def test_all_courses_queues_one_task_for_each_course(make_site_course, start_worker):
    course = make_site_course(learners=3)
    admin = factories.make_user(is_staff=True)
    start_worker()
    before = InstructorTask.objects.count()

    command = learner_data_reports("--all-courses", "--username", admin.username)
    output = command.communicate(timeout=60)[0].decode()

    assert command.returncode == 0, output
    number = output.count(": queued as")
    assert number >= 1
    assert f"{number} of {number} courses have a report under way." in output
    assert InstructorTask.objects.count() - before == number
    until(lambda: not _running(course.key) and course.reports(), seconds=60, what="the report")
    until(lambda: not ReportRun.objects.filter(slot__isnull=False).exists(), seconds=60, what="the other reports")


def _running(course_key) -> bool:
    return ReportRun.objects.filter(course_id=course_key, slot__isnull=False).exists()
