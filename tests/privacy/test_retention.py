"""What is kept for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import timezone
from freezegun import freeze_time
from lms.djangoapps.instructor_task.models import ReportStore

from learner_data_plugin import audit, tasks
from learner_data_plugin.data import Actor
from learner_data_plugin.models import AuditRecord, ReportFile, ReportRun
from learner_data_plugin.privacy import retention
from tests import factories
from tests.rest_api.paths import api_path


def storage():
    return ReportStore.from_config("GRADES_DOWNLOAD").storage


def make_older(file, days):
    ReportFile.objects.filter(pk=file.pk).update(created=timezone.now() - timedelta(days=days))


def refuse_deletion(file, tmp_path):
    """Have the storage refuse: a directory with something in it stands where the file was."""
    stored = tmp_path / "reports" / file.path
    content = stored.read_bytes()
    stored.unlink()
    stored.mkdir()
    (stored / "inside").write_bytes(content)
    return stored


def allow_deletion(stored):
    (stored / "inside").unlink()


def test_expired_report_is_deleted_and_that_is_proven(course_key, instructor):
    old, young = (factories.make_report(course_key, instructor) for _ in range(2))
    make_older(old, 90.01)
    make_older(young, 89.99)
    assert retention.remove_expired().files == 1
    assert not storage().exists(old.path)
    assert storage().exists(young.path)
    record = AuditRecord.objects.get(action="expired")
    assert (record.username, record.user_id, record.course_id) == ("retention", None, course_key)
    assert (record.file_name, record.sha256) == (old.name, old.sha256)
    assert retention.remove_expired().files == 0


def test_report_whose_content_is_gone_already_is_no_hindrance(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    storage().delete(file.path)
    make_older(file, 91)
    assert retention.remove_expired().files == 1


def test_refusing_storage_hinders_no_other_report_and_is_tried_again(course_key, instructor, instructor_client, tmp_path):
    stuck, other = (factories.make_report(course_key, instructor) for _ in range(2))
    make_older(stuck, 92)
    make_older(other, 91)
    stored = refuse_deletion(stuck, tmp_path)
    assert retention.remove_expired().files == 1
    assert not storage().exists(other.path)
    assert instructor_client.get(api_path(course_key, "reports/")).json()["reports"] == []
    assert AuditRecord.objects.get(action="withdrawn").file_name == stuck.name
    assert AuditRecord.objects.get(action="expired").file_name == other.name
    assert retention.remove_expired().files == 0
    assert AuditRecord.objects.filter(action="withdrawn").count() == 1
    allow_deletion(stored)
    stored.rmdir()
    assert retention.remove_expired().files == 1
    assert AuditRecord.objects.filter(action="expired", file_name=stuck.name).count() == 1


def test_deletion_that_the_storage_refuses_hides_the_report_at_once(course_key, instructor, instructor_client, tmp_path):
    file = factories.make_report(course_key, instructor)
    stored = refuse_deletion(file, tmp_path)
    path = api_path(course_key, f"reports/{file.name}")
    answer = instructor_client.delete(path)
    assert (answer.status_code, answer.json()["name"]) == (202, file.name)
    assert "later" in answer.json()["message"]
    assert instructor_client.get(path).status_code == 404
    record = AuditRecord.objects.get(action="withdrawn")
    assert (record.username, record.detail) == (instructor.username, "deleted")
    allow_deletion(stored)
    stored.rmdir()
    assert retention.remove_expired().files == 1  # long before it would have expired


def test_refusing_storage_does_not_spoil_the_next_report(course_key, instructor, tmp_path):
    stuck = factories.make_report(course_key, instructor)
    make_older(stuck, 91)
    refuse_deletion(stuck, tmp_path)
    assert factories.make_report(course_key, instructor).rows == 0


def test_finished_report_takes_expired_ones_of_its_course_away(course_key, instructor):
    old = factories.make_report(course_key, instructor)
    make_older(old, 91)
    factories.make_report(course_key, instructor)
    assert not ReportFile.objects.filter(pk=old.pk).exists()


def test_zero_days_keep_reports_for_ever(course_key, instructor, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "RETENTION_DAYS": 0}
    make_older(factories.make_report(course_key, instructor), 10_000)
    assert retention.remove_expired().files == 0


def test_each_organization_has_its_own_days(course_key, instructor):
    elsewhere = factories.make_course(org="StrictX")
    factories.configure_site("StrictX", LEARNER_DATA_PLUGIN={"RETENTION_DAYS": 7})
    kept = factories.make_report(course_key, instructor)
    gone = factories.make_report(elsewhere, factories.make_team_member("instructor", elsewhere))
    make_older(kept, 8)
    make_older(gone, 8)
    assert retention.remove_expired().files == 1
    assert list(ReportFile.objects.all()) == [kept]


@pytest.mark.parametrize(
    ("made", "kept_until"),
    [
        (datetime(2026, 1, 31, 23, 59, 30, tzinfo=UTC), datetime(2026, 5, 1, 23, 59, 30, tzinfo=UTC)),
        (datetime(2027, 11, 30, 12, 0, tzinfo=UTC), datetime(2028, 2, 28, 12, 0, tzinfo=UTC)),
        (datetime(2027, 12, 1, 12, 0, tzinfo=UTC), datetime(2028, 2, 29, 12, 0, tzinfo=UTC)),
    ],
)
def test_days_are_counted_across_ends_of_months(made, kept_until, course_key, instructor):
    file = factories.make_report(course_key, instructor)
    ReportFile.objects.filter(pk=file.pk).update(created=made)
    assert retention.remove_expired(now=kept_until - timedelta(seconds=1)).files == 0
    assert retention.remove_expired(now=kept_until).files == 1


def test_report_made_over_midnight_at_a_years_end_is_named_and_kept_by_utc(course_key, instructor, instructor_client):
    with freeze_time("2026-12-31 23:59:59", tz_offset=0, tick=False):
        file = factories.make_report(course_key, instructor)
        assert file.name.endswith("_student_profile_info_2026-12-31-2359.csv")
    assert ReportFile.objects.get(pk=file.pk).created == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_runs_without_a_file_go_with_what_was_searched_for(course_key, instructor):
    run = ReportRun.objects.create(
        course_id=course_key, report="profile", file_format="csv", requester=instructor, selection={"search": "alice"}
    )
    retention.remove_expired()
    assert ReportRun.objects.filter(pk=run.pk).exists()
    ReportRun.objects.filter(pk=run.pk).update(created=timezone.now() - timedelta(days=91))
    retention.remove_expired()
    assert not ReportRun.objects.filter(pk=run.pk).exists()


def test_audit_has_its_own_retention(course_key, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "AUDIT_RETENTION_DAYS": 30}
    audit.record(audit.Action.LISTED, course_key, by=Actor(1, "somebody"))
    assert retention.remove_expired(now=timezone.now() + timedelta(days=29)).audit_records == 0
    assert retention.remove_expired(now=timezone.now() + timedelta(days=32)).audit_records == 1
    assert AuditRecord.objects.get().action == "purged"


def test_zero_days_keep_the_audit_for_ever(course_key, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "AUDIT_RETENTION_DAYS": 0}
    audit.record(audit.Action.LISTED, course_key, by=Actor(1, "somebody"))
    assert retention.remove_expired(now=timezone.now() + timedelta(days=9_999)).audit_records == 0


def test_scheduled_task_does_the_same(course_key, instructor):
    make_older(factories.make_report(course_key, instructor), 91)
    assert tasks.remove_expired.delay().get() == 1


def test_run_is_kept_while_its_content_is_in_the_store(course_key, instructor, monkeypatch):
    run = ReportRun.objects.create(course_id=course_key, report="profile", file_format="csv", created=factories.days(-91))
    left = storage().save("learner_data/left.csv", ContentFile(b"id"))
    ReportRun.objects.filter(pk=run.pk).update(stored_path=left)
    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "delete", lambda self, name: (_ for _ in ()).throw(OSError("read-only")))
        retention.remove_expired()
    assert ReportRun.objects.get(pk=run.pk).stored_path == left
    retention.remove_expired()
    assert not storage().exists(left)
    assert not ReportRun.objects.filter(pk=run.pk).exists()


def test_error_in_one_course_keeps_no_other_from_being_done(course_key, instructor, caplog):
    """A number of days that no calendar has."""
    broken = factories.make_course(org="BrokenX")
    factories.configure_site("BrokenX", LEARNER_DATA_PLUGIN={"RETENTION_DAYS": 10**9})
    factories.give_role(instructor, "instructor", broken)
    for course in (broken, course_key):
        make_older(factories.make_report(course, instructor), 91)
    assert retention.remove_expired().files == 1
    assert "OverflowError" in caplog.text
    assert "retention.py" in caplog.text


def test_refusals_are_kept_for_a_shorter_time(course_key, instructor, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "REFUSALS_RETENTION_DAYS": 30}
    audit.record_refusal(course_key, by=Actor(1, "somebody"), detail="page")
    audit.record(audit.Action.LISTED, course_key, by=Actor(1, "somebody"))
    assert retention.remove_expired(now=timezone.now() + timedelta(days=32)).audit_records == 1
    assert set(AuditRecord.objects.values_list("action", flat=True)) == {"listed", "purged"}
