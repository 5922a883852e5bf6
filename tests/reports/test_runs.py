"""The life of a run in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

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
        assert started.started == started.heartbeat
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
        runs.announce_path(run, "learner_data/x/a.csv", rows=2)
        run.refresh_from_db()
        assert (run.stored_path, run.done, run.total) == ("learner_data/x/a.csv", 2, 2)

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
