"""``tasks/``: what is under way and what has just ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from learner_data_plugin import report_runs
from learner_data_plugin.data import Report
from learner_data_plugin.models import ReportFile, ReportRun

from .. import factories
from ..reading import claim_profile
from .paths import api_path


def tasks(client, course_key):
    answer = client.get(api_path(course_key, "tasks/"))
    assert answer.status_code == 200
    return answer.json()["tasks"]


@pytest.fixture
def queued(course_key, instructor):
    run = claim_profile(course_key, instructor)
    report_runs.submitted(run, "a-task")
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
    run = report_runs.start(queued.pk, "a-task")
    seen = []
    for done in (0, 50, 200):
        report_runs.progress(run, done=done, total=200)
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


@pytest.mark.parametrize("failure", report_runs.FAILURE_SENTENCES)
def test_failed_task_says_what_to_do(failure, course_key, instructor_client, queued):
    report_runs.fail(queued, failure)
    [task] = tasks(instructor_client, course_key)
    assert (task["state"], task["message"]) == ("FAILURE", str(report_runs.FAILURE_SENTENCES[failure]))


def test_ended_task_is_told_about_for_an_hour(course_key, instructor, instructor_client):
    factories.make_report(course_key, instructor)
    ReportRun.objects.update(ended=timezone.now() - timedelta(minutes=59))
    assert len(tasks(instructor_client, course_key)) == 1
    ReportRun.objects.update(ended=timezone.now() - timedelta(minutes=61))
    assert tasks(instructor_client, course_key) == []


def test_tasks_of_other_courses_are_not_among_them(course_key, instructor, instructor_client):
    factories.make_report(factories.make_course(), instructor)
    assert tasks(instructor_client, course_key) == []


def test_lost_worker_is_given_up_and_the_place_is_free(course_key, instructor_client, queued):
    report_runs.start(queued.pk, "a-task")
    ReportRun.objects.update(heartbeat=timezone.now() - timedelta(seconds=301))
    [task] = tasks(instructor_client, course_key)
    assert (task["state"], task["message"]) == ("FAILURE", report_runs.sentence("worker_lost"))
    assert report_runs.current(course_key, Report.PROFILE) is None


def test_report_that_no_worker_starts_is_given_up_after_six_hours(course_key, instructor_client, queued):
    ReportRun.objects.update(created=timezone.now() - timedelta(hours=5, minutes=59))
    assert tasks(instructor_client, course_key)[0]["state"] == "QUEUING"
    ReportRun.objects.update(created=timezone.now() - timedelta(hours=6, minutes=1))
    assert tasks(instructor_client, course_key)[0]["state"] == "FAILURE"


@pytest.mark.standin_only(reason="the platform's middleware has queries of its own, and caches of its own")
def test_many_tasks_take_few_queries(course_key, instructor, instructor_client, django_assert_max_num_queries):
    factories.make_stored_files(course_key, 100, instructor)
    ReportRun.objects.update(ended=timezone.now())
    with django_assert_max_num_queries(10):
        assert len(tasks(instructor_client, course_key)) == 100
