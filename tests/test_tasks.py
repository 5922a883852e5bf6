"""What the platform hears of our tasks."""

from __future__ import annotations

import pytest
from billiard.einfo import ExceptionInfo
from billiard.exceptions import WorkerLostError
from celery.signals import task_revoked
from django.db import connection
from django.test.utils import CaptureQueriesContext
from eventtracking import tracker
from eventtracking.tracker import Tracker
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin import tasks
from learner_data_plugin.exceptions import ReportFailed
from learner_data_plugin.failures import FAILURES
from learner_data_plugin.models import ReportRun
from learner_data_plugin.reports import runs

from . import factories
from .reading import claim_profile


class Collector:
    """A backend of the platform's event tracking."""

    def __init__(self):
        self.events = []

    def send(self, event):
        self.events.append(event)


@pytest.fixture
def events():
    collector, before = Collector(), tracker.get_tracker()
    tracker.register_tracker(Tracker({"collector": collector}))
    yield collector.events
    tracker.register_tracker(before)


@pytest.mark.parametrize(("report", "kind"), [("profile", "student_profile_info"), ("anonymized_ids", "anonymized_ids")])
def test_finished_report_emits_the_platforms_event(report, kind, course_key, instructor, events):
    factories.make_report(course_key, instructor, report=report)
    assert [(event["name"], event["data"]) for event in events] == [
        ("edx.instructor.report.requested", {"report_type": kind})
    ]


def test_a_task_looks_a_site_up_once_and_the_next_one_anew(course_key, instructor):
    """After each task the platform empties the cache that is used."""
    factories.make_report(course_key, instructor)
    with CaptureQueriesContext(connection) as captured:
        factories.make_report(course_key, instructor)
    lookups = [query for query in captured.captured_queries if "site_configuration_siteconfiguration" in query["sql"]]
    assert len(lookups) < 6, "one of the task, and some of the request, which is none of the web here"
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"COLUMNS": ["username"]})
    assert factories.make_report(course_key, instructor).columns == ["username"]


@pytest.fixture
def begun(course_key, instructor):
    """A report that a worker is making."""
    run = claim_profile(course_key, instructor)
    entry = InstructorTask.create(course_key, "learner_data_profile_csv", "", {"run": run.pk}, instructor)
    runs.start(run.pk, entry.task_id)
    return run, entry


def test_revoked_report_is_over_at_once_and_says_why(begun):
    run, entry = begun

    class Request:
        id = entry.task_id

    task_revoked.send(sender=tasks.erase_learner, request=Request, terminated=True, signum=15, expired=False)
    assert ReportRun.objects.get(pk=run.pk).slot is not None
    task_revoked.send(sender=tasks.generate_report, request=Request, terminated=True, signum=15, expired=False)
    run.refresh_from_db()
    assert (run.slot, run.failure) == (None, "revoked")
    entry.refresh_from_db()
    assert entry.task_state == "FAILURE"
    assert "Site support ended this report" in entry.task_output


def test_report_whose_process_was_killed_is_over_at_once(begun):
    run, entry = begun
    try:
        raise WorkerLostError("signal 9")
    except WorkerLostError as error:
        tasks.generate_report.on_failure(error, entry.task_id, [entry.pk, {}], {}, ExceptionInfo())
    run.refresh_from_db()
    assert (run.slot, run.failure) == (None, "worker_lost")
    entry.refresh_from_db()
    assert str(FAILURES["worker_lost"]) in entry.task_output


@pytest.mark.parametrize("code", [*FAILURES, "one of another release"])
def test_failure_reads_as_a_sentence(code):
    assert str(ReportFailed(code)) == str(FAILURES.get(code, FAILURES["unexpected"]))
    assert str(ReportFailed(code)).endswith(".")
