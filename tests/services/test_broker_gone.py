"""A broker that is not there: at the request, during the run, and started again."""

from __future__ import annotations

import socket
import time

import pytest
from lms.djangoapps.instructor_task.models import InstructorTask
from openedx.core.djangoapps.site_configuration.models import SiteConfiguration

from learner_data_plugin.models import AuditRecord, ReportRun
from learner_data_plugin.reports.messages import failure_message
from tests import factories

from .broker import using_broker
from .processes import PACE

ANSWERED_SECONDS = 12


@pytest.fixture
def broker(redis_server):
    """The test's own broker, which the web process publishes to."""
    with using_broker(redis_server.url):
        yield redis_server


def assert_refused(course) -> None:
    began = time.monotonic()
    response = course.request()

    assert time.monotonic() - began < ANSWERED_SECONDS
    assert (response.status_code, response.json()["error_code"]) == (503, "queue_unavailable")
    [task] = course.tasks()
    assert task["state"] == "FAILURE"
    assert "could not be queued" in task["message"]
    assert not ReportRun.objects.filter(course_id=course.key, slot__isnull=False).exists()
    assert set(InstructorTask.objects.filter(course_id=course.key).values_list("task_state", flat=True)) == {"FAILURE"}
    failures = AuditRecord.objects.filter(course_id=course.key, action="failed")
    assert [record.detail for record in failures] == ["queue_unavailable"]


def test_broker_gone_at_the_request_is_said_soon(course, broker):
    broker.stop()

    assert_refused(course)


def test_broker_that_is_silent_at_the_request_is_said_soon(course):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with using_broker(f"redis://127.0.0.1:{port}/0"):
            assert_refused(course)


def test_broker_started_again_takes_the_next_request(course, broker, start_worker):
    worker = start_worker(BROKER_URL=broker.url)
    worker.until_ready()
    broker.stop()
    assert course.request().status_code == 503

    broker.start()

    task_id = course.queue()
    assert course.until_ended(task_id, seconds=60)["state"] == "SUCCESS"
    assert worker.process.poll() is None
    assert len(course.reports()) == 1


def test_broker_and_results_gone_during_the_run_leave_the_report_unharmed(course, broker, start_worker):
    start_worker(BROKER_URL=broker.url, CACHE_URL=broker.url, PACE_SECONDS=PACE)
    task_id = course.queue()
    course.until_running(task_id, done=10)

    broker.stop()

    task = course.until_ended(task_id, seconds=30)
    assert task["state"] == "SUCCESS", task
    [report] = course.reports()
    assert [row["username"] for row in course.rows(report)] == course.usernames()
    course.until_told(task_id, "SUCCESS")
    broker.start()
    next_id = course.queue()
    assert course.until_ended(next_id, seconds=60)["state"] == "SUCCESS"


def test_results_evicted_during_and_after_the_run_change_nothing(course, broker, start_worker):
    start_worker(BROKER_URL=broker.url, CACHE_URL=f"{broker.url[:-1]}1", PACE_SECONDS=PACE)
    task_id = course.queue()
    course.until_running(task_id, done=10)

    broker.client(1).flushdb()
    running = course.task(task_id)
    assert running["state"] == "PROGRESS"
    assert running["done"] >= 10
    assert course.until_ended(task_id)["state"] == "SUCCESS"
    broker.client(1).flushdb()

    assert (course.task(task_id)["state"], course.task(task_id)["percent"]) == ("SUCCESS", 100)
    assert course.task(task_id)["report_name"] == course.reports()[0]["name"]


def test_lost_message_is_sent_again_by_the_next_request(course, broker, start_worker):
    task_id = course.queue()
    broker.client(0).flushdb()
    for _ in range(2):
        assert course.request().json() == {
            "task_id": task_id,
            "report": "profile",
            "state": "QUEUING",
            "already_running": True,
        }
    assert broker.client(0).dbsize() == 0  # too early: the queue may be long
    ReportRun.objects.filter(course_id=course.key).update(created=factories.days(-0.01))

    for _ in range(3):
        assert course.request().json()["task_id"] == task_id

    start_worker(BROKER_URL=broker.url)
    assert course.until_ended(task_id)["state"] == "SUCCESS"
    assert len(course.reports()) == 1
    assert InstructorTask.objects.filter(course_id=course.key).count() == 1


def test_lost_message_is_given_up_after_the_queue_timeout(make_site_course, broker, start_worker):
    course = make_site_course(QUEUE_TIMEOUT_SECONDS=4)
    task_id = course.queue()
    broker.client(0).flushdb()

    task = course.until_ended(task_id, seconds=10)

    assert task["state"] == "FAILURE"
    assert task["message"] == failure_message("never_started")
    assert InstructorTask.objects.get(task_id=task_id).task_state == "FAILURE"
    # A worker on a busy machine may need longer than the few seconds to take its first task.
    configuration = SiteConfiguration.get_configuration_for_org(course.key.org)
    configuration.site_values["LEARNER_DATA_PLUGIN"]["QUEUE_TIMEOUT_SECONDS"] = 60
    configuration.save()
    start_worker(BROKER_URL=broker.url)
    assert course.until_ended(course.queue(), seconds=60)["state"] == "SUCCESS"
