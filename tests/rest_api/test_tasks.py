"""``tasks/``: what is under way and what has just ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.failures import FAILURES
from learner_data_plugin.models import ReportFile, ReportRun
from learner_data_plugin.reports import runs
from learner_data_plugin.reports.messages import failure_message

from .. import factories
from ..reading import OF_AUTHZ, claim_profile
from .paths import api_path


def tasks(client, course_key):
    answer = client.get(api_path(course_key, "tasks/"))
    assert answer.status_code == 200
    return answer.json()["tasks"]


@pytest.fixture
def queued(course_key, instructor):
    run = claim_profile(course_key, instructor)
    runs.submitted(run, "a-task")
    return ReportRun.objects.get(pk=run.pk)


def test_none(course_key, instructor_client):
    assert tasks(instructor_client, course_key) == []


def test_queued_task_waits(course_key, instructor, instructor_client, queued):
    [task] = tasks(instructor_client, course_key)
    assert set(task) >= {
        "task_id",
        "report",
        "state",
        "requester",
        "created",
        "done",
        "total",
        "percent",
        "message",
    }
    assert (task["task_id"], task["report"], task["requester"]) == ("a-task", "profile", instructor.username)
    assert (task["state"], task["done"], task["total"], task["percent"]) == ("QUEUING", None, None, None)
    assert task["message"]


def test_progress_moves(course_key, instructor_client, queued):
    run = runs.start(queued.pk, "a-task")
    seen = []
    for done in (0, 50, 200):
        runs.progress(run, done=done, total=200)
        [task] = tasks(instructor_client, course_key)
        seen.append((task["done"], task["total"], task["percent"]))
    assert seen == [(0, 200, 0), (50, 200, 25), (200, 200, 100)]


def test_finished_task_names_its_file(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    [task] = tasks(instructor_client, course_key)
    assert (task["state"], task["percent"], task["report_name"]) == ("SUCCESS", 100, file.name)


def test_withdrawn_file_is_not_named(course_key, instructor, instructor_client):
    factories.make_report(course_key, instructor)
    ReportFile.objects.update(withdrawn=timezone.now())
    [task] = tasks(instructor_client, course_key)
    assert task["report_name"] is None


@pytest.mark.parametrize("failure", FAILURES)
def test_failed_task_says_what_to_do(failure, course_key, instructor_client, queued):
    runs.fail(queued, failure)
    [task] = tasks(instructor_client, course_key)
    state = "REVOKED" if failure == "cancelled" else "FAILURE"
    assert (task["state"], task["message"]) == (state, str(FAILURES[failure]))


@pytest.mark.parametrize("state", ["REVOKED", "FAILURE"])
@pytest.mark.parametrize("begun", [False, True])
def test_task_that_an_operator_ended_says_so(state, begun, course_key, instructor_client, queued):
    """By revoking it, of which the platform learns when somebody looks; or with ``fail_old_tasks``."""
    if begun:
        runs.start(queued.pk, "a-task")
    InstructorTask.objects.create(
        course_id=course_key,
        task_type="learner_data_profile_csv",
        task_key="",
        task_input="{}",
        task_id="a-task",
        task_state=state,
        requester=queued.requester,
    )
    ReportRun.objects.update(task_id="a-task")
    InstructorTask.objects.update(updated=timezone.now() - timedelta(minutes=2))
    [task] = tasks(instructor_client, course_key)
    assert (task["state"], task["message"]) == ("FAILURE", failure_message("revoked"))


def test_ended_task_is_told_about_for_an_hour(course_key, instructor, instructor_client):
    factories.make_report(course_key, instructor)
    ReportRun.objects.update(ended=timezone.now() - timedelta(minutes=59))
    assert len(tasks(instructor_client, course_key)) == 1
    ReportRun.objects.update(ended=timezone.now() - timedelta(minutes=61))
    assert tasks(instructor_client, course_key) == []


def test_tasks_of_other_courses_are_not_among_them(course_key, instructor, instructor_client):
    elsewhere = factories.make_course()
    factories.make_report(elsewhere, factories.give_role(instructor, "instructor", elsewhere))
    assert tasks(instructor_client, course_key) == []


def test_lost_worker_is_given_up_and_the_place_is_free(course_key, instructor_client, queued):
    runs.start(queued.pk, "a-task")
    ReportRun.objects.update(heartbeat=timezone.now() - timedelta(seconds=301))
    [task] = tasks(instructor_client, course_key)
    assert (task["state"], task["message"]) == ("FAILURE", failure_message("worker_lost"))
    assert runs.current(course_key, "profile") is None


@pytest.mark.parametrize(("silent", "suspected", "state"), [
    (5, None, "PROGRESS"),  # of the 12 seconds of STALE_AFTER_SECONDS
    (10, None, "PROGRESS"),
    (10, 3, "PROGRESS"),
    (10, 4, "FAILURE"),
    (10, 20, "PROGRESS"),  # before the last sign of life
    (59, None, "PROGRESS"),
    (61, None, "FAILURE"),
])  # fmt: skip
def test_silent_worker_is_suspected_before_it_is_given_up(
    course_key, instructor_client, queued, silent, suspected, state
):
    runs.start(queued.pk, "a-task")
    now = timezone.now()
    ReportRun.objects.update(
        heartbeat=now - timedelta(seconds=silent),
        suspected=None if suspected is None else now - timedelta(seconds=suspected),
    )
    InstructorTask.create(course_key, "learner_data_profile_csv", "", {}, queued.requester)
    InstructorTask.objects.update(task_id="a-task", task_state="PROGRESS")
    [task] = tasks(instructor_client, course_key)
    assert task["state"] == state
    is_suspected = ReportRun.objects.get().suspected is not None
    assert is_suspected is (suspected is not None or 6 < silent < 60)


def test_sign_of_life_lifts_the_suspicion(course_key, instructor_client, queued):
    run = runs.start(queued.pk, "a-task")
    now = timezone.now()
    ReportRun.objects.update(heartbeat=now - timedelta(seconds=10), suspected=now - timedelta(seconds=5))
    runs.beat(run.pk)
    [task] = tasks(instructor_client, course_key)
    assert (task["state"], task["silent_seconds"]) == ("QUEUING", 0)


def test_report_that_no_worker_starts_is_given_up_after_six_hours(course_key, instructor_client, queued):
    ReportRun.objects.update(created=timezone.now() - timedelta(hours=5, minutes=59))
    assert tasks(instructor_client, course_key)[0]["state"] == "QUEUING"
    ReportRun.objects.update(created=timezone.now() - timedelta(hours=6, minutes=1))
    assert tasks(instructor_client, course_key)[0]["state"] == "FAILURE"


@pytest.mark.standin_only(reason="the platform's middleware has queries of its own, and caches of its own")
def test_many_tasks_take_few_queries(course_key, instructor, instructor_client, django_assert_max_num_queries):
    factories.make_stored_files(course_key, 100, instructor)
    ReportRun.objects.update(ended=timezone.now())
    with django_assert_max_num_queries(15 + 3 * OF_AUTHZ):
        assert len(tasks(instructor_client, course_key)) == 100
