"""The life of a run in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import NotToBeStarted, ReportFailed
from learner_data_plugin.failures import FAILURES
from learner_data_plugin.models import ReportRun
from learner_data_plugin.reports import runs
from learner_data_plugin.reports.messages import failure_message
from tests import factories

BY = Actor(None, "somebody", "192.0.2.7")


def claim(course_key, *, report="profile", selection=None):
    return runs.claim(course_key, report=report, file_format="csv", selection=selection or {}, by=BY)


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


def change(run, **values):
    ReportRun.objects.filter(pk=run.pk).update(**values)
    return ReportRun.objects.get(pk=run.pk)


class TestClaim:
    def test_keeps_who_asked_for_what(self, course_key):
        selection = {"columns": ["id"], "search": "a", "cohort": "b", "team": "c", "enrollment_mode": "audit", "sort": "-id"}
        run = claim(course_key, selection=selection)
        run.refresh_from_db()
        assert run.selection == selection
        assert (run.report, run.file_format, run.address, run.task_id, run.started) == ("profile", "csv", "192.0.2.7", "", None)

    def test_one_place_for_each_report_of_each_course(self, course_key):
        assert claim(course_key)
        assert claim(course_key) is None
        assert claim(course_key, report="anonymized_ids")
        assert claim(factories.make_course())

    @pytest.mark.parametrize("end", [lambda run: runs.fail(run, "storage"), runs.release])
    def test_the_place_is_free_once_the_run_has_ended(self, course_key, end):
        run = claim(course_key)
        assert end(run) is True
        assert end(run) is False
        assert claim(course_key)
        run.refresh_from_db()
        assert run.ended is not None
        assert run.slot is None

    def test_what_belongs_to_it_is_entered_with_it_or_not_at_all(self, course_key):
        entered = []

        def refuse(run):
            entered.append(run)
            raise ZeroDivisionError

        options = {"report": "profile", "file_format": "csv", "selection": {}, "by": BY}
        with pytest.raises(ZeroDivisionError):
            runs.claim(course_key, **options, in_transaction=refuse)
        assert not ReportRun.objects.exists()
        run = runs.claim(course_key, **options, in_transaction=entered.append)
        assert entered[1] == run == ReportRun.objects.get()

    def test_one_of_each_format_and_selection_waits(self, course_key):
        claim(course_key)

        def wait(file_format, **selection):
            return runs.claim(course_key, report="profile", file_format=file_format, selection=selection, by=BY, waits=True)

        xlsx = wait("xlsx")
        assert wait("xlsx") is None
        selected = wait("xlsx", search="a", sort="id")
        assert wait("xlsx", sort="id", search="a") is None
        for run, selection in ((xlsx, {}), (selected, {"sort": "id", "search": "a"})):
            assert runs.waiting(course_key, "profile", file_format="xlsx", selection=selection) == run
            assert runs.is_the_same(run, file_format="xlsx", selection=selection)
            assert not runs.is_the_same(run, file_format="csv", selection=selection)
        assert runs.waiting(course_key, "profile", file_format="csv", selection={}) is None
        assert not runs.has_place(xlsx)

    def test_current_is_the_run_under_way(self, course_key):
        assert runs.current(course_key, "profile") is None
        run = claim(course_key)
        assert runs.current(course_key, "profile") == run
        assert runs.current(course_key, "anonymized_ids") is None
        runs.fail(run, "database")
        assert runs.current(course_key, "profile") is None


class TestStart:
    def test_once(self, course_key):
        run = claim(course_key)
        started = runs.start(run.pk, "task")
        assert (started.task_id, started.done) == ("task", 0)
        run.refresh_from_db()
        assert (run.task_id, run.done) == ("task", 0)
        assert run.started == run.heartbeat > ago(10)
        with pytest.raises(NotToBeStarted) as caught:
            runs.start(run.pk, "task")
        assert caught.value.failure == ""

    @pytest.mark.parametrize("failure", ["never_started", "learner_erased"])
    def test_not_after_it_was_given_up_whose_reason_is_told(self, course_key, failure):
        run = claim(course_key)
        runs.fail(run, failure)
        with pytest.raises(NotToBeStarted) as caught:
            runs.start(run.pk, "task")
        assert caught.value.failure == failure

    def test_not_a_run_that_is_gone(self, course_key):
        run = claim(course_key)
        run.delete()
        with pytest.raises(NotToBeStarted) as caught:
            runs.start(run.pk or 0, "task")
        assert caught.value.failure == "superseded"

    def test_the_id_of_the_task_is_kept_as_the_worker_has_it(self, course_key):
        run = claim(course_key)
        runs.submitted(run, "first")
        runs.submitted(run, "second")
        run.refresh_from_db()
        assert run.task_id == "first"


class TestProgress:
    def test_is_recorded_with_a_sign_of_life(self, course_key):
        run = runs.start(claim(course_key).pk, "task")
        change(run, heartbeat=ago(100))
        runs.progress(run, done=3, total=9)
        run.refresh_from_db()
        assert (run.done, run.total) == (3, 9)
        assert run.heartbeat > ago(10)

    @pytest.mark.parametrize(
        "step", [lambda run: runs.progress(run, done=1, total=2), lambda run: runs.announce_path(run, "x", rows=2)]
    )
    def test_a_run_that_was_given_up_stops_at_its_next_step(self, course_key, step):
        run = runs.start(claim(course_key).pk, "task")
        runs.fail(run, "worker_lost")
        with pytest.raises(ReportFailed) as caught:
            step(run)
        assert caught.value.code == "superseded"
        run.refresh_from_db()
        assert (run.failure, run.stored_path) == ("worker_lost", "")

    def test_the_path_is_announced_with_all_rows(self, course_key):
        run = runs.start(claim(course_key).pk, "task")
        change(run, heartbeat=ago(100))
        runs.announce_path(run, "learner_data/x/a.csv", rows=2)
        run.refresh_from_db()
        assert (run.stored_path, run.done, run.total) == ("learner_data/x/a.csv", 2, 2)
        assert run.heartbeat > ago(10)

    def test_a_beat_is_a_sign_of_life_and_nothing_else(self, course_key):
        run = runs.start(claim(course_key).pk, "task")
        change(run, heartbeat=ago(100), done=5)
        runs.beat(run.pk)
        run.refresh_from_db()
        assert run.heartbeat > ago(10)
        assert run.done == 5

    def test_an_ended_run_beats_no_more(self, course_key):
        run = runs.start(claim(course_key).pk, "task")
        runs.fail(run, "storage")
        before = change(run, heartbeat=ago(100)).heartbeat
        runs.beat(run.pk)
        run.refresh_from_db()
        assert run.heartbeat == before


class TestStale:
    @pytest.fixture(autouse=True)
    def _patience(self, settings):
        settings.LEARNER_DATA_PLUGIN = {"STALE_AFTER_SECONDS": 50, "QUEUE_TIMEOUT_SECONDS": 500}

    @pytest.mark.parametrize(("silent", "stale"), [(40, False), (60, True)])
    def test_a_running_one_without_a_sign_of_life(self, course_key, silent, stale):
        run = runs.start(claim(course_key).pk, "task")
        assert runs.is_stale(change(run, heartbeat=ago(silent), created=ago(10_000)), ago(0)) is stale

    @pytest.mark.parametrize(("waited", "stale"), [(60, False), (490, False), (510, True)])
    def test_a_queued_one_that_no_worker_starts(self, course_key, waited, stale):
        assert runs.is_stale(change(claim(course_key), task_id="task", created=ago(waited)), ago(0)) is stale

    @pytest.mark.parametrize(("waited", "stale"), [(50, False), (70, True)])
    def test_one_that_was_never_handed_over(self, course_key, waited, stale):
        assert runs.is_stale(change(claim(course_key), created=ago(waited)), ago(0)) is stale

    def test_one_that_waits_for_another_only_if_it_was_never_handed_over(self, course_key):
        claim(course_key)
        options = {"report": "profile", "file_format": "xlsx", "selection": {}, "by": BY, "waits": True}
        run = change(runs.claim(course_key, **options), created=ago(10_000))
        assert runs.is_stale(run, ago(0)) is True
        assert runs.is_stale(change(run, task_id="task"), ago(0)) is False

    def test_one_that_waited_is_waited_for_from_its_turn_on(self, course_key):
        run = change(claim(course_key), task_id="task", created=ago(10_000), turn=ago(490))
        assert runs.is_stale(run, ago(0)) is False
        assert runs.is_stale(run, ago(-20)) is True

    def test_each_organization_has_a_patience_of_its_own(self, db):
        patient = {"STALE_AFTER_SECONDS": 500, "QUEUE_TIMEOUT_SECONDS": 5_000}
        factories.configure_site("PatientX", LEARNER_DATA_PLUGIN=patient)
        for org, is_patient in (("PatientX", True), ("TestX", False)):
            course_key = factories.make_course(org=org)
            queued = change(claim(course_key), task_id="task", created=ago(600))
            silent = change(runs.start(claim(course_key, report="anonymized_ids").pk, "task"), heartbeat=ago(300))
            assert (runs.is_stale(queued, ago(0)), runs.is_stale(silent, ago(0))) == (not is_patient, not is_patient)
            assert runs.is_lost(silent, ago(0)) is not is_patient

    def test_patience_includes_its_last_second(self, course_key):
        run = change(runs.start(claim(course_key).pk, "task"), heartbeat=ago(0))
        assert runs.is_stale(run, run.heartbeat + timedelta(seconds=50)) is False
        assert runs.is_stale(run, run.heartbeat + timedelta(seconds=50.1)) is True

    @pytest.mark.parametrize(
        ("silent", "lost", "suspected"), [(25, False, False), (25.1, False, True), (250, False, True), (250.1, True, False)]
    )
    def test_a_silent_one_is_suspected_after_half_of_the_time_and_lost_after_five_times(
        self, course_key, silent, lost, suspected
    ):
        run = change(runs.start(claim(course_key).pk, "task"), heartbeat=ago(0))
        now = run.heartbeat + timedelta(seconds=silent)
        assert runs.is_lost(run, now) is lost
        run.refresh_from_db()
        assert run.suspected == (now if suspected else None)

    @pytest.mark.parametrize(("suspected_for", "lost"), [(15, False), (15.1, True)])
    def test_a_suspected_one_is_lost_after_three_tenths_more(self, course_key, suspected_for, lost):
        run = change(runs.start(claim(course_key).pk, "task"), heartbeat=ago(30), suspected=ago(0))
        assert runs.is_lost(run, run.suspected + timedelta(seconds=suspected_for)) is lost

    def test_a_suspicion_from_before_the_last_sign_of_life_counts_for_nothing(self, course_key):
        run = change(runs.start(claim(course_key).pk, "task"), heartbeat=ago(30), suspected=ago(40))
        assert runs.is_lost(run, now := ago(0)) is False
        assert ReportRun.objects.get().suspected == now

    def test_a_queued_one_is_lost_when_it_has_waited_too_long(self, course_key):
        run = change(claim(course_key), task_id="task", created=ago(510))
        assert runs.is_lost(run, ago(0)) is True
        assert runs.is_lost(run, ago(20)) is False

    def test_never_one_that_has_ended(self, course_key):
        run = claim(course_key)
        runs.fail(run, "storage")
        assert runs.is_stale(change(run, created=ago(10_000), heartbeat=ago(10_000)), ago(0)) is False


class TestQueueAgain:
    def test_one_caller_in_a_minute(self, course_key):
        run = change(claim(course_key), task_id="task", created=ago(70))
        assert runs.is_to_be_queued_again(run) is True
        assert runs.is_to_be_queued_again(run) is False  # as another request read it before
        assert runs.is_to_be_queued_again(ReportRun.objects.get(pk=run.pk)) is False
        run = change(run, heartbeat=ago(70))
        assert runs.is_to_be_queued_again(run) is True

    def test_not_before_a_minute(self, course_key):
        assert runs.is_to_be_queued_again(change(claim(course_key), task_id="task", created=ago(50))) is False

    def test_not_once_it_is_in_work(self, course_key):
        run = runs.start(claim(course_key).pk, "task")
        assert runs.is_to_be_queued_again(change(run, created=ago(100), heartbeat=ago(100))) is False


class TestFailIfSilent:
    def test_ends_a_run_that_gave_no_sign_of_life_since_it_was_read(self, course_key):
        run = ReportRun.objects.get(pk=runs.start(claim(course_key).pk, "task").pk)
        assert runs.fail_if_silent(run, "worker_lost") is True
        assert runs.fail_if_silent(run, "storage") is False
        run.refresh_from_db()
        assert (run.slot, run.failure) == (None, "worker_lost")
        assert run.ended > ago(10)

    def test_not_one_that_lives(self, course_key):
        run = change(runs.start(claim(course_key).pk, "task"), heartbeat=ago(100))
        runs.beat(run.pk)
        assert runs.fail_if_silent(run, "worker_lost") is False
        assert ReportRun.objects.get().ended is None

    def test_a_queued_one_unless_a_worker_has_begun_meanwhile(self, course_key):
        run = claim(course_key)
        runs.start(run.pk, "task")
        assert runs.fail_if_silent(run, "never_started") is False
        other = claim(course_key, report="anonymized_ids")
        assert runs.fail_if_silent(other, "never_started") is True
        other.refresh_from_db()
        assert (other.failure, ReportRun.objects.get(pk=run.pk).failure) == ("never_started", "")


class TestStatus:
    def status(self, run, **asked):
        [status] = runs.statuses([ReportRun.objects.get(pk=run.pk)], **asked)
        return status

    def test_of_no_runs_costs_nothing(self, db, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert runs.statuses([]) == []

    def test_says_what_was_asked_for_by_whom_and_when(self, course_key, instructor):
        by = Actor(instructor.pk, instructor.username)
        run = runs.claim(course_key, report="anonymized_ids", file_format="xlsx", selection={}, by=by)
        run = change(run, created=ago(100.5))
        status = self.status(run)
        assert (status.report, status.file_format, status.task_id) == ("anonymized_ids", "xlsx", "")
        assert (status.requester, status.created) == (instructor.username, run.created)
        assert 100 <= status.age_seconds < 110
        assert (status.state, status.stale, status.waits, status.report_name) == ("QUEUING", True, False, None)

    def test_its_requester_may_cancel_it_and_whoever_may_cancel_any(self, course_key, instructor):
        run = runs.claim(
            course_key, report="profile", file_format="csv", selection={}, by=Actor(instructor.pk, instructor.username)
        )
        assert self.status(run, username=instructor.username).may_cancel is True
        assert self.status(run, username="somebody").may_cancel is False
        assert self.status(run).may_cancel is False
        assert self.status(run, may_cancel_any=True).may_cancel is True
        runs.fail(run, "storage")
        assert self.status(run, username=instructor.username, may_cancel_any=True).may_cancel is False

    def test_one_of_nobody_is_for_nobody_without_a_name_to_cancel(self, course_key):
        assert self.status(claim(course_key), username="").may_cancel is False

    @pytest.mark.parametrize(
        ("platforms", "ours"),
        [("SUCCESS", "PROGRESS"), ("FAILURE", "PROGRESS"), ("PROGRESS", "PROGRESS"), ("PENDING", "PENDING")],
    )
    def test_a_run_goes_on_whatever_the_platform_says_of_its_task(self, course_key, instructor, platforms, ours):
        row = InstructorTask.create(course_key, "learner_data_profile_csv", "", {}, instructor)
        InstructorTask.objects.update(task_state=platforms)
        run = runs.start(claim(course_key).pk, row.task_id)
        runs.progress(run, done=1, total=4)
        status = self.status(run)
        assert (status.state, status.percent, status.message) == (ours, 25, "1 of 4 rows.")

    def test_one_that_has_ended_well_is_done_whatever_the_platform_says(self, course_key):
        run = runs.start(claim(course_key).pk, "task")
        runs.announce_path(run, "x", rows=0)
        runs.release(run)
        status = self.status(run)
        assert (status.state, status.percent, status.message) == ("SUCCESS", 100, "Finished: 0 rows.")

    def test_a_running_one_is_silent_since_its_last_sign_of_life(self, course_key):
        run = claim(course_key)
        assert self.status(run).silent_seconds is None
        run = change(runs.start(run.pk, "task"), heartbeat=ago(20.5))
        assert 20 <= self.status(run).silent_seconds < 30
        change(run, heartbeat=ago(-100))
        assert self.status(run).silent_seconds == 0
        runs.fail(run, "storage")
        assert self.status(run).silent_seconds is None

    def test_a_file_is_named_to_the_roles_that_may_see_it(self, course_key, instructor):
        file = factories.make_report(course_key, instructor)
        change(file.run, roles=" instructor ")
        assert self.status(file.run).report_name == self.status(file.run, roles={"instructor"}).report_name == file.name
        assert self.status(file.run, roles={"staff"}).report_name is None


class TestRecent:
    def test_those_under_way_and_those_that_ended_lately(self, course_key):
        old, lately = claim(course_key), None
        runs.fail(old, "storage")
        change(old, ended=ago(3_700))
        lately = claim(course_key)
        runs.fail(lately, "storage")
        change(lately, ended=ago(3_500))
        current = claim(course_key)
        claim(factories.make_course())
        assert runs.recent(course_key, seconds=3_600) == [current, lately]

    @pytest.mark.parametrize("failure", FAILURES)
    def test_each_failure_is_told_in_its_own_sentence(self, course_key, failure):
        run = claim(course_key)
        runs.fail(run, failure)
        [status] = runs.statuses(runs.recent(course_key, seconds=60))
        state = "REVOKED" if failure == "cancelled" else "FAILURE"
        assert (status.state, status.message) == (state, str(FAILURES[failure]))

    def test_no_two_failures_have_the_same_sentence(self):
        assert len({failure_message(failure) for failure in FAILURES}) == len(FAILURES)

    def test_a_failure_of_another_release_is_an_unexpected_one(self):
        assert failure_message("of another release") == failure_message("unexpected")

    def test_percent(self, course_key):
        run = runs.start(claim(course_key).pk, "task")
        for done, total, percent in ((0, 0, None), (0, 200, 0), (1, 200, 0), (150, 200, 75), (200, 200, 100)):
            runs.progress(run, done=done, total=total)
            [status] = runs.statuses(runs.recent(course_key, seconds=60))
            assert (status.done, status.total, status.percent) == (done, total, percent)


class TestTurns:
    @pytest.fixture
    def queue(self, course_key):
        """A run that has the place, and two that wait for it, the one that came first at the front."""
        running = runs.start(claim(course_key).pk, "first")
        waiting = [
            runs.claim(course_key, report="profile", file_format=file_format, selection={}, by=BY, waits=True)
            for file_format in ("xlsx", "jsonl")
        ]
        for run in waiting:
            runs.submitted(run, f"of {run.file_format}")
        return [running, *waiting]

    def test_nobody_has_a_turn_while_the_place_is_taken(self, course_key, queue):
        assert runs.take_turn(course_key, "profile") is None
        assert runs.current(course_key, "profile") == queue[0]

    def test_it_is_the_turn_of_the_one_that_waits_longest(self, course_key, queue):
        runs.fail(queue[0], "storage")
        taken = runs.take_turn(course_key, "profile")
        assert taken == queue[1] == runs.current(course_key, "profile")
        assert taken.turn is not None
        assert runs.take_turn(course_key, "profile") is None
        assert runs.waiting(course_key, "profile", file_format="jsonl", selection={}) == queue[2]

    def test_another_report_and_another_course_have_queues_of_their_own(self, course_key, queue):
        elsewhere = factories.make_course()
        for key, report in ((course_key, "anonymized_ids"), (elsewhere, "profile")):
            waiting = runs.claim(key, report=report, file_format="csv", selection={"a": 1}, by=BY, waits=True)
            runs.submitted(waiting, f"{key} {report}")
            assert runs.take_turn(key, report) == waiting
        assert runs.take_turn(course_key, "profile") is None

    def test_one_whose_task_is_not_submitted_yet_has_none(self, course_key, queue):
        runs.fail(queue[0], "storage")
        change(queue[1], task_id="")
        assert runs.take_turn(course_key, "profile") == queue[2]

    def test_one_that_has_ended_has_none(self, course_key, queue):
        runs.fail(queue[0], "storage")
        runs.fail(queue[1], "cancelled")
        assert runs.take_turn(course_key, "profile") == queue[2]
        queue[1].refresh_from_db()
        assert queue[1].turn is None

    def test_one_that_ends_while_it_is_given_the_place_has_none(self, course_key, queue):
        runs.fail(queue[0], "storage")
        ended = []

        def cancel_first(execute, sql, params, many, context):
            if sql.startswith("UPDATE") and not ended:
                ended.append(queue[1].pk)
                runs.fail(queue[1], "cancelled")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(cancel_first):
            assert runs.take_turn(course_key, "profile") is None
        assert ended
        assert runs.current(course_key, "profile") is None

    def test_the_turn_is_of_the_databases_clock(self, course_key, queue):
        runs.fail(queue[0], "storage")
        assert ago(10) < runs.take_turn(course_key, "profile").turn < ago(-10)
