"""``DELETE tasks/{task_id}``: canceling a report that is queued or running."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.exceptions import NotToBeStarted, ReportFailed
from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from learner_data_plugin.platform import api as platform_api
from learner_data_plugin.reports import requesting, runs
from learner_data_plugin.reports.messages import failure_message

from .. import factories
from ..reading import claim_profile
from .paths import api_path


def cancel(client, course_key, task_id):
    return client.delete(api_path(course_key, f"tasks/{task_id}"))


def listed(client, course_key):
    return client.get(api_path(course_key, "tasks/")).json()["tasks"]


@pytest.fixture
def queue(monkeypatch):
    """A queue that no worker empties."""
    task, calls = platform_api.current_app.tasks[requesting.TASK_NAME], []
    monkeypatch.setattr(task, "apply_async", lambda args, task_id: calls.append((args, task_id)))
    return calls


@pytest.fixture
def row(course_key, staff):
    return InstructorTask.create(course_key, "learner_data_profile_csv", "", {}, staff)


@pytest.fixture
def queued(course_key, staff, row):
    """A report that a member of the course team asked for."""
    run = claim_profile(course_key, staff)
    runs.submitted(run, row.task_id)
    return ReportRun.objects.get(pk=run.pk)


@pytest.fixture
def staff(course_key):
    return factories.make_team_member("staff", course_key)


@pytest.mark.parametrize("begun", [False, True])
def test_its_requester_cancels_it(course_key, staff, sign_in, queued, row, begun):
    if begun:
        runs.start(queued.pk, row.task_id)
    client = sign_in(staff)
    [before] = listed(client, course_key)
    assert before["may_cancel"] is True

    answer = cancel(client, course_key, row.task_id)

    assert (answer.status_code, answer.content) == (204, b"")
    [task] = listed(client, course_key)
    assert (task["state"], task["message"], task["may_cancel"]) == ("REVOKED", failure_message("cancelled"), False)
    assert runs.current(course_key, "profile") is None
    row.refresh_from_db()
    assert (row.task_state, json.loads(row.task_output)) == ("REVOKED", {"message": failure_message("cancelled")})
    [record] = AuditRecord.objects.filter(action="cancelled")
    assert (record.username, record.report, record.detail) == (staff.username, "profile", staff.username)


def test_admins_and_global_staff_cancel_those_of_others(course_key, sign_in, instructor_client, queued, row):
    assert listed(instructor_client, course_key)[0]["may_cancel"] is True
    assert cancel(instructor_client, course_key, row.task_id).status_code == 204


def test_global_staff_cancel_those_of_others(course_key, sign_in, queued, row):
    client = sign_in(factories.make_user(is_staff=True))
    assert cancel(client, course_key, row.task_id).status_code == 204


@pytest.mark.parametrize("role", ["staff", "data_researcher"])
def test_others_of_the_course_team_do_not(course_key, sign_in, queued, row, role):
    somebody = factories.make_team_member(role, course_key)
    client = sign_in(somebody)
    assert listed(client, course_key)[0]["may_cancel"] is False
    answer = cancel(client, course_key, row.task_id)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "cancellation_refused")
    queued.refresh_from_db()
    assert queued.ended is None
    [record] = AuditRecord.objects.filter(action="cancel_refused")
    assert record.username == somebody.username


def test_nobody_without_a_role(course_key, client, sign_in, queued, row):
    assert cancel(client, course_key, row.task_id).status_code == 401
    elsewhere = factories.make_team_member("instructor", factories.make_course())
    assert cancel(sign_in(elsewhere), course_key, row.task_id).status_code == 403
    assert ReportRun.objects.get().ended is None


def test_a_report_of_another_course_is_not_found(course_key, sign_in, queued, row):
    elsewhere = factories.make_course()
    client = sign_in(factories.make_team_member("instructor", elsewhere))
    answer = cancel(client, elsewhere, row.task_id)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "task_not_found")


def test_what_has_ended_is_not_cancelled(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    answer = cancel(instructor_client, course_key, file.run.task_id)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "task_not_found")
    assert ReportFile.objects.exists()
    assert cancel(instructor_client, course_key, "no-such-task").status_code == 404


def test_a_worker_that_hears_of_it_late_does_not_begin(course_key, instructor_client, queued, row):
    cancel(instructor_client, course_key, row.task_id)
    with pytest.raises(NotToBeStarted):
        runs.start(queued.pk, row.task_id)


def test_a_worker_stops_at_its_next_step(course_key, instructor_client, queued, row):
    run = runs.start(queued.pk, row.task_id)
    cancel(instructor_client, course_key, row.task_id)
    with pytest.raises(ReportFailed) as caught:
        runs.progress(run, done=1, total=2)
    assert caught.value.code == "cancelled"


def test_what_it_had_stored_goes(course_key, instructor_client, queued, row):
    runs.start(queued.pk, row.task_id)
    path = platform_api.report_store().storage.save("learner_data/x/half.csv", ContentFile(b"learners"))
    ReportRun.objects.update(stored_path=path)
    cancel(instructor_client, course_key, row.task_id)
    assert not Path(platform_api.report_store().storage.path(path)).exists()
    assert ReportRun.objects.get().stored_path == ""


def test_the_one_that_waits_for_it_is_queued(course_key, instructor_client, queue):
    def ask(file_format):
        body = {"report": "profile", "format": file_format}
        return instructor_client.post(api_path(course_key, "reports/"), body, content_type="application/json").json()

    first, second = ask("csv")["task_id"], ask("xlsx")["task_id"]
    assert cancel(instructor_client, course_key, first).status_code == 204
    assert queue[-1][1] == second
    assert runs.current(course_key, "profile").task_id == second


def test_one_that_waits_is_cancelled_and_the_running_one_goes_on(course_key, instructor_client, queue):
    def ask(file_format):
        body = {"report": "profile", "format": file_format}
        return instructor_client.post(api_path(course_key, "reports/"), body, content_type="application/json").json()

    first, second = ask("csv")["task_id"], ask("xlsx")["task_id"]
    assert cancel(instructor_client, course_key, second).status_code == 204
    assert {task["task_id"]: task["state"] for task in listed(instructor_client, course_key)} == {
        first: "QUEUING",
        second: "REVOKED",
    }
    assert len(queue) == 2
