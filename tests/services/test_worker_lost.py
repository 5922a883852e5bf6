"""Workers that are killed: what the course team reads, and that nothing half-made stays."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin import report_runs, retention
from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from tests import factories

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
    assert task["message"] == report_runs.sentence("worker_lost")
    assert task["report_name"] is None
    assert course.reports() == []
    assert not ReportFile.objects.filter(course_id=course.key).exists()
    assert InstructorTask.objects.get(task_id=task_id).task_state == "FAILURE"
    failures = AuditRecord.objects.filter(course_id=course.key, action="failed")
    assert [record.detail for record in failures] == ["worker_lost"]


def files_with_rows(folder: Path) -> list[Path]:
    return [path for path in stored_files(folder) if LONG_GOALS.encode() in path.read_bytes()]


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
    until(
        lambda: report_runs.is_stale(ReportRun.objects.get(pk=run.pk)), seconds=FREED_SECONDS, what="the end of patience"
    )

    retention.remove_expired()

    assert stored_files(reports_folder) == []
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


def test_temporary_rows_of_a_killed_xlsx_run_go_with_the_next_one(make_site_course, start_worker, tmp_path):
    course = make_site_course(goals=LONG_GOALS)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    worker = start_worker(PACE_SECONDS=PACE, TMPDIR=str(scratch))
    task_id = course.queue(file_format="xlsx")
    # The second half of the progress is writing.
    course.until_running(task_id, done=45)
    worker.kill()
    assert files_with_rows(scratch)
    assert_given_up(course, task_id)

    start_worker(TMPDIR=str(scratch))
    assert course.until_ended(course.queue(file_format="xlsx"))["state"] == "SUCCESS"

    assert files_with_rows(scratch) == []


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


def test_task_ended_by_an_operator_frees_the_place_and_leaves_no_file(course, start_worker, reports_folder):
    worker = start_worker(**{**SLOW_STORAGE, "UPLOAD_SECONDS": "6"})
    task_id = course.queue()
    course.until_running(task_id, done=60)
    InstructorTask.objects.filter(task_id=task_id).update(updated=factories.days(-1))

    tomorrow, yesterday = (f"{factories.days(number):%Y-%m-%d}" for number in (1, -1))
    call_command("fail_old_tasks", "PROGRESS", before=tomorrow, after=yesterday)

    task = course.until_ended(task_id, seconds=5)
    assert (task["state"], task["message"]) == ("FAILURE", report_runs.sentence("worker_lost"))
    # The worker itself learns of it when its upload is through.
    until(lambda: f"Task {task_id} of course {course.key} failed" in worker.text(), seconds=15, what="the end of the task")
    assert course.reports() == []
    assert stored_files(reports_folder) == []
