"""The audit: who did what, with what, when and from where."""

from __future__ import annotations

import csv
import hashlib
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from lms.djangoapps.instructor_task.models import InstructorTask

from learner_data_plugin import audit
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import AuditIsAppendOnly
from learner_data_plugin.models import AuditRecord
from tests import factories
from tests.rest_api.paths import api_path, let_go

JSON = "application/json"


def actions():
    return list(AuditRecord.objects.order_by("id").values_list("action", flat=True))


def facts(action):
    return AuditRecord.objects.get(action=action)


def test_a_report_is_recorded_from_request_to_download(course_key, instructor, instructor_client):
    factories.make_learners(course_key, 3)
    before = timezone.now()
    body = {"report": "profile"}
    instructor_client.post(api_path(course_key, "reports/"), body, content_type=JSON, REMOTE_ADDR="203.0.113.7")
    [file] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    content = b"".join(instructor_client.get(file["url"], REMOTE_ADDR="203.0.113.8").streaming_content)
    assert actions() == ["requested", "generated", "downloaded"]
    for action, address in (("requested", "203.0.113.7"), ("generated", "203.0.113.7"), ("downloaded", "203.0.113.8")):
        record = facts(action)
        assert (record.user_id, record.username, record.course_id) == (instructor.pk, instructor.username, course_key)
        assert (record.report, record.file_format, record.address) == ("profile", "csv", address)
        assert before <= record.created <= timezone.now()
    for action in ("generated", "downloaded"):
        record = facts(action)
        assert (record.rows, record.file_name, record.columns[:3]) == (3, file["name"], ["id", "username", "name"])
        assert record.sha256 == hashlib.sha256(content).hexdigest()


def test_table_is_recorded_with_its_columns_and_rows(course_key, instructor, instructor_client):
    factories.make_learners(course_key, 4)
    instructor_client.get(api_path(course_key, "learners/?columns=username,email"))
    record = facts("listed")
    assert (record.username, record.columns, record.rows) == (instructor.username, ["username", "email"], 4)


def test_anonymized_ids_are_recorded(course_key, instructor, instructor_client):
    factories.make_learners(course_key, 2)
    let_go(instructor_client.get(api_path(course_key, "anonymized_ids.csv")))
    record = facts("anonymized_ids")
    assert (record.username, record.rows, record.file_format) == (instructor.username, 2, "csv")


def test_head_is_told_apart(course_key, instructor, instructor_client):
    """Whoever asked so got the size of a file, and nothing of what is in it."""
    file = factories.make_report(course_key, instructor)
    let_go(instructor_client.head(api_path(course_key, f"reports/{file.name}")))
    assert facts("downloaded").detail == "HEAD"
    instructor_client.head(api_path(course_key, "learners/"))
    assert facts("listed").detail == "HEAD"


def test_refused_deletion_is_recorded(course_key, instructor, sign_in):
    file = factories.make_report(course_key, instructor)
    staff = factories.make_team_member("staff", course_key)
    assert sign_in(staff).delete(api_path(course_key, f"reports/{file.name}")).status_code == 403
    record = facts("deletion_refused")
    assert (record.username, record.file_name, record.sha256) == (staff.username, file.name, file.sha256)


def test_deletion_is_recorded(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    instructor_client.delete(api_path(course_key, f"reports/{file.name}"))
    record = facts("deleted")
    assert (record.username, record.file_name, record.sha256) == (instructor.username, file.name, file.sha256)


def test_failure_is_recorded_without_what_went_wrong_in_words(course_key, instructor_client, settings):
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "localfs", "BUCKET": "x", "ROOT_PATH": "/dev/null/nowhere"}
    instructor_client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type=JSON)
    assert actions() == ["requested", "failed"]
    assert facts("failed").detail == "storage"


def test_record_outlives_the_account(course_key):
    user = factories.make_team_member("staff", course_key)
    file = factories.make_report(course_key, user)
    InstructorTask.objects.all().delete()
    number, name = user.pk, user.username
    user.delete()
    record = AuditRecord.objects.get(action="generated", file_name=file.name)
    assert (record.user_id, record.username) == (number, name)


def record_something(course_key):
    return audit.record(audit.Action.LISTED, course_key, by=Actor(1, "somebody"), rows=1)


def test_records_cannot_be_changed(course_key):
    record = record_something(course_key)
    record.rows = 0
    for change in (
        record.save,
        lambda: record.save(update_fields=["rows"]),
        lambda: AuditRecord.objects.update(rows=0),
        lambda: AuditRecord.objects.filter(pk=record.pk).update(rows=0),
        lambda: AuditRecord.objects.bulk_update([record], ["rows"]),
        lambda: AuditRecord._base_manager.update(rows=0),
    ):
        # Some open a transaction of their own, which would take the test's with it.
        with pytest.raises(AuditIsAppendOnly), transaction.atomic():
            change()
    assert AuditRecord.objects.get(pk=record.pk).rows == 1


def test_records_cannot_be_deleted(course_key):
    record = record_something(course_key)
    for deletion in (
        record.delete,
        AuditRecord.objects.get(pk=record.pk).delete,
        AuditRecord.objects.all().delete,
        AuditRecord.objects.filter(pk=record.pk).delete,
    ):
        with pytest.raises(AuditIsAppendOnly):
            deletion()
    assert AuditRecord.objects.count() == 1


def test_retention_removes_old_records_of_one_course_alone(course_key):
    elsewhere = factories.make_course()
    record_something(course_key)
    record_something(elsewhere)
    records = AuditRecord.objects.filter(course_id=course_key)
    assert records.remove_older_than(timezone.now() - timedelta(days=1)) == 0
    assert records.remove_older_than(timezone.now() + timedelta(days=1)) == 1
    assert [record.course_id for record in AuditRecord.objects.all()] == [elsewhere]


def test_find_narrows_by_everything_given(course_key):
    record_something(course_key)
    audit.record(audit.Action.DOWNLOADED, course_key, by=Actor(2, "another"))
    assert [found.username for found in audit.find(action="listed")] == ["somebody"]
    assert [found.username for found in audit.find(username="another", course_key=course_key)] == ["another"]
    assert not audit.find(since=timezone.now() + timedelta(days=1)).exists()
    assert not audit.find(course_key=factories.make_course()).exists()


def test_csv_has_every_record_and_no_formula(course_key):
    audit.record(audit.Action.LISTED, course_key, by=Actor(1, "=cmd|' /C calc'!A0"), columns=["id", "name"], rows=2)
    header, row = csv.reader("".join(audit.as_csv(AuditRecord.objects.all())).splitlines())
    record = dict(zip(header, row, strict=True))
    assert record["username"] == "'=cmd|' /C calc'!A0"
    assert (record["columns"], record["rows"], record["course_id"]) == ("id name", "2", str(course_key))
