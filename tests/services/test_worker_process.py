"""A report from request to file, made by a worker process."""

from __future__ import annotations

import csv

from lms.djangoapps.instructor_task.models import InstructorTask

from tests import factories

from .processes import PACE
from .waiting import until


def test_progress_reaches_the_page_from_another_process(course, start_worker):
    task_id = course.queue()
    assert course.task(task_id)["message"] == "Waiting for a worker."
    start_worker(PACE_SECONDS=PACE)
    seen = []

    def has_ended():
        task = course.task(task_id)
        seen.append((task["state"], task["done"], task["total"], task["percent"]))
        return task["state"] not in ("QUEUING", "PROGRESS")

    until(has_ended, seconds=30, what="the report")

    assert seen[-1] == ("SUCCESS", 60, 60, 100)
    moving = [done for state, done, total, _percent in seen if state == "PROGRESS" and total == 60]
    assert len(set(moving)) >= 4, seen
    assert moving == sorted(moving)
    [report] = course.reports()
    assert len(course.rows(report)) == report["rows"] == 60
    until(
        lambda: InstructorTask.objects.get(task_id=task_id).task_state == "SUCCESS", seconds=10, what="the platform's state"
    )


def test_emoji_and_every_script_come_back_from_mariadb(make_site_course, start_worker):
    course = make_site_course(learners=0)
    names = ["😀 Zoë", "Ωμέγα", "李小龙", "محمد", "é", "e\u0301", "\U0001f469\u200d\U0001f52c"]
    for name in names:
        factories.make_learner(course.key, profile={"name": name, "goals": name * 300})
    start_worker()

    task_id = course.queue()

    assert course.until_ended(task_id)["state"] == "SUCCESS"
    rows = course.rows(course.reports()[0])
    assert [row["name"] for row in rows] == names
    assert [row["goals"] for row in rows] == [name * 300 for name in names]


def test_usernames_that_differ_in_accents_and_case_come_once_each(make_site_course, start_worker):
    course = make_site_course(learners=0, BATCH_SIZE=2)
    stem = str(course.key.org).lower()
    names = [f"{stem}{end}" for end in ("_a", "-B", "_C", ".d", "_é", "_f", "_ß", "_z")]
    for name in names:
        factories.make_learner(course.key, name)
    start_worker()

    task_id = course.queue()

    assert course.until_ended(task_id)["state"] == "SUCCESS"
    assert sorted(row["username"] for row in course.rows(course.reports()[0])) == sorted(names)


def test_anonymized_ids_are_made_once_by_two_processes(course, start_worker):
    worker = start_worker()
    worker.until_ready()
    task_id = course.queue(report="anonymized_ids")
    response = course.client.get(f"/learner_data/api/v1/courses/{course.key}/anonymized_ids.csv")

    assert course.until_ended(task_id)["state"] == "SUCCESS"
    streamed = list(csv.DictReader(b"".join(response.streaming_content).decode().splitlines()))
    assert course.rows(course.reports()[0]) == streamed
    assert len(streamed) == 60
