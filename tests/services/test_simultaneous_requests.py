"""Requests at the same instant, and messages that arrive twice: one run, whoever asks and however often it is delivered."""

from __future__ import annotations

import json
import threading
from copy import copy

from django.db import connection
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin import tasks
from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from learner_data_plugin.reports.messages import failure_message

from .processes import PACE
from .waiting import until

ASKING = 6


def at_the_same_instant(course, number: int = ASKING) -> list:
    """The answers to so many requests for the same report, each from a thread with a connection of its own."""
    together, answers = threading.Barrier(number), []

    def ask(client) -> None:
        asking = copy(course)
        asking.client = client
        together.wait()
        try:
            answers.append(asking.request())
        finally:
            connection.close()

    clients = []
    for _ in range(number):
        client = copy(course.client)
        client.cookies = copy(course.client.cookies)
        clients.append(client)
    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def test_one_run_for_requests_at_the_same_instant(course, start_worker):
    for _ in range(3):
        before = ReportRun.objects.filter(course_id=course.key).count()

        answers = at_the_same_instant(course)

        assert [answer.status_code for answer in answers] == [202] * ASKING, [answer.content for answer in answers]
        bodies = [answer.json() for answer in answers]
        assert len({body["task_id"] for body in bodies}) == 1
        assert sorted(body["already_running"] for body in bodies) == [False] + [True] * (ASKING - 1)
        assert ReportRun.objects.filter(course_id=course.key).count() == before + 1
        assert InstructorTask.objects.filter(course_id=course.key).count() == before + 1
        if before == 0:
            # Slow enough that none has ended before the last of the others has looked.
            start_worker(PACE_SECONDS=PACE)
        assert course.until_ended(bodies[0]["task_id"])["state"] == "SUCCESS"
    assert len(course.reports()) == 3


def test_two_reports_of_a_course_run_beside_each_other(course, start_worker):
    profile, ids = course.queue(report="profile"), course.queue(report="anonymized_ids")
    start_worker()

    assert course.until_ended(profile)["state"] == course.until_ended(ids)["state"] == "SUCCESS"
    assert {report["report"] for report in course.reports()} == {"profile", "anonymized_ids"}


def test_message_delivered_twice_runs_once_and_harms_nothing(course, start_worker):
    workers = [start_worker(PACE_SECONDS=PACE), start_worker(PACE_SECONDS=PACE)]
    for worker in workers:
        worker.until_ready()
    task_id = course.queue()
    deliver_again(task_id)

    until(lambda: any(refused(worker, task_id) for worker in workers), seconds=30, what="the refusal of the second message")

    row = InstructorTask.objects.get(task_id=task_id)
    assert row.task_state == "PROGRESS"
    assert course.task(task_id)["state"] == "PROGRESS"
    assert course.until_ended(task_id)["state"] == "SUCCESS"
    course.until_told(task_id, "SUCCESS")
    assert json.loads(InstructorTask.objects.get(pk=row.pk).task_output)["succeeded"] == 60
    assert len(course.reports()) == ReportFile.objects.filter(course_id=course.key).count() == 1
    assert not AuditRecord.objects.filter(course_id=course.key, action="failed").exists()


def test_message_delivered_after_the_end_changes_nothing(course, start_worker):
    worker = start_worker()
    task_id = course.queue()
    assert course.until_ended(task_id)["state"] == "SUCCESS"

    deliver_again(task_id)

    until(lambda: refused(worker, task_id), seconds=20, what="the refusal of the message")
    assert InstructorTask.objects.get(task_id=task_id).task_state == "SUCCESS"
    assert course.task(task_id)["state"] == "SUCCESS"
    assert len(course.reports()) == 1


def test_message_that_arrives_after_its_run_was_given_up_ends_the_platforms_row(make_site_course, start_worker):
    course = make_site_course(QUEUE_TIMEOUT_SECONDS=1)
    task_id = course.queue()
    assert course.until_ended(task_id, seconds=5)["message"] == failure_message("never_started")

    worker = start_worker()

    until(lambda: refused(worker, task_id), seconds=20, what="the refusal of the message")
    row = InstructorTask.objects.get(task_id=task_id)
    assert (row.task_state, json.loads(row.task_output)) == ("FAILURE", {"message": failure_message("never_started")})
    assert course.reports() == []


def deliver_again(task_id: str) -> None:
    """Publish the message of a task once more, as a broker does whose visibility timeout has passed."""
    row = InstructorTask.objects.get(task_id=task_id)
    tasks.generate_report.apply_async([row.pk, {}], task_id=task_id)


def refused(worker, task_id: str) -> bool:
    return f"Task {task_id} was delivered, but is not to be started" in worker.text()
