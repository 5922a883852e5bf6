"""Workers that are killed: what the course team reads, and that nothing half-made stays."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import psutil
from celery import current_app
from django.core.management import call_command
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from learner_data_plugin.platform import clock
from learner_data_plugin.privacy import retention
from learner_data_plugin.reports.messages import failure_message
from tests import factories
from tests.rest_api.paths import api_path

from .course import stored_files
from .processes import PACE
from .waiting import until

STALE_SECONDS = 3  # of the fixture's courses
FREED_SECONDS = STALE_SECONDS + 7  # on a busy machine
LONG_GOALS = "to learn much " * 200
SLOW_STORAGE = {"REPORTS_STORAGE": "tests.services.storages.SlowStorage", "UPLOAD_SECONDS": "20"}


def assert_given_up(course, task_id) -> None:
    task = course.until_ended(task_id, seconds=FREED_SECONDS)
    assert task["state"] == "FAILURE"
    assert task["message"] == failure_message("worker_lost")
    assert task["report_name"] is None
    assert course.reports() == []
    assert not ReportFile.objects.filter(course_id=course.key).exists()
    assert InstructorTask.objects.get(task_id=task_id).task_state == "FAILURE"
    failures = AuditRecord.objects.filter(course_id=course.key, action="failed")
    assert [record.detail for record in failures] == ["worker_lost"]


def open_files_in(folder: Path, worker: psutil.Process) -> list[str]:
    """What a worker and its pool hold open there, with or without a name."""
    links = [
        str(link.readlink())
        for process in (worker, *worker.children(recursive=True))
        for link in Path(f"/proc/{process.pid}/fd").iterdir()
        if link.is_symlink()
    ]
    return [link for link in links if link.startswith(str(folder))]


def assert_next_request_succeeds(course) -> None:
    task_id = course.queue()
    assert course.until_ended(task_id)["state"] == "SUCCESS"
    [report] = course.reports()
    assert [row["username"] for row in course.rows(report)] == course.usernames()


def test_worker_killed_between_batches(course, start_worker, reports_folder):
    worker = start_worker(PACE_SECONDS=PACE)
    task_id = course.queue()
    course.until_running(task_id, done=10)

    worker.kill()

    assert_given_up(course, task_id)
    assert stored_files(reports_folder) == []
    start_worker()
    assert_next_request_succeeds(course)


def test_request_itself_frees_the_place_of_a_lost_run(course, start_worker):
    worker = start_worker(PACE_SECONDS=PACE)
    task_id = course.queue()
    course.until_running(task_id, done=10)
    worker.kill()

    answered = until(
        lambda: next((answer for answer in [course.request().json()] if not answer["already_running"]), None),
        seconds=FREED_SECONDS,
        what="a new run",
    )

    assert answered["task_id"] != task_id
    start_worker()
    assert course.until_ended(answered["task_id"])["state"] == "SUCCESS"


def test_worker_killed_during_the_upload_leaves_no_half_file(make_site_course, start_worker, reports_folder):
    course = make_site_course(goals=LONG_GOALS)
    worker = start_worker(**SLOW_STORAGE)
    task_id = course.queue()
    [half] = until(
        lambda: [file for file in stored_files(reports_folder) if file.stat().st_size > 10_000],
        seconds=20,
        what="half a file in the report store",
    )

    worker.kill()

    assert half.exists()
    assert course.reports() == []
    assert_given_up(course, task_id)
    assert stored_files(reports_folder) == []
    start_worker()
    assert_next_request_succeeds(course)
    [stored] = stored_files(reports_folder)
    assert stored != half


def test_retention_clears_up_where_nobody_looks_again(make_site_course, start_worker, reports_folder):
    course = make_site_course(goals=LONG_GOALS)
    worker = start_worker(**SLOW_STORAGE)
    course.queue()
    until(lambda: stored_files(reports_folder), seconds=20, what="half a file in the report store")
    worker.kill()
    run = ReportRun.objects.get(course_id=course.key)

    def cleared_up() -> bool:
        retention.remove_expired()
        return stored_files(reports_folder) == []

    # The first look suspects only; a later one, as by cron, gives the run up.
    until(cleared_up, seconds=FREED_SECONDS, what="the end of patience")
    run.refresh_from_db()
    assert (run.slot, run.failure, run.stored_path) == (None, "worker_lost", "")


def test_pool_process_killed_alone_as_when_memory_is_short(course, start_worker):
    worker = start_worker(pool="prefork", PACE_SECONDS=PACE)
    task_id = course.queue()
    course.until_running(task_id, done=10)

    worker.kill_pool()

    assert_given_up(course, task_id)
    # The same worker has a new process in its pool.
    assert_next_request_succeeds(course)


def test_no_temporary_file_of_a_killed_xlsx_run_stays(make_site_course, start_worker, tmp_path):
    course = make_site_course(goals=LONG_GOALS)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    worker = start_worker(PACE_SECONDS=PACE, TMPDIR=str(scratch))
    task_id = course.queue(file_format="xlsx")
    course.until_running(task_id, done=45)
    assert open_files_in(scratch, psutil.Process(worker.process.pid))

    worker.kill()

    assert stored_files(scratch) == []
    assert_given_up(course, task_id)


def test_slow_upload_of_a_living_worker_is_not_given_up(course, start_worker):
    start_worker(**{**SLOW_STORAGE, "UPLOAD_SECONDS": str(STALE_SECONDS * 3)})
    task_id = course.queue()

    states = set()

    def has_ended():
        task = course.task(task_id)
        states.add((task["state"], task["stale"]))
        return task["state"] not in ("QUEUING", "PROGRESS")

    until(has_ended, seconds=30, what="the report")
    assert states <= {("QUEUING", False), ("PROGRESS", False), ("SUCCESS", False)}
    assert len(course.reports()) == 1


def test_failure_is_told_within_fifteen_seconds_of_the_death(make_site_course, start_worker):
    course = make_site_course(STALE_AFTER_SECONDS=12)  # the default
    worker = start_worker(PACE_SECONDS=PACE)
    task_id = course.queue()
    course.until_running(task_id, done=10)

    worker.kill()
    died = time.monotonic()

    task = course.until_ended(task_id, seconds=15)
    assert (task["state"], task["message"]) == ("FAILURE", failure_message("worker_lost"))
    assert 8 < time.monotonic() - died < 15


def test_worker_whose_database_was_away_for_long_is_not_given_up(course, start_worker):
    """As far as the others see: no sign of life for twice as long as they wait, and then one."""
    start_worker(**{**SLOW_STORAGE, "UPLOAD_SECONDS": str(STALE_SECONDS * 3)})
    task_id = course.queue()
    course.until_running(task_id, done=60)
    long_ago = clock.now() - timedelta(seconds=STALE_SECONDS * 2)
    ReportRun.objects.filter(task_id=task_id).update(heartbeat=long_ago)
    assert course.task(task_id)["state"] == "PROGRESS"  # suspected
    assert course.until_ended(task_id)["state"] == "SUCCESS"


def test_cancelled_while_rows_are_written(course, start_worker, reports_folder):
    worker = start_worker(PACE_SECONDS=PACE)
    task_id = course.queue()
    course.until_running(task_id, done=10)
    assert course.client.delete(api_path(course.key, f"tasks/{task_id}")).status_code == 204

    task = course.task(task_id)
    assert (task["state"], task["message"]) == ("REVOKED", failure_message("cancelled"))
    until(lambda: f"Task {task_id} of course {course.key} failed: cancelled" in worker.text(), seconds=15, what="the end")
    assert stored_files(reports_folder) == []
    course.until_told(task_id, "REVOKED")
    assert_next_request_succeeds(course)


def test_cancelled_during_the_upload(make_site_course, start_worker, reports_folder):
    course = make_site_course(goals=LONG_GOALS)
    worker = start_worker(**{**SLOW_STORAGE, "UPLOAD_SECONDS": "6"})
    task_id = course.queue()
    until(lambda: stored_files(reports_folder), seconds=20, what="half a file in the report store")
    assert course.client.delete(api_path(course.key, f"tasks/{task_id}")).status_code == 204
    until(lambda: f"Task {task_id} of course {course.key} failed: cancelled" in worker.text(), seconds=20, what="the end")
    assert stored_files(reports_folder) == []
    assert course.reports() == []


def test_cancelled_in_the_queue(course, start_worker):
    task_id = course.queue()
    assert course.client.delete(api_path(course.key, f"tasks/{task_id}")).status_code == 204
    start_worker()
    assert_next_request_succeeds(course)
    assert course.task(task_id)["state"] == "REVOKED"


def test_another_format_is_made_after_the_running_one(course, start_worker):
    start_worker(PACE_SECONDS=PACE)
    first = course.queue()
    course.until_running(first, done=10)
    second = course.queue(file_format="jsonl")
    assert course.task(second)["waits"] is True
    assert course.until_ended(first)["state"] == "SUCCESS"
    assert course.until_ended(second)["state"] == "SUCCESS"
    assert [report["format"] for report in course.reports()] == ["jsonl", "csv"]
    begun, ended = ReportRun.objects.get(task_id=second).started, ReportRun.objects.get(task_id=first).ended
    assert ended <= begun


def test_task_ended_by_an_operator_frees_the_place_and_leaves_no_file(course, start_worker, reports_folder):
    worker = start_worker(**{**SLOW_STORAGE, "UPLOAD_SECONDS": "6"})
    task_id = course.queue()
    course.until_running(task_id, done=60)
    InstructorTask.objects.filter(task_id=task_id).update(updated=factories.days(-1))

    tomorrow, yesterday = (f"{factories.days(number):%Y-%m-%d}" for number in (1, -1))
    call_command("fail_old_tasks", "PROGRESS", before=tomorrow, after=yesterday)

    task = course.until_ended(task_id, seconds=5)
    assert (task["state"], task["message"]) == ("FAILURE", failure_message("revoked"))
    # The worker itself learns of it when its upload is through.
    until(lambda: f"Task {task_id} of course {course.key} failed" in worker.text(), seconds=15, what="the end of the task")
    assert course.reports() == []
    assert stored_files(reports_folder) == []


def test_report_that_an_operator_revokes_says_so(course, start_worker, reports_folder):
    start_worker(pool="prefork", **{**SLOW_STORAGE, "UPLOAD_SECONDS": "60"})
    task_id = course.queue()
    course.until_running(task_id, done=60)

    current_app.control.revoke(task_id, terminate=True)

    task = course.until_ended(task_id, seconds=20)
    assert (task["state"], task["message"]) == ("FAILURE", failure_message("revoked"))
    course.until_told(task_id, "FAILURE")
    retention.remove_expired()
    assert stored_files(reports_folder) == []
