"""What a worker does with a queued report."""

from __future__ import annotations

import json
import logging
import time
from datetime import timedelta
from threading import Event

import pytest
from common.djangoapps.student.models import CourseAccessRole
from django.db import DatabaseError
from django.utils import timezone
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import NotToBeStarted, ReportFailed
from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from learner_data_plugin.platform import api as platform_api
from learner_data_plugin.reports import building, heartbeat, running, runs
from learner_data_plugin.reports.messages import failure_message
from tests import factories
from tests.reading import claim_profile


@pytest.fixture
def run(course_key, instructor):
    factories.make_learners(course_key, 3)
    return claim_profile(course_key, instructor)


@pytest.fixture
def row(run, instructor):
    return InstructorTask.create(run.course_id, "learner_data_profile_csv", "", {"run": run.pk}, instructor)


def test_a_run_in_work_is_not_started_again_and_nothing_of_it_changes(run, row):
    runs.start(run.pk, row.task_id)
    with pytest.raises(NotToBeStarted):
        running.run_queued_report(row.pk)
    row.refresh_from_db()
    assert row.task_state == "QUEUING"
    assert not ReportFile.objects.exists()


def test_a_run_that_was_given_up_is_not_started_and_its_row_says_why(run, row):
    runs.fail(run, "never_started")
    with pytest.raises(NotToBeStarted):
        running.run_queued_report(row.pk)
    row.refresh_from_db()
    assert row.task_state == "FAILURE"
    assert failure_message("never_started") in row.task_output


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ReportFailed("storage"), "storage"),
        (ReportFailed("selection_outdated"), "selection_outdated"),
        (ZeroDivisionError("'Ada'"), "unexpected"),
    ],
)
def test_a_failure_is_recorded_everywhere_and_quotes_nobody(run, monkeypatch, caplog, error, failure):
    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(building, "_build", fail)
    with caplog.at_level(logging.DEBUG, "learner_data_plugin"):
        submit(run)
    run.refresh_from_db()
    assert (run.failure, run.slot) == (failure, None)
    row = InstructorTask.objects.get()
    assert row.task_state == "FAILURE"
    assert failure_message(failure) in row.task_output
    assert [record.detail for record in AuditRecord.objects.filter(action="failed")] == [failure]
    assert "Ada" not in caplog.text + row.task_output


def submit(run):
    """Have a run made by a worker, which here is at once."""
    platform_api.submit_task(
        "learner_data_plugin.tasks.generate_report",
        task_type="learner_data_profile_csv",
        course_key=run.course_id,
        task_input={"run": run.pk},
        by=Actor(run.requester_id, run.requester.username),
    )


def test_the_platform_hears_how_many_rows_were_generated(run, caplog):
    with caplog.at_level(logging.INFO, "learner_data_plugin"):
        submit(run)
    row = InstructorTask.objects.get()
    told = json.loads(row.task_output)
    assert row.task_state == "SUCCESS"
    assert (told["action_name"], told["attempted"], told["succeeded"], told["total"]) == ("generated", 3, 3, 3)
    assert 0 <= told["duration_ms"] < 60_000
    assert f"Task {row.task_id} of course {run.course_id} stored 3 rows." in caplog.text


@pytest.mark.parametrize("error", [ReportFailed("superseded"), OSError("'Ada'")])
def test_a_run_that_was_canceled_has_ended_as_canceled_whatever_it_stumbled_over(run, monkeypatch, caplog, error):
    def fail(run, _on_progress):
        runs.fail(run, "cancelled", record=lambda: None)  # its own record is canceling's
        raise error

    monkeypatch.setattr(building, "_build", fail)
    submit(run)
    row = InstructorTask.objects.get()
    assert (row.task_state, json.loads(row.task_output)) == ("REVOKED", {"message": failure_message("cancelled")})
    assert not AuditRecord.objects.filter(action="failed").exists()
    [said] = [record for record in caplog.records if record.name == running.__name__]
    assert (said.levelname, said.getMessage()) == (
        "WARNING", f"Task {row.task_id} of course {run.course_id} failed: cancelled (ReportFailed)"
    )  # fmt: skip


@pytest.mark.parametrize(("error", "is_said"), [(ReportFailed("storage"), False), (ZeroDivisionError(), True)])
def test_where_an_unexpected_error_came_from_is_in_the_log_and_only_of_that(run, monkeypatch, caplog, error, is_said):
    def fail(*_arguments):
        raise error

    monkeypatch.setattr(building, "_build", fail)
    submit(run)
    [said] = [record for record in caplog.records if record.name == running.__name__]
    assert said.levelname == "ERROR"
    assert ("test_running.py" in said.getMessage()) is is_said


def test_a_requester_who_lost_access_gets_nothing(run):
    CourseAccessRole.objects.all().delete()
    submit(run)
    run.refresh_from_db()
    assert run.failure == "access_lost"
    assert not ReportFile.objects.exists()


def test_a_run_of_an_account_that_is_gone_makes_nothing(run):
    by = factories.make_user()
    ReportRun.objects.update(requester=None)
    platform_api.submit_task(
        "learner_data_plugin.tasks.generate_report",
        task_type="learner_data_profile_csv",
        course_key=run.course_id,
        task_input={"run": run.pk},
        by=Actor(by.pk, by.username),
    )
    run.refresh_from_db()
    assert run.failure == "access_lost"


@pytest.mark.parametrize(
    ("change", "failure"),
    [({"report": "somebody_elses"}, "report_unavailable"), ({"file_format": "ods"}, "format_unavailable")],
)
def test_what_a_plugin_that_is_gone_would_make_is_told_as_such(run, change, failure):
    slot = runs.slot_of(run.course_id, change.get("report", run.report))
    ReportRun.objects.update(**change, slot=slot)
    submit(run)
    run.refresh_from_db()
    assert run.failure == failure


def test_what_waited_has_the_place_once_a_run_has_failed(run):
    waiting = runs.claim(
        run.course_id, report="profile", file_format="xlsx", selection={}, by=Actor(run.requester_id, ""), waits=True
    )
    runs.submitted(waiting, "waiting")
    CourseAccessRole.objects.all().delete()
    submit(run)
    assert runs.current(run.course_id, "profile") == waiting


def test_the_platforms_row_says_why_a_run_failed_also_where_its_task_hears_of_nothing(run, row):
    run = runs.start(run.pk, row.task_id)
    running._record_failure(run, "storage")
    row.refresh_from_db()
    assert (row.task_state, json.loads(row.task_output)) == ("FAILURE", {"message": failure_message("storage")})


def test_if_not_even_the_failure_can_be_recorded_the_log_says_so(run, monkeypatch, caplog):
    def refuse(*_args, **_options):
        raise DatabaseError("'Ada'")

    monkeypatch.setattr(runs, "fail", refuse)
    with caplog.at_level(logging.ERROR):
        running._record_failure(run, "storage")
    assert "was not recorded: DatabaseError." in caplog.text
    assert "Ada" not in caplog.text


class TestRateLimiter:
    def test_four_steps_a_second_and_none_at_once(self, monkeypatch):
        now = [100.0]
        monkeypatch.setattr(running.time, "monotonic", lambda: now[0])
        limiter = running.RateLimiter()
        allowed = []
        for _step in range(10):
            allowed.append(limiter.allows())
            now[0] += 0.13
        assert allowed == [False, False, True, False, True, False, True, False, True, False]


class TestProgressReporter:
    def test_stops_at_the_first_error_and_says_so_once(self, caplog):
        class Progress:
            told = 0

            def update_task_state(self):
                self.told += 1
                raise ConnectionError("secret")

        progress, reporter = Progress(), running.ProgressReporter()
        with caplog.at_level(logging.WARNING):
            reporter.report(progress)
            reporter.report(progress)
        assert progress.told == 1
        assert caplog.text.count("does not take a task's progress: ConnectionError.") == 1


class TestHeartbeat:
    @pytest.fixture
    def beats(self, monkeypatch):
        """Each sign of life of a run, which here needs no connection of its thread's own."""
        beaten = []
        monkeypatch.setattr(runs, "beat", beaten.append)
        return beaten

    @pytest.fixture(autouse=True)
    def _quick(self, settings):
        settings.LEARNER_DATA_PLUGIN = {"STALE_AFTER_SECONDS": 1}

    def test_a_run_gives_signs_of_life_while_one_step_takes_long(self, run, beats):
        began = time.monotonic()
        with heartbeat.beating(run):
            wait_until(lambda: len(beats) >= 2)
        assert time.monotonic() - began < 5, "six times in STALE_AFTER_SECONDS"
        assert set(beats) == {run.pk}
        number = len(beats)
        Event().wait(0.4)
        assert len(beats) == number

    def test_not_for_a_step_that_does_not_end(self, run, beats, monkeypatch):
        with heartbeat.beating(run) as beat:
            beat.since = time.monotonic() - heartbeat.LONGEST_STEP_SECONDS - 1
            Event().wait(0.6)
            assert beats == []
        assert beat.hangs
        beat.moved()
        assert not beat.hangs

    def test_an_error_is_logged_and_the_next_beat_tried(self, run, monkeypatch, caplog):
        tried = []

        def refuse(run_id):
            tried.append(run_id)
            raise DatabaseError("secret")

        monkeypatch.setattr(runs, "beat", refuse)
        with caplog.at_level(logging.WARNING), heartbeat.beating(run):
            wait_until(lambda: len(tried) >= 2)
        assert f"run {run.pk} was not recorded: DatabaseError." in caplog.text


def wait_until(is_so):
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        Event().wait(0.02)


def test_a_lost_run_is_given_up_by_whoever_looks_next(run, instructor_client):
    runs.start(run.pk, "task")
    ReportRun.objects.update(heartbeat=timezone.now() - timedelta(hours=1))
    [task] = instructor_client.get(f"/learner_data/api/v1/courses/{run.course_id}/tasks/").json()["tasks"]
    assert (task["state"], task["message"]) == ("FAILURE", failure_message("worker_lost"))
    assert [record.detail for record in AuditRecord.objects.filter(action="failed")] == ["worker_lost"]
