"""The worker's connection to MariaDB is lost during a run, and rows that many processes change at once."""

from __future__ import annotations

import threading

from django.db import connection, transaction

from learner_data_plugin.data import Actor
from learner_data_plugin.models import AuditRecord, ReportRun
from learner_data_plugin.reports import runs
from learner_data_plugin.reports.messages import failure_message

from .course import stored_files
from .processes import PACE
from .waiting import until


def kill_other_connections() -> int:
    """KILL every connection to the test's database but our own; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> connection_id()",
            [connection.settings_dict["NAME"]],
        )
        ids = [number for (number,) in cursor.fetchall()]
        for number in ids:
            cursor.execute("KILL %s", [number])
    return len(ids)


def test_lost_connection_is_told_in_a_sentence_and_frees_the_place(course, start_worker, reports_folder):
    worker = start_worker(PACE_SECONDS=PACE)
    task_id = course.queue()
    course.until_running(task_id, done=10)

    assert kill_other_connections() >= 1

    task = course.until_ended(task_id, seconds=10)
    assert (task["state"], task["message"]) == ("FAILURE", failure_message("database"))
    assert not ReportRun.objects.filter(course_id=course.key, slot__isnull=False).exists()
    assert stored_files(reports_folder) == []
    assert [record.detail for record in AuditRecord.objects.filter(course_id=course.key, action="failed")] == ["database"]
    course.until_told(task_id, "FAILURE")
    # Neither in the log nor in the answer is anything of the query.
    assert "bulk_" not in worker.text()
    next_id = course.queue()
    assert course.until_ended(next_id)["state"] == "SUCCESS"


def test_connection_lost_before_the_task_costs_nothing(course, start_worker):
    worker = start_worker()
    assert course.until_ended(course.queue())["state"] == "SUCCESS"

    kill_other_connections()

    assert course.until_ended(course.queue())["state"] == "SUCCESS"
    assert worker.process.poll() is None


def claim(course, report="profile"):
    by = Actor(None, "")
    return runs.claim(course.key, report=report, file_format="csv", selection={}, by=by)


def test_claims_and_releases_of_many_processes_never_fail(make_site_course):
    """Each thread takes and frees the same place over and over: one has it at a time, and nobody sees a deadlock."""
    course = make_site_course(learners=1)
    rounds, holders, most, errors = 25, [], [], []

    def take_and_free() -> None:
        try:
            for _ in range(rounds):
                while True:
                    run = claim(course)
                    if run is not None:
                        break
                holders.append(run.pk)
                most.append(len(holders))
                runs.start(run.pk, f"task {run.pk}")
                runs.progress(run, done=1, total=1)
                holders.remove(run.pk)
                assert runs.fail(run, "unexpected")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take_and_free) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    assert max(most) == 1
    assert ReportRun.objects.filter(course_id=course.key).count() == rounds * len(threads)


def test_a_worker_starts_a_run_while_its_request_records_the_task(make_site_course):
    """A quick worker has the run before the request that queued it has said so: each waits for the other's row, and no more."""
    course = make_site_course(learners=1)
    for number in range(200):  # among so many, MariaDB prefers to look for those without a task
        other = claim(course, f"profile{number}")
        runs.submitted(other, f"task {number}")
        assert runs.fail(other, "unexpected")
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE TABLE {ReportRun._meta.db_table}")
        cursor.fetchall()
    run, errors = claim(course), []

    def record() -> None:
        try:
            runs.submitted(run, "the task")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    request = threading.Thread(target=record)
    with transaction.atomic():
        ReportRun.objects.select_for_update().get(pk=run.pk)
        request.start()
        until(is_waited_for, seconds=10, what="the request's wait for the row")
        runs.start(run.pk, "the task")
    request.join(timeout=60)

    assert errors == []
    run.refresh_from_db()
    assert run.task_id == "the task"
    assert run.started is not None
    assert runs.fail(run, "unexpected")


def is_waited_for() -> bool:
    """Whether another connection has waited for a row for a tenth of a second."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM information_schema.processlist"
            " WHERE db = %s AND id <> connection_id() AND info LIKE 'UPDATE %%' AND time_ms > 100",
            [connection.settings_dict["NAME"]],
        )
        return cursor.fetchone()[0] > 0
