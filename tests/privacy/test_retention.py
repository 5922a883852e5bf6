"""What is kept for how long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import timezone
from freezegun import freeze_time
from lms.djangoapps.instructor_task.models import ReportStore

from learner_data_plugin import audit, tasks
from learner_data_plugin.data import Actor
from learner_data_plugin.models import (
    AuditRecord,
    AuditSeal,
    EngagementCourse,
    LearnerDay,
    NameRequest,
    RecordedDay,
    ReportFile,
    ReportRun,
    ReportSchedule,
    ScheduleOccurrence,
)
from learner_data_plugin.privacy import retention
from learner_data_plugin.settings import tracking
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


def test_more_days_than_there_have_been_keep_everything_for_ever(course_key, instructor, instructor_client, settings, caplog):
    file = factories.make_report(course_key, instructor)
    make_older(file, 5_000)
    EngagementCourse.objects.create(course_id=course_key)
    settings.LEARNER_DATA_PLUGIN = dict.fromkeys(
        ["RETENTION_DAYS", "AUDIT_RETENTION_DAYS", "REFUSALS_RETENTION_DAYS", "ENGAGEMENT_RETENTION_DAYS"], 999_999
    )
    assert retention.remove_expired() == retention.Removed(files=0, audit_records=0)
    [listed] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    assert listed["name"] == file.name
    assert "Error" not in caplog.text


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


def test_error_in_one_course_keeps_no_other_from_being_done(course_key, instructor, caplog, monkeypatch):
    broken, expiry = factories.make_course(org="BrokenX"), retention.files.expiry

    def fail_for_broken(key, **options):
        if key == broken:
            raise OverflowError
        return expiry(key, **options)

    factories.give_role(instructor, "instructor", broken)
    for course in (broken, course_key):
        make_older(factories.make_report(course, instructor), 91)
    monkeypatch.setattr(retention.files, "expiry", fail_for_broken)
    assert retention.remove_expired().files == 1
    assert "OverflowError" in caplog.text
    assert "retention.py" in caplog.text


def test_refusals_are_kept_for_a_shorter_time(course_key, instructor, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "REFUSALS_RETENTION_DAYS": 30}
    audit.record_refusal(course_key, by=Actor(1, "somebody"), detail="page")
    audit.record(audit.Action.LISTED, course_key, by=Actor(1, "somebody"))
    assert retention.remove_expired(now=timezone.now() + timedelta(days=32)).audit_records == 1
    assert set(AuditRecord.objects.values_list("action", flat=True)) == {"listed", "purged"}


def configure(settings, **values):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, **values}


def record_at(moment, course_key, action=audit.Action.LISTED):
    with freeze_time(moment, tick=False):
        return audit.record(action, course_key, by=Actor(1, "somebody"))


@pytest.mark.parametrize("now", ["2026-03-31 00:00:00", "2026-03-31 13:14:15.161718", "2026-03-31 23:59:59.999999"])
@pytest.mark.parametrize(
    ("action", "setting"),
    [(audit.Action.LISTED, "AUDIT_RETENTION_DAYS"), (audit.Action.REFUSED, "REFUSALS_RETENTION_DAYS")],
)
def test_audit_goes_by_whole_days_of_utc(now, action, setting, course_key, settings):
    configure(settings, **{"AUDIT_RETENTION_DAYS": 0, "REFUSALS_RETENTION_DAYS": 0, setting: 30})
    now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    record_at("2026-02-28 23:59:59.999999", course_key, action)
    kept = record_at("2026-03-01 00:00:00", course_key, action)
    berlin = now.astimezone(timezone.get_fixed_timezone(120))
    assert retention.remove_expired(now=berlin).audit_records == 1
    assert AuditRecord.objects.filter(pk=kept.pk).exists()
    purged = AuditRecord.objects.get(action="purged")
    assert (purged.course_id, purged.username, purged.rows) == (course_key, "retention", 1)
    assert purged.detail == ("refused before 2026-03-01" if action == audit.Action.REFUSED else "before 2026-03-01")
    assert retention.remove_expired(now=berlin).audit_records == 0
    assert AuditRecord.objects.filter(action="purged").count() == 1


def test_removed_records_are_counted_of_all_courses_and_kinds(course_key, settings):
    configure(settings, AUDIT_RETENTION_DAYS=30, REFUSALS_RETENTION_DAYS=30)
    for course in (course_key, factories.make_course(), factories.make_course()):
        for action, number in ((audit.Action.LISTED, 2), (audit.Action.REFUSED, 3)):
            for _time in range(number):
                audit.record(action, course, by=Actor(1, "somebody"))
    assert retention.remove_expired(now=timezone.now() + timedelta(days=32)).audit_records == 3 * (2 + 3)
    assert sorted(AuditRecord.objects.values_list("action", "rows")) == [("purged", 2)] * 3 + [("purged", 3)] * 3


def test_record_that_brings_an_index_along_is_one(course_key, instructor):
    factories.make_learner(course_key)
    factories.make_report(course_key, instructor)
    number = AuditRecord.objects.count()
    assert retention.remove_expired(now=timezone.now() + timedelta(days=729)).files == 1
    number += 1  # that it expired
    assert retention.remove_expired(now=timezone.now() + timedelta(days=732)).audit_records == number
    assert AuditRecord.objects.get(action="purged").rows == number


def test_each_organizations_audit_has_its_own_days(course_key, settings):
    elsewhere = factories.make_course(org="StrictX")
    factories.configure_site("StrictX", LEARNER_DATA_PLUGIN={"AUDIT_RETENTION_DAYS": 7, "REFUSALS_RETENTION_DAYS": 7})
    for course in (course_key, elsewhere):
        audit.record(audit.Action.LISTED, course, by=Actor(1, "somebody"))
        audit.record(audit.Action.REFUSED, course, by=Actor(1, "somebody"))
    assert retention.remove_expired(now=timezone.now() + timedelta(days=9)).audit_records == 2
    kept = AuditRecord.objects.exclude(action="purged")
    assert sorted(kept.values_list("course_id", "action")) == [(course_key, "listed"), (course_key, "refused")]


def test_requests_for_names_and_due_times_go_with_the_audit_of_their_course(course_key, settings):
    elsewhere, forever = factories.make_course(org="StrictX"), factories.make_course(org="ForeverX")
    factories.configure_site("StrictX", LEARNER_DATA_PLUGIN={"AUDIT_RETENTION_DAYS": 7})
    factories.configure_site("ForeverX", LEARNER_DATA_PLUGIN={"AUDIT_RETENTION_DAYS": 0})
    now = timezone.now()
    for course in (course_key, elsewhere, forever):
        audit.record(audit.Action.LISTED, course, by=Actor(1, "somebody"))
        asked = NameRequest.objects.create(course_id=course, user_id=1, username="x", purpose="x", valid_until=now)
        NameRequest.objects.filter(pk=asked.pk).update(created=now)
        schedule = ReportSchedule.objects.create(course_id=course, report="profile", every="day", next_day=now, next_due=now)
        ScheduleOccurrence.objects.create(schedule=schedule, day=now, created=now, state="done")

    def left():
        return (
            set(NameRequest.objects.values_list("course_id", flat=True)),
            set(ScheduleOccurrence.objects.values_list("schedule__course_id", flat=True)),
        )

    retention.remove_expired(now=now + timedelta(days=7, seconds=-1))
    assert left() == ({course_key, elsewhere, forever},) * 2
    retention.remove_expired(now=now + timedelta(days=7, seconds=1))
    assert left() == ({course_key, forever},) * 2
    retention.remove_expired(now=now + timedelta(days=730, seconds=1))
    assert left() == ({forever},) * 2


def test_withdrawn_report_goes_also_where_reports_are_kept_for_ever(course_key, instructor, settings):
    configure(settings, RETENTION_DAYS=0)
    withdrawn, kept = (factories.make_report(course_key, instructor) for _ in range(2))
    ReportFile.objects.filter(pk=withdrawn.pk).update(withdrawn=timezone.now())
    assert retention.remove_expired().files == 1
    assert list(ReportFile.objects.all()) == [kept]


def test_runs_go_only_when_they_have_ended_and_with_their_own_course(course_key, instructor):
    elsewhere = factories.make_course(org="StrictX")
    factories.configure_site("StrictX", LEARNER_DATA_PLUGIN={"RETENTION_DAYS": 7})
    with_file = factories.make_report(elsewhere, factories.give_role(instructor, "instructor", elsewhere)).run

    def make_run(course, days, **values):
        return ReportRun.objects.create(
            course_id=course, report="profile", file_format="csv", created=factories.days(-days), **values
        )

    make_run(elsewhere, 7.01)
    kept = [
        make_run(course_key, 8),
        make_run(elsewhere, 6.99),
        make_run(elsewhere, 8, slot="waits"),
        make_run(elsewhere, 8, stored_path="somewhere"),
    ]
    ReportRun.objects.filter(pk=with_file.pk).update(created=factories.days(-8), stored_path="")
    for course in (course_key, elsewhere):
        assert retention.remove_expired_files(course) == 0
    assert set(ReportRun.objects.all()) == {with_file, *kept}


def test_files_of_all_courses_are_counted(instructor):
    for number in (1, 2):
        course = factories.make_course()
        factories.give_role(instructor, "instructor", course)
        for _time in range(number):
            factories.make_report(course, instructor)
    ReportFile.objects.update(created=factories.days(-91))
    assert retention.remove_expired().files == 3


def test_what_learners_did_is_kept_for_as_long_as_the_site_says(course_key, settings):
    configure(settings, ENGAGEMENT_RETENTION_DAYS=30)
    course = EngagementCourse.objects.create(course_id=course_key)
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    for day in (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)):
        LearnerDay.objects.create(course=course, day=day, user_id=7)
    assert retention.remove_expired(now=now).learner_days == 2
    assert LearnerDay.objects.get().day == date(2026, 3, 1)
    assert retention.remove_expired(now=now).learner_days == 0


@pytest.mark.parametrize("is_recording", [True, False])
def test_a_sign_of_recording_is_left_where_it_runs(is_recording, course_key, settings):
    settings.EVENT_TRACKING_ENABLED = is_recording
    settings.EVENT_TRACKING_BACKENDS = {tracking.NAME: {}}
    retention.remove_expired()
    assert RecordedDay.objects.filter(day=timezone.now().astimezone(UTC).date(), was_off=False).exists() == is_recording


def test_days_of_the_audit_that_are_over_are_sealed(course_key):
    record_at(factories.days(-3), course_key)
    retention.remove_expired()
    assert AuditSeal.objects.get().day == factories.days(-3).astimezone(UTC).date()


def test_what_fails_keeps_nothing_after_it_from_being_done(course_key, instructor, monkeypatch, caplog):
    """Of all that is done in a round, only what goes by its age is left to fail of itself."""

    def fail(**_named):
        raise OSError("of a database or a storage")

    for module, step in (
        (retention.stale_runs, "clear_all"),
        (retention.erasure, "add_missed"),
        (retention.erasure, "look_everywhere"),
        (retention.erasure, "erase_pending"),
    ):
        fail.__name__ = step
        with monkeypatch.context() as patched:
            patched.setattr(module, step, fail)
            make_older(factories.make_report(course_key, instructor), 91)
            assert retention.remove_expired().files == 1
            assert f"{step}: OSError" in caplog.text
