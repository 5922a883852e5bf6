"""Giving up runs that nobody works on, and clearing away what they left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.models import AuditRecord, ReportRun
from learner_data_plugin.platform import api as platform_api
from learner_data_plugin.reports import runs, stale_runs, turns
from learner_data_plugin.reports.messages import failure_message
from tests import factories
from tests.reading import NOBODY, claim_profile


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


@pytest.fixture
def row(course_key, instructor):
    return InstructorTask.create(course_key, "learner_data_profile_csv", "", {}, instructor)


@pytest.fixture
def run(course_key, instructor, row):
    return runs.start(claim_profile(course_key, instructor).pk, row.task_id)


def left_in_store(run):
    """Content that a lost worker has stored for a run."""
    path = platform_api.report_store().storage.save("learner_data/x/left.csv", ContentFile(b"learners"))
    ReportRun.objects.filter(pk=run.pk).update(stored_path=path)
    return Path(platform_api.report_store().storage.path(path))


@pytest.mark.parametrize("clear", [lambda run: stale_runs.clear(run.course_id), lambda run: stale_runs.clear_all()])
def test_a_lost_run_ends_everywhere_and_its_content_goes(run, row, clear):
    left = left_in_store(run)
    ReportRun.objects.update(heartbeat=ago(10_000))
    clear(run)
    run.refresh_from_db()
    assert (run.failure, run.stored_path) == ("worker_lost", "")
    row.refresh_from_db()
    assert row.task_state == "FAILURE"
    assert not left.exists()
    assert [record.detail for record in AuditRecord.objects.all()] == ["worker_lost"]


def test_a_run_that_lives_goes_on(run):
    left = left_in_store(run)
    stale_runs.clear(run.course_id)
    stale_runs.clear_all()
    run.refresh_from_db()
    assert run.ended is None
    assert left.exists()


def test_a_lost_run_of_another_course_is_left_to_that_course(run):
    ReportRun.objects.update(heartbeat=ago(10_000))
    stale_runs.clear(factories.make_course())
    run.refresh_from_db()
    assert run.ended is None


@pytest.mark.parametrize(("ended", "given_up"), [(50, False), (70, True)])
@pytest.mark.parametrize("state", ["REVOKED", "FAILURE", "SUCCESS"])
def test_a_run_whose_task_was_ended_from_outside_is_given_up_a_minute_later(run, row, state, ended, given_up):
    InstructorTask.objects.filter(pk=row.pk).update(task_state=state, updated=ago(ended))
    stale_runs.clear(run.course_id)
    run.refresh_from_db()
    assert (run.ended is not None) is given_up


def test_content_of_an_ended_run_that_belongs_to_no_report_goes_with_the_next_round(run):
    left = left_in_store(run)
    runs.fail(run, "storage")
    stale_runs.clear_all()
    assert not left.exists()
    run.refresh_from_db()
    assert run.stored_path == ""


def test_an_ended_run_without_content_is_left_alone(run, caplog):
    runs.fail(run, "storage")
    stale_runs.clear_all()
    run.refresh_from_db()
    assert (run.stored_path, run.clearing) == ("", False)
    assert "could not be removed" not in caplog.text


def test_content_of_a_report_stays(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    assert ReportRun.objects.get().stored_path == file.path
    stale_runs.clear_all()
    assert Path(platform_api.report_store().storage.path(file.path)).exists()


def test_a_course_without_runs_under_way_costs_one_query(course_key, django_assert_num_queries):
    with django_assert_num_queries(1):
        stale_runs.clear(course_key)


@pytest.fixture
def queue(monkeypatch):
    """A queue that no worker empties: the ids of its tasks."""
    task, ids = platform_api.current_app.tasks[turns.TASK_NAME], []
    monkeypatch.setattr(task, "apply_async", lambda args, task_id: ids.append(task_id))
    return ids


@pytest.fixture
def waiting(course_key, instructor, run):
    """A run that waits for the first."""
    row = InstructorTask.create(course_key, "learner_data_profile_csv", "waiting", {}, instructor)
    waiting = runs.claim(course_key, report="profile", file_format="xlsx", selection={}, by=NOBODY, waits=True)
    runs.submitted(waiting, row.task_id)
    return ReportRun.objects.get(pk=waiting.pk)


def test_one_that_no_worker_starts_ends_as_never_started(course_key, instructor, row):
    run = claim_profile(course_key, instructor)
    ReportRun.objects.update(task_id=row.task_id, created=ago(10**6))
    stale_runs.clear(course_key)
    run.refresh_from_db()
    assert (run.slot, run.failure) == (None, "never_started")
    row.refresh_from_db()
    assert failure_message("never_started") in row.task_output
    [record] = AuditRecord.objects.all()
    assert (record.action, record.detail, record.username) == ("failed", "never_started", instructor.username)


def test_what_waited_for_a_lost_run_is_queued_at_once(course_key, run, waiting, queue):
    ReportRun.objects.filter(pk=run.pk).update(heartbeat=ago(10_000))
    stale_runs.clear(course_key)
    assert queue == [waiting.task_id]
    assert runs.current(course_key, "profile") == waiting


def test_what_waits_for_a_run_that_lives_is_left_waiting(course_key, run, waiting, queue):
    stale_runs.clear(course_key)
    assert queue == []
    assert runs.current(course_key, "profile") == run


def test_what_waits_is_queued_where_the_run_before_it_ended_without_a_word_also_beside_other_reports(
    course_key, run, waiting, queue
):
    runs.claim(course_key, report="anonymized_ids", file_format="csv", selection={}, by=NOBODY)
    runs.fail(run, "storage")
    stale_runs.clear(course_key)
    assert queue == [waiting.task_id]


def test_giving_up_what_has_ended_already_says_nothing_more(run, row):
    runs.fail(run, "storage", record=lambda: None)
    stale_runs.give_up(run, "worker_lost")
    run.refresh_from_db()
    assert run.failure == "storage"
    assert not AuditRecord.objects.exists()


def test_content_that_is_entered_as_a_reports_meanwhile_is_not_removed(run):
    left = left_in_store(run)
    runs.fail(run, "storage")
    changed = []

    def enter_first(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and not changed:
            changed.append(True)
            ReportRun.objects.filter(pk=run.pk).update(stored_path="learner_data/x/new.csv")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(enter_first):
        stale_runs.clear_all()
    assert changed
    assert left.exists()
    run.refresh_from_db()
    assert (run.stored_path, run.clearing) == ("learner_data/x/new.csv", False)


def test_what_an_erasure_left_of_a_report_goes_and_the_report_stays(course_key, instructor):
    """The run knows of other content than that of its report."""
    file = factories.make_report(course_key, instructor)
    left = left_in_store(file.run)
    stale_runs.clear_all()
    assert not left.exists()
    assert Path(platform_api.report_store().storage.path(file.path)).exists()
