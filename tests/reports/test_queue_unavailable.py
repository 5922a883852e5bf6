"""A broker that cannot be reached, in the process that asks for a report."""

from __future__ import annotations

import socket
import time

import pytest
from celery import current_app
from lms.djangoapps.instructor_task.models import InstructorTask
from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_CRITICAL

from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from tests import factories
from tests.rest_api.paths import api_path

JSON = "application/json"
SOON = 20.0
"""Four attempts of two seconds, and room for a busy machine; without limits it would be minutes, or for ever."""


@pytest.fixture(params=["redis refuses", "redis is silent", "rabbitmq refuses", "rabbitmq is silent"])
def broken_broker(request, use_broker):
    """A broker that refuses connections, or takes them and says nothing."""
    kind, manner = request.param.split(" ", 1)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    if manner == "is silent":
        listener.listen(50)
    port = listener.getsockname()[1]
    use_broker(f"redis://127.0.0.1:{port}/0" if kind == "redis" else f"amqp://guest:guest@127.0.0.1:{port}//")
    yield
    listener.close()


def generate(client, course_key):
    return client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON)


def test_request_is_refused_soon_and_leaves_nothing_running(course_key, instructor_client, broken_broker):
    began = time.monotonic()
    answer = generate(instructor_client, course_key)
    assert time.monotonic() - began < SOON
    assert (answer.status_code, answer.json()["error_code"]) == (503, "queue_unavailable")
    assert set(answer.json()) == {"error_code", "developer_message"}
    assert [task.task_state for task in InstructorTask.objects.all()] == ["FAILURE"]
    run = ReportRun.objects.get()
    assert (run.slot, run.failure) == (None, "queue_unavailable")
    assert list(AuditRecord.objects.order_by("id").values_list("action", "detail")) == [
        ("requested", ""),
        ("failed", "queue_unavailable"),
    ]
    [task] = instructor_client.get(api_path(course_key, "tasks/")).json()["tasks"]
    assert task["state"] == "FAILURE"


def test_next_request_works(course_key, instructor_client, use_broker):
    use_broker("redis://127.0.0.1:1/0")
    assert generate(instructor_client, course_key).status_code == 503
    current_app.conf.task_always_eager = True
    answer = generate(instructor_client, course_key)
    assert (answer.status_code, answer.json()["already_running"]) == (202, False)
    assert ReportFile.objects.count() == 1


def test_retired_learner_is_erased_without_a_broker(
    course_key, instructor, use_broker, django_capture_on_commit_callbacks
):
    learner = factories.make_learner(course_key)
    file = factories.make_report(course_key, instructor)
    use_broker("redis://127.0.0.1:1/0")
    with django_capture_on_commit_callbacks(execute=True):
        USER_RETIRE_LMS_CRITICAL.send(sender=None, user=learner)
    assert ReportFile.objects.get(pk=file.pk).rows == 0
