"""An installation of release 1.0 with what it had stored and queued."""

from __future__ import annotations

import json

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin.data import Actor
from learner_data_plugin.engagement.periods import DAY, today
from learner_data_plugin.engagement.presets import filter_by_activity
from learner_data_plugin.models import NEVER, LastAnswers, LearnerDayItem, ReportFile, ReportRun
from learner_data_plugin.platform import api as platform_api
from learner_data_plugin.reports import runs
from learner_data_plugin.reports.messages import failure_message
from learner_data_plugin.settings.filters import FILTER_STEPS, with_steps

from . import factories
from .reading import claim_profile, content_of
from .rest_api.paths import api_path

OF_1_0 = ("learner_data_plugin", "0002_removal_and_erasure")
BEFORE_LAST_ANSWERS = ("learner_data_plugin", "0011_saved_views_and_turns")
OLD_TASKS = {
    "profile": "learner_data_plugin.tasks.profile_report",
    "anonymized_ids": "learner_data_plugin.tasks.anonymized_ids_report",
}


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.mark.standin_only(reason="migrates back and forth, which the platform's own tests switch off")
@pytest.mark.django_db(transaction=True)
def test_runs_files_indexes_and_audit_are_kept(course_key, instructor):
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("learner_data_plugin")[0]
    old = migrate(OF_1_0)
    try:
        get = lambda name: old.get_model("learner_data_plugin", name)  # noqa: E731
        run = get("ReportRun").objects.create(
            course_id=course_key, report="profile", file_format="xlsx", selection={"search": "ada"}, requester_id=instructor.pk
        )
        file = get("ReportFile").objects.create(
            run=run, course_id=course_key, name="a.xlsx", path="x/a.xlsx", size_bytes=1, rows=2, columns=["id"], sha256="0" * 64
        )
        get("LearnerIndex").objects.create(file=file, key_check=b"1", digests=b"1234")
        get("AuditRecord").objects.create(action="generated", course_id=course_key, report="profile", file_name="a.xlsx")
    finally:
        new = migrate(latest)
    get = lambda name: new.get_model("learner_data_plugin", name).objects.get()  # noqa: E731
    assert (get("ReportRun").selection, get("ReportRun").file_format) == ({"search": "ada"}, "xlsx")
    assert (get("ReportFile").name, get("ReportFile").columns) == ("a.xlsx", ["id"])
    assert bytes(get("LearnerIndex").digests) == b"1234"
    assert get("AuditRecord").action == "generated"


@pytest.mark.standin_only(reason="migrates back and forth, which the platform's own tests switch off")
@pytest.mark.django_db(transaction=True)
def test_who_tries_and_fails_is_known_of_the_days_before(course_key):
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes("learner_data_plugin")[0]
    learners = {name: factories.make_learner(course_key, name) for name in ("ada", "bob", "cyd")}
    old = migrate(BEFORE_LAST_ANSWERS)
    try:
        course = old.get_model("learner_data_plugin", "EngagementCourse").objects.create(course_id=course_key)
        answers = (("ada", 13, 1), ("ada", 13, 1), ("bob", 5, 1), ("bob", 0, 2), ("cyd", 14, 1), ("cyd", 0, 3))
        for mark, (name, days, kind) in enumerate(answers):
            old.get_model("learner_data_plugin", "LearnerDayItem").objects.create(
                course=course, day=today() - days * DAY, user_id=learners[name].pk, kind=kind, item_id=5, mark=mark
            )
    finally:
        migrate(latest)
    assert {(row.user_id, row.tried, row.solved) for row in LastAnswers.objects.all()} == {
        (learners["ada"].pk, today() - 13 * DAY, NEVER),
        (learners["bob"].pk, today() - 5 * DAY, today()),
        (learners["cyd"].pk, today() - 14 * DAY, NEVER),
    }
    enrollments = CourseEnrollment.objects.filter(course_id=course_key)
    struggling = filter_by_activity(enrollments, course_key, "struggling")
    assert set(struggling.values_list("user__username", flat=True)) == {"ada"}
    for model in (LastAnswers, LearnerDayItem):
        model.objects.all().delete()


@pytest.mark.parametrize("report", OLD_TASKS)
def test_a_report_queued_under_an_old_name_is_made(report, course_key, instructor):
    factories.make_learner(course_key, "ada")
    by = Actor(instructor.pk, instructor.username)
    run = runs.claim(course_key, report=report, file_format="csv", selection={}, by=by)
    task_id = platform_api.submit_task(
        OLD_TASKS[report],
        task_type=f"learner_data_{report}_csv",
        course_key=course_key,
        task_input={"run": run.pk, "report": report, "format": "csv"},
        by=by,
    )
    file = ReportFile.objects.select_related("run").get(run=run)
    assert (file.rows, content_of(file).count(b"\r\n")) == (1, 2)
    assert InstructorTask.objects.get(task_id=task_id).task_state == "SUCCESS"


def test_a_report_that_no_plugin_makes_any_more_ends_with_a_sentence(course_key, instructor, instructor_client):
    run = claim_profile(course_key, instructor)
    ReportRun.objects.filter(pk=run.pk).update(report="long_gone", slot=runs.slot_of(course_key, "long_gone"))
    row = InstructorTask.create(course_key, "learner_data_long_gone_csv", "", {"run": run.pk}, instructor)
    platform_api.queue_again("learner_data_plugin.tasks.generate_report", row.task_id)
    [task] = instructor_client.get(api_path(course_key, "tasks/")).json()["tasks"]
    assert (task["report"], task["state"]) == ("long_gone", "FAILURE")
    assert task["message"] == failure_message("report_unavailable")
    row.refresh_from_db()
    assert (row.task_state, json.loads(row.task_output)) == ("FAILURE", {"message": failure_message("report_unavailable")})


@pytest.mark.parametrize("step", FILTER_STEPS.values())
def test_settings_that_name_a_step_where_it_was_run_it_once(step):
    [filter_type] = [name for name, known in FILTER_STEPS.items() if known == step]
    former = step.replace(".dashboard.", ".")
    assert with_steps({filter_type: {"pipeline": ["other.Step", former]}})[filter_type]["pipeline"] == ["other.Step", step]
