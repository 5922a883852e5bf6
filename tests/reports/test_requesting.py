"""Requesting a report, without a web request."""

from __future__ import annotations

import json
import logging
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import (
    FormatUnavailable,
    InvalidSelection,
    NotToBeStarted,
    PurposeRequired,
    QueueUnavailable,
    TooManyLearners,
    UnknownColumn,
    UnknownFormat,
    UnknownReport,
)
from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from learner_data_plugin.platform import api as platform_api
from learner_data_plugin.reports import requesting, runs, stale_runs
from learner_data_plugin.reports.messages import failure_message
from tests import factories
from tests.reading import claim_profile, rows_of


@pytest.fixture
def by(instructor):
    return Actor(instructor.pk, instructor.username, "192.0.2.9")


@pytest.fixture
def queue(monkeypatch):
    """A queue that no worker empties: the calls of the task, with what the platform gave along."""
    task, calls = platform_api.current_app.tasks[requesting.TASK_NAME], []
    monkeypatch.setattr(task, "apply_async", lambda args, task_id: calls.append((args, task_id)))
    return calls


def test_is_made_with_its_selection_in_the_name_of_the_account(course_key, by):
    factories.make_learner(course_key, "ada")
    factories.make_learner(course_key, "bob")
    requested = api.request_report(
        course_key, "profile", file_format="jsonl", selection={"columns": ["username"], "search": "ada"}, by=by
    )
    assert (requested.report, requested.state, requested.already_running) == ("profile", "SUCCESS", False)
    file = ReportFile.objects.select_related("run").get()
    assert rows_of(file) == [["username"], ["ada"]]
    assert (file.run.requester_id, file.run.address) == (by.user_id, "192.0.2.9")
    row = InstructorTask.objects.get(task_id=requested.task_id)
    assert (row.requester_id, row.task_type) == (by.user_id, "learner_data_profile_csv")
    assert json.loads(row.task_input) == {"run": file.run_id, "report": "profile", "format": "jsonl"}  # the platform logs it
    [record] = AuditRecord.objects.filter(action="requested")
    assert (record.username, record.address, record.file_format) == (by.username, "192.0.2.9", "jsonl")


@pytest.mark.django_db(transaction=True)
def test_no_report_is_requested_without_its_record(course_key, by, queue, monkeypatch):
    """Both are entered together, or neither: an audit that takes nothing more stops what it would not tell of."""

    def refuse(*_arguments, **_named):
        raise DatabaseError("no more room")

    monkeypatch.setattr(requesting.audit, "record_run", refuse)
    with pytest.raises(DatabaseError):
        api.request_report(course_key, "profile", by=by)
    assert not ReportRun.objects.exists()
    assert queue == []


def test_the_platform_hears_account_address_and_host(course_key, by, queue, settings):
    settings.LMS_ROOT_URL = "https://learn.example.com:8443"
    api.request_report(course_key, "profile", by=by)
    [([entry_id, given], task_id)] = queue
    assert InstructorTask.objects.get(pk=entry_id).task_id == task_id == given["task_id"]
    assert given["request_info"] == {
        "username": by.username, "user_id": by.user_id, "ip": "192.0.2.9", "agent": "", "host": "learn.example.com",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("report", "chosen", "error"),
    [
        ("grades", {}, UnknownReport),
        ("profile", {"file_format": "pdf"}, UnknownFormat),
        ("profile", {"selection": {"columns": ["password"]}}, UnknownColumn),
        ("profile", {"selection": {"columns": []}}, InvalidSelection),
        ("profile", {"selection": {"cohort": "Nobody's"}}, InvalidSelection),
    ],
)
def test_what_cannot_be_had_leaves_nothing(course_key, by, report, chosen, error):
    with pytest.raises(error):
        api.request_report(course_key, report, by=by, **chosen)
    assert not ReportRun.objects.exists()
    assert not InstructorTask.objects.exists()
    assert not AuditRecord.objects.exists()


def test_an_order_is_for_small_courses(course_key, by, settings):
    settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 2}
    factories.make_learners(course_key, 2)
    with pytest.raises(TooManyLearners):
        api.request_report(course_key, "profile", selection={"sort": "id"}, by=by)


def test_a_format_whose_package_is_missing(course_key, by, monkeypatch):
    monkeypatch.setattr("learner_data_plugin.export.xlsx.find_spec", lambda name: None)
    with pytest.raises(FormatUnavailable, match="XLSX"):
        api.request_report(course_key, "profile", file_format="xlsx", by=by)


class TestOneIsUnderWay:
    def test_it_is_answered(self, course_key, by, queue):
        first = api.request_report(course_key, "profile", by=by)
        second = api.request_report(course_key, "profile", by=by)
        assert (second.task_id, second.already_running) == (first.task_id, True)
        assert len(queue) == 1
        assert AuditRecord.objects.filter(action="requested").count() == 1

    @pytest.mark.parametrize("other", [{"file_format": "xlsx"}, {"selection": {"columns": ["username"]}}])
    def test_another_format_or_selection_waits_for_it(self, course_key, by, queue, other):
        first = api.request_report(course_key, "profile", by=by)
        second = api.request_report(course_key, "profile", by=by, **other)
        third = api.request_report(course_key, "profile", by=by, **other)
        assert second.already_running is False
        assert (third.task_id, third.already_running) == (second.task_id, True)
        assert first.task_id != second.task_id
        with pytest.raises(NotToBeStarted) as caught:
            runs.start(ReportRun.objects.get(task_id=second.task_id).pk, second.task_id)
        assert caught.value.failure == ""
        assert [status.waits for status in api.list_tasks(course_key)] == [True, False]

    def test_what_waited_is_made_once_it_has_ended(self, course_key, by, queue, monkeypatch):
        first = api.request_report(course_key, "profile", by=by)
        xlsx = api.request_report(course_key, "profile", file_format="xlsx", by=by)
        lines = api.request_report(course_key, "profile", file_format="jsonl", by=by)
        monkeypatch.undo()
        platform_api.queue_again(requesting.TASK_NAME, xlsx.task_id)  # its first message, which comes too early
        assert not ReportFile.objects.exists()
        platform_api.queue_again(requesting.TASK_NAME, first.task_id)
        made = ReportFile.objects.select_related("run").order_by("id")
        assert {file.run.task_id: file.run.file_format for file in made} == {
            first.task_id: "csv", xlsx.task_id: "xlsx", lines.task_id: "jsonl",
        }  # fmt: skip
        states = InstructorTask.objects.values_list("task_state", flat=True)
        assert set(states) == {"SUCCESS"}

    @pytest.mark.parametrize("end", ["failure", "silence"])
    def test_what_waited_is_queued_after_one_that_failed(self, course_key, by, queue, end):
        first = api.request_report(course_key, "profile", by=by)
        second = api.request_report(course_key, "profile", file_format="xlsx", by=by)
        run = ReportRun.objects.get(task_id=first.task_id)
        if end == "failure":
            stale_runs.give_up(run, "storage")
        else:
            runs.fail(run, "storage")  # by a process that ends before it says more
            stale_runs.clear(course_key)
        assert [task_id for _args, task_id in queue] == [first.task_id, second.task_id, second.task_id]
        assert runs.current(course_key, "profile").task_id == second.task_id
        stale_runs.clear(course_key)
        assert len(queue) == 3

    def test_what_it_waits_for_may_end_before_it_is_submitted(self, course_key, by, queue, monkeypatch):
        first = api.request_report(course_key, "profile", by=by)
        task = platform_api.current_app.tasks[requesting.TASK_NAME]
        submit = task.apply_async

        def end_first(args, task_id):
            runs.fail(ReportRun.objects.get(task_id=first.task_id), "storage")
            submit(args, task_id=task_id)

        monkeypatch.setattr(task, "apply_async", end_first)
        second = api.request_report(course_key, "profile", file_format="xlsx", by=by)
        assert [task_id for _args, task_id in queue] == [first.task_id, second.task_id, second.task_id]
        assert runs.current(course_key, "profile").task_id == second.task_id

    def test_each_has_a_key_of_its_own_for_the_platform(self, course_key, by, queue):
        api.request_report(course_key, "profile", by=by)
        api.request_report(course_key, "profile", file_format="xlsx", by=by)
        first, second = ReportRun.objects.order_by("id")
        keys = dict(InstructorTask.objects.values_list("task_id", "task_key"))
        assert keys == {first.task_id: "", second.task_id: second.slot}

    def test_a_row_of_one_that_waits_on_which_nobody_works_does_not_stand_in_the_way(self, course_key, by, queue, instructor):
        first = api.request_report(course_key, "profile", by=by)
        slot = runs.slot_of(course_key, "profile", runs._variant("xlsx", {}))
        stuck = InstructorTask.create(course_key, "learner_data_profile_csv", slot, {"run": 0}, instructor)
        second = api.request_report(course_key, "profile", file_format="xlsx", by=by)
        states = dict(InstructorTask.objects.values_list("task_id", "task_state"))
        assert states == {first.task_id: "QUEUING", stuck.task_id: "FAILURE", second.task_id: "QUEUING"}

    def test_one_that_is_asked_for_again_is_answered_with_its_state(self, course_key, by, queue):
        first = api.request_report(course_key, "profile", by=by)
        InstructorTask.objects.update(task_state="PROGRESS")
        again = api.request_report(course_key, "profile", by=by)
        assert (again.task_id, again.report, again.state) == (first.task_id, "profile", "PROGRESS")

    def test_one_that_waits_is_not_given_up_for_its_age(self, course_key, by, queue):
        api.request_report(course_key, "profile", by=by)
        waiting = api.request_report(course_key, "profile", file_format="xlsx", by=by)
        ReportRun.objects.filter(task_id=waiting.task_id).update(created=timezone.now() - timedelta(days=1))
        assert [status.state for status in api.list_tasks(course_key)] == ["QUEUING", "QUEUING"]

    def test_its_message_is_sent_again_by_one_caller_in_a_minute(self, course_key, by, queue):
        first = api.request_report(course_key, "profile", by=by)
        ReportRun.objects.update(created=timezone.now() - timedelta(seconds=70))
        for _ in range(3):
            api.request_report(course_key, "profile", by=by)
        assert [task_id for _args, task_id in queue] == [first.task_id, first.task_id]
        assert queue[0][0][0] == queue[1][0][0]

    def test_not_within_the_first_minute(self, course_key, by, queue):
        for _ in range(3):
            api.request_report(course_key, "profile", by=by)
        assert len(queue) == 1

    def test_a_broker_that_refuses_the_second_message_changes_nothing(self, course_key, by, queue, monkeypatch, caplog):
        first = api.request_report(course_key, "profile", by=by)
        ReportRun.objects.update(created=timezone.now() - timedelta(seconds=70))

        def refuse(*_args, **_options):
            raise ConnectionError("secret address")

        monkeypatch.setattr(platform_api.current_app.tasks[requesting.TASK_NAME], "apply_async", refuse)
        with caplog.at_level(logging.WARNING):
            assert api.request_report(course_key, "profile", by=by).task_id == first.task_id
        assert f"Task {first.task_id} was not queued again: ConnectionError." in caplog.text

    def test_one_that_was_never_handed_over_is_waited_for_and_then_unavailable(self, course_key, by, instructor, monkeypatch):
        monkeypatch.setattr(requesting, "_CLAIM_SECONDS", 0.2)
        claim_profile(course_key, instructor)
        with pytest.raises(QueueUnavailable):
            api.request_report(course_key, "profile", by=by)

    def test_one_that_ends_while_it_is_looked_for_makes_room(self, course_key, by, instructor):
        running, inserted = claim_profile(course_key, instructor), []

        def end_it(execute, sql, params, many, context):
            is_of_runs = ReportRun._meta.db_table in sql
            if is_of_runs and inserted == ["refused"]:
                inserted.append("ended")
                runs.fail(running, "storage")
            try:
                return execute(sql, params, many, context)
            except IntegrityError:
                inserted.append("refused")
                raise

        with connection.execute_wrapper(end_it):
            requested = api.request_report(course_key, "profile", by=by)
        assert inserted == ["refused", "ended"]
        assert (requested.state, requested.already_running) == ("SUCCESS", False)

    def test_one_that_is_lost_is_given_up_and_another_is_made(self, course_key, by, instructor):
        lost = claim_profile(course_key, instructor)
        ReportRun.objects.update(created=timezone.now() - timedelta(seconds=70))
        assert api.request_report(course_key, "profile", by=by).already_running is False
        lost.refresh_from_db()
        assert lost.failure == "never_started"


class TestQueueRefuses:
    @pytest.fixture(autouse=True)
    def _refusal(self, monkeypatch):
        def refuse(*_args, **_options):
            raise ConnectionError("secret address")

        monkeypatch.setattr(platform_api.current_app.tasks[requesting.TASK_NAME], "apply_async", refuse)

    def test_nothing_is_left_running(self, course_key, by):
        with pytest.raises(QueueUnavailable):
            api.request_report(course_key, "profile", by=by)
        assert [run.failure for run in ReportRun.objects.all()] == ["queue_unavailable"]
        assert runs.current(course_key, "profile") is None
        [row] = InstructorTask.objects.all()
        assert row.task_state == "FAILURE"
        assert set(json.loads(row.task_output)) == {"message"}
        assert "secret" not in row.task_output

    def test_what_came_to_wait_for_it_meanwhile_is_queued(self, course_key, by, monkeypatch):
        waiting = []

        def refuse(_args, task_id):
            if not waiting:
                options = {"file_format": "xlsx", "selection": {}, "by": by, "waits": True}
                waiting.append(runs.claim(course_key, report="profile", **options))
                runs.submitted(waiting[0], "waiting")
            raise ConnectionError

        monkeypatch.setattr(platform_api.current_app.tasks[requesting.TASK_NAME], "apply_async", refuse)
        with pytest.raises(QueueUnavailable):
            api.request_report(course_key, "profile", by=by)
        assert runs.current(course_key, "profile") == waiting[0]

    def test_both_are_in_the_audit(self, course_key, by):
        with pytest.raises(QueueUnavailable):
            api.request_report(course_key, "profile", by=by)
        records = AuditRecord.objects.order_by("id")
        assert [(record.action, record.detail) for record in records] == [("requested", ""), ("failed", "queue_unavailable")]


def test_an_error_that_nobody_expects_leaves_nothing_running_either(course_key, by):
    gone = Actor(10**6, "gone", "192.0.2.9")
    with pytest.raises(ObjectDoesNotExist):
        api.request_report(course_key, "profile", by=gone)
    assert (ReportRun.objects.get().failure, runs.current(course_key, "profile")) == ("unexpected", None)
    [record] = AuditRecord.objects.filter(action="failed")
    assert (record.detail, record.user_id, record.username) == ("unexpected", 10**6, "gone")


def test_the_audit_says_what_for_and_on_which_occasion(course_key, by):
    entered = []
    requesting.request_report(
        course_key,
        "anonymized_ids",
        file_format="csv",
        selection={},
        purpose="Send them to the grader",
        by=by,
        detail="schedule 7",
        in_transaction=entered.append,
    )
    run = ReportRun.objects.get()
    assert entered == [run]
    assert (run.purpose, run.file_format) == ("Send them to the grader", "csv")
    record = AuditRecord.objects.get(action="requested")
    assert (record.report, record.detail, record.purpose) == ("anonymized_ids", "schedule 7", "Send them to the grader")
    assert (record.user_id, record.address) == (by.user_id, "192.0.2.9")


@pytest.mark.parametrize(("purpose", "is_enough"), [("1234567890", True), ("  123456789   ", False)])
def test_a_purpose_has_ten_characters_besides_blanks_around_it(course_key, settings, purpose, is_enough):
    requesting.require_purpose(course_key, "")
    settings.LEARNER_DATA_PLUGIN = {"REQUIRE_PURPOSE": True}
    with nullcontext() if is_enough else pytest.raises(PurposeRequired):
        requesting.require_purpose(course_key, purpose)


def test_a_row_that_nobody_works_on_does_not_stand_in_the_way(course_key, by, instructor):
    stuck = InstructorTask.create(course_key, "learner_data_profile_csv", "", {"run": 0}, instructor)
    requested = api.request_report(course_key, "profile", by=by)
    assert (requested.state, requested.already_running) == ("SUCCESS", False)
    stuck.refresh_from_db()
    assert stuck.task_state == "FAILURE"
    assert failure_message("superseded") in stuck.task_output
