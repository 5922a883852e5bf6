"""Taking a retired learner out of stored reports."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from lms.djangoapps.instructor_task.models import InstructorTask, ReportStore

from learner_data_plugin import audit
from learner_data_plugin.data import Actor, AuditAction
from learner_data_plugin.export.csv import CsvFormat
from learner_data_plugin.models import (
    AuditRecord,
    EngagementCourse,
    Erasure,
    LearnerDay,
    LearnerIndex,
    ReportFile,
    ReportRun,
    ReportSchedule,
)
from learner_data_plugin.privacy import erasure, retention
from learner_data_plugin.reports import deletion, files, learner_index
from tests import factories
from tests.reading import rows_of
from tests.rest_api.paths import api_path, status_of


@pytest.fixture
def learner(course_key):
    factories.make_learner(course_key, "adam", profile={"name": "Adam, the first", "goals": "a\nb \"c\""})
    factories.make_learner(course_key, "zoe", profile={"name": "=1+1"})
    return factories.make_learner(course_key, "mary", profile={"name": "Mary Retired"})


def erase(*accounts, everywhere=False):
    """Erase accounts as retirement does, or with ``everywhere`` as deletion does; returns how many reports were changed."""
    for account in accounts:
        erasure.add(account, everywhere=everywhere)
    return erasure.erase_pending()


def storage():
    return ReportStore.from_config("GRADES_DOWNLOAD").storage


def content(file):
    with storage().open(ReportFile.objects.get(pk=file.pk).path, "rb") as stored:
        return stored.read()


def rows(file):
    return list(csv.DictReader(io.StringIO(content(file).decode(), newline="")))


def test_csv_is_stored_again_without_the_learners_row(course_key, instructor, learner, instructor_client):
    file = factories.make_report(course_key, instructor)
    before = rows(file)
    assert erase(learner.pk) == 1
    assert rows(file) == [row for row in before if row["username"] != "mary"]
    assert not storage().exists(file.path)
    changed = ReportFile.objects.get(pk=file.pk)
    assert (changed.rows, changed.size_bytes) == (2, len(content(file)))
    assert changed.sha256 == hashlib.sha256(content(file)).hexdigest()
    record = AuditRecord.objects.get(action="erased")
    assert (record.username, record.detail, record.file_name, record.sha256) == (
        "retirement",
        "rewritten",
        file.name,
        changed.sha256,
    )
    answer = instructor_client.get(api_path(course_key, f"reports/{file.name}"))
    assert b"".join(answer.streaming_content) == content(file)


def test_anonymized_ids_are_stored_again_too(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor, report="anonymized_ids")
    erase(learner.pk)
    assert str(learner.pk) not in {row["User ID"] for row in rows(file)}
    assert len(rows(file)) == 2


@pytest.mark.parametrize("report", ["profile", "anonymized_ids"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_every_format_is_stored_again_without_the_learners_row(report, file_format, course_key, instructor, learner):
    factories.make_learner(course_key, "nora", profile={"name": "<r>=1&</row>", "goals": '";=1+1\r\n"," x'})
    file = factories.make_report(course_key, instructor, report=report, file_format=file_format)
    header, *before = rows_of(file)
    assert erase(learner.pk) == 1
    changed = ReportFile.objects.select_related("run").get(pk=file.pk)
    assert rows_of(changed) == [header, *(row for row in before if str(row[0]) != str(learner.pk))]
    assert changed.rows == len(before) - 1


def test_rows_of_a_workbook_move_up(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor, file_format="xlsx")
    erase(learner.pk)
    sheet = zipfile.ZipFile(io.BytesIO(content(file))).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'<row r="(\d+)"', sheet) == ["1", "2", "3"]
    assert "dimension" not in sheet
    assert set(re.findall(r'<c r="[A-Z]+(\d+)"', sheet)) == {"1", "2", "3"}


def test_csv_in_which_rows_cannot_be_told_apart_is_destroyed(course_key, instructor, learner, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": ["name", "goals"]}
    file = factories.make_report(course_key, instructor)
    assert b"Mary Retired" in content(file)
    erase(learner.pk)
    assert not storage().exists(file.path)
    record = AuditRecord.objects.get(action="erased")
    assert (record.username, record.detail, record.file_name) == ("retirement", "destroyed", file.name)


def test_second_time_changes_nothing(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    erase(learner.pk)
    path = ReportFile.objects.get(pk=file.pk).path
    assert erase(learner.pk) == 0
    assert ReportFile.objects.get(pk=file.pk).path == path
    assert AuditRecord.objects.filter(action="erased").count() == 1


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_report_that_does_not_hold_the_learner_stays(file_format, course_key, instructor, learner):
    file = factories.make_report(course_key, instructor, file_format=file_format)
    later = factories.make_learner(course_key, "later")  # enrolled after the report was made
    elsewhere = factories.make_learner(factories.make_course())
    assert erase(later.pk) == erase(elsewhere.pk) == 0
    assert ReportFile.objects.get(pk=file.pk).path == file.path


def test_learner_whose_enrollment_was_deleted_is_found_by_the_next_retention(course_key, instructor, learner):
    """As when a custom course is deleted with all its enrollments, or an operator deletes one."""
    file = factories.make_report(course_key, instructor)
    CourseEnrollment.objects.filter(user=learner).delete()
    assert erase(learner.pk) == 0
    retention.remove_expired()
    assert "mary" not in {row["username"] for row in rows(file)}


def test_account_that_was_deleted_is_found_at_once(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    number = learner.pk
    InstructorTask.objects.all().delete()
    learner.delete()
    assert erase(number, everywhere=True) == 1
    assert "mary" not in {row["username"] for row in rows(file)}


@pytest.mark.parametrize("cause", ["index is missing", "secret key was changed"])
def test_enrollments_answer_where_the_index_cannot(cause, course_key, instructor, learner, settings):
    file = factories.make_report(course_key, instructor)
    if cause == "index is missing":
        LearnerIndex.objects.all().delete()
    else:
        settings.SECRET_KEY = "another secret key of this site"
    assert erase(learner.pk) == 1
    assert "mary" not in {row["username"] for row in rows(file)}


def test_index_says_nothing_without_the_key(course_key, instructor, learner):
    files = [factories.make_report(course_key, instructor) for _ in range(2)]
    one, two = (bytes(LearnerIndex.objects.get(file=file).digests) for file in files)
    assert len(one) == len(two) == 3 * 4

    def parts(digests):
        return {digests[place : place + 4] for place in range(0, len(digests), 4)}

    assert not parts(one) & parts(two)  # the same learners look different in each report
    assert learner_index.held(files[0], {learner.pk, learner.pk + 1_000}) == {learner.pk}


def test_content_that_is_gone_or_unreadable_takes_the_report_with_it(course_key, instructor, learner, tmp_path):
    gone, broken = (factories.make_report(course_key, instructor) for _ in range(2))
    storage().delete(gone.path)
    (tmp_path / "reports" / broken.path).write_bytes(b"\xff\xfe\x00 not a CSV")
    erase(learner.pk)
    assert not ReportFile.objects.exists()
    assert not storage().exists(broken.path)


def test_storage_that_refuses_hides_the_report_until_it_is_deleted(
    course_key, instructor, learner, instructor_client, tmp_path, settings
):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": ["name", "goals"]}
    file = factories.make_report(course_key, instructor)
    stored = tmp_path / "reports" / file.path
    stored.unlink()
    stored.mkdir()
    (stored / "inside").touch()
    erase(learner.pk)
    assert status_of(instructor_client, api_path(course_key, f"reports/{file.name}")) == 404
    assert AuditRecord.objects.get(action="withdrawn").detail == "erased"
    (stored / "inside").unlink()
    stored.rmdir()
    assert retention.remove_expired().files == 1
    assert not ReportFile.objects.exists()


def test_what_was_searched_for_is_forgotten(course_key, learner):
    run = ReportRun.objects.create(
        course_id=course_key, report="profile", file_format="csv", selection={"search": "mary", "columns": ["id"]}
    )
    erase(learner.pk)
    run.refresh_from_db()
    assert run.selection == {"columns": ["id"], "search": erasure.FORGOTTEN}


@pytest.mark.parametrize("search", [{}, {"search": "mary"}, {"search": erasure.FORGOTTEN}])
def test_usernames_that_were_chosen_are_forgotten_with_it(course_key, learner, search):
    chosen = {**search, "usernames": ["mary", "adam"], "cohort": "a cohort"}
    run = ReportRun.objects.create(course_id=course_key, report="profile", file_format="csv", selection=chosen)
    erase(learner.pk)
    run.refresh_from_db()
    forgotten = dict.fromkeys(search, erasure.FORGOTTEN)
    assert run.selection == {**forgotten, "usernames": [], "cohort": "a cohort"}


def test_pending_erasures_are_finished_once(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    erasure.add(learner.pk)
    assert erasure.erase_pending() == 1
    assert "mary" not in {row["username"] for row in rows(file)}
    assert erasure.erase_pending() == 0
    assert Erasure.objects.get().done is not None


def stored_paths():
    """What stands in the report store."""
    root = Path(storage().location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def during_the_copy(monkeypatch, work):
    """Do something while the content of a report is being copied, once."""
    copy, done = CsvFormat.copy_without, []

    def copied(*arguments, **chosen):
        if not done:
            done.append(True)
            work()
        return copy(*arguments, **chosen)

    monkeypatch.setattr(CsvFormat, "copy_without", copied)


def test_two_learners_who_retire_at_once_are_both_taken_out(course_key, instructor, learner, monkeypatch):
    file = factories.make_report(course_key, instructor)
    adam = get_user_model().objects.get(username="adam")
    during_the_copy(monkeypatch, lambda: erase(learner.pk))
    assert erase(adam.pk) == 1
    assert [row["username"] for row in rows(file)] == ["zoe"]
    file = ReportFile.objects.get(pk=file.pk)
    assert learner_index.held(file, {adam.pk, learner.pk}) == set()
    assert stored_paths() == {file.path}
    assert AuditRecord.objects.filter(action="erased", detail="rewritten").count() == 2


def test_report_that_is_deleted_meanwhile_leaves_nothing(course_key, instructor, learner, instructor_client, monkeypatch):
    file = factories.make_report(course_key, instructor)
    during_the_copy(monkeypatch, lambda: instructor_client.delete(api_path(course_key, f"reports/{file.name}")))
    assert erase(learner.pk) == 0
    assert not ReportFile.objects.exists()
    assert stored_paths() == set()


def test_report_that_is_stored_again_while_it_is_deleted_goes_wholly(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    erase(learner.pk)
    deletion.remove(file, AuditAction.DELETED, by=erasure.ERASURE)  # as it was before
    assert not ReportFile.objects.exists()
    assert stored_paths() == set()


def test_database_error_changes_nothing_and_leaves_nothing(course_key, instructor, learner, monkeypatch):
    file = factories.make_report(course_key, instructor)

    def failing(*_arguments, **_values):
        raise OperationalError(1213, "Deadlock found")

    monkeypatch.setattr(erasure.audit, "record", failing)
    assert erase(learner.pk) == 0
    assert ReportFile.objects.get().path == file.path
    assert stored_paths() == {file.path}
    assert "mary" in {row["username"] for row in rows(file)}
    monkeypatch.undo()
    assert erasure.erase_pending() == 1


def test_old_content_that_the_storage_keeps_is_deleted_later(course_key, instructor, learner, monkeypatch):
    file = factories.make_report(course_key, instructor)
    delete = FileSystemStorage.delete

    def refusing(self, name):
        if name == file.path:
            raise OSError("Read-only file system")
        delete(self, name)

    monkeypatch.setattr(FileSystemStorage, "delete", refusing)
    assert erase(learner.pk) == 1
    assert "mary" not in {row["username"] for row in rows(file)}
    assert file.path in stored_paths()
    monkeypatch.undo()
    retention.remove_expired()
    assert stored_paths() == {ReportFile.objects.get().path}
    assert ReportRun.objects.get(file__isnull=False).stored_path == ""


def test_content_that_a_lost_process_stored_again_is_deleted(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    left = storage().save(f"{file.path}.again", ContentFile(b"id"))
    ReportRun.objects.filter(pk=file.run_id).update(stored_path=left)
    retention.remove_expired()
    assert stored_paths() == {file.path}
    assert erase(learner.pk) == 1


def test_report_that_others_go_on_changing_stays_to_be_done(course_key, instructor, learner, monkeypatch):
    file, waited = factories.make_report(course_key, instructor), []
    monkeypatch.setattr(erasure.time, "sleep", waited.append)
    ReportRun.objects.filter(pk=file.run_id).update(stored_path="elsewhere")
    assert erase(learner.pk) == 0
    assert Erasure.objects.get().done is None
    assert (len(waited), waited[0], max(waited), sorted(waited)) == (9, 0.1, 2.0, waited)
    retention.remove_expired()
    assert "mary" not in {row["username"] for row in rows(file)}
    assert Erasure.objects.get().done is not None


def test_index_that_was_made_in_another_way_answers_nothing(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    index = file.learner_index
    index.key_check = hashlib.blake2b(b"check", key=learner_index._key(file.run_id), digest_size=16).digest()
    index.digests = b"\0" * 12
    index.save()
    assert learner_index.held(file, {learner.pk}) is None
    assert erase(learner.pk) == 1
    assert "mary" not in {row["username"] for row in rows(file)}


def refuse(*_arguments, **_named):
    raise OSError("Connection reset by peer")


def shortened(original):
    def opened(self, name, mode="rb"):
        with original(self, name, mode) as file:
            return ContentFile(file.read()[:-100])

    return opened


@pytest.mark.parametrize("failing", ["open", "reading", "save", "size"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_storage_that_fails_at_times_loses_no_report(
    failing, file_format, course_key, instructor, learner, instructor_client, monkeypatch
):
    file = factories.make_report(course_key, instructor, file_format=file_format)
    if failing == "open":
        monkeypatch.setattr(FileSystemStorage, "_open", refuse)
    elif failing == "reading":
        monkeypatch.setattr(FileSystemStorage, "_open", shortened(FileSystemStorage._open))
    elif failing == "save":
        monkeypatch.setattr(FileSystemStorage, "_save", refuse)
    else:
        monkeypatch.setattr(FileSystemStorage, "_open", shortened(FileSystemStorage._open))
        monkeypatch.setattr(FileSystemStorage, "size", refuse)
    assert erase(learner.pk) == 0
    monkeypatch.undo()
    assert ReportFile.objects.get().path == file.path
    assert status_of(instructor_client, api_path(course_key, f"reports/{file.name}")) == 503
    assert erasure.erase_pending() == 1
    assert stored_paths() == {ReportFile.objects.get().path}
    assert status_of(instructor_client, api_path(course_key, f"reports/{file.name}")) == 200


def test_one_report_that_fails_keeps_no_other_from_being_done(course_key, instructor, learner, monkeypatch):
    stuck, other = (factories.make_report(course_key, instructor) for _ in range(2))
    open_file = FileSystemStorage._open
    monkeypatch.setattr(
        FileSystemStorage, "_open", lambda self, name, mode: refuse() if name == stuck.path else open_file(self, name, mode)
    )
    assert erase(learner.pk) == 1
    assert "mary" not in {row["username"] for row in rows(other)}
    make_older(stuck, 91)
    assert retention.remove_expired().files == 1  # although the erasure still fails


def test_what_failed_is_free_to_be_tried_again_although_others_were_done_after_it(
    course_key, instructor, learner, monkeypatch
):
    stuck, elsewhere = factories.make_report(course_key, instructor), factories.make_course()
    deleted = factories.make_learner(elsewhere)
    other = factories.make_report(elsewhere, factories.make_team_member("instructor", elsewhere))
    open_file = FileSystemStorage._open
    monkeypatch.setattr(
        FileSystemStorage, "_open", lambda self, name, mode: refuse() if name == stuck.path else open_file(self, name, mode)
    )
    erasure.add(learner.pk)
    erasure.add(deleted.pk, everywhere=True)
    assert erasure.erase_pending() == 1
    assert rows(other) == []
    pending = Erasure.objects.get(done=None)
    assert (pending.user_id, pending.claimed) == (learner.pk, None)
    monkeypatch.undo()
    assert erasure.erase_pending() == 1
    assert not Erasure.objects.exclude(done=None, claimed=None).filter(done=None).exists()


def test_report_that_is_withdrawn_keeps_no_erasure_waiting(course_key, instructor, learner):
    """Nobody gets to see it, and it goes as soon as the storage allows."""
    file = factories.make_report(course_key, instructor)
    ReportFile.objects.filter(pk=file.pk).update(withdrawn=factories.days(0))
    assert erase(learner.pk) == 0
    assert Erasure.objects.get().done is not None
    assert "mary" in {row["username"] for row in rows(file)}


def test_report_that_turns_out_not_to_hold_the_learner_stays(course_key, instructor, learner):
    """Its index is gone, and they enrolled later."""
    file = factories.make_report(course_key, instructor)
    LearnerIndex.objects.all().delete()
    later = factories.make_learner(course_key, "later")
    assert erase(later.pk) == 0
    assert ReportFile.objects.get(pk=file.pk).path == file.path
    assert not AuditRecord.objects.filter(action="erased").exists()
    assert Erasure.objects.get().done is not None


def test_many_reports_of_many_courses_are_gone_through_some_at_a_time(instructor, monkeypatch):
    monkeypatch.setattr(erasure, "_ROWS_AT_ONCE", 2)
    monkeypatch.setattr(erasure, "_ACCOUNTS_AT_ONCE", 2)
    courses = [factories.make_course() for _ in range(3)]
    gone = [factories.make_user() for _ in range(5)]
    for course in courses:
        factories.give_role(instructor, "instructor", course)
        for user in gone:
            factories.enroll(user, course)
        factories.make_learner(course)
    stored = [factories.make_report(course, instructor) for course in courses for _time in range(3)]
    runs = [ReportRun.objects.create(course_id=c, report="profile", selection={"search": "x"}) for c in courses * 3]
    for user in gone:
        erasure.add(user.pk, everywhere=user is gone[-1])
    assert erasure.erase_pending() == 4 // 2 * len(stored) + len(stored)
    assert [len(rows(file)) for file in stored] == [1] * len(stored)
    assert Erasure.objects.exclude(done=None).filter(claimed=None).count() == len(gone)
    for run in runs:
        run.refresh_from_db()
        assert run.selection == {"search": erasure.FORGOTTEN}


def test_searches_in_other_courses_are_forgotten_only_where_everything_is_gone_through(course_key, learner):
    elsewhere = factories.make_course()
    run = ReportRun.objects.create(course_id=elsewhere, report="profile", file_format="csv", selection={"search": "mary"})
    erase(learner.pk)
    run.refresh_from_db()
    assert run.selection == {"search": "mary"}
    erase(learner.pk, everywhere=True)
    run.refresh_from_db()
    assert run.selection == {"search": erasure.FORGOTTEN}


def test_search_of_a_report_that_was_begun_is_forgotten_and_other_choices_stay(course_key, learner):
    chosen = {"search": "mary", "usernames": ["mary"], "cohort": "Red"}
    begun = ReportRun.objects.create(
        course_id=course_key, report="profile", selection=chosen, slot="begun", started=factories.days(0)
    )
    kept = ReportRun.objects.create(course_id=course_key, report="profile", selection={"cohort": "Red", "usernames": []})
    erase(learner.pk)
    begun.refresh_from_db()
    kept.refresh_from_db()
    assert begun.selection == {"search": erasure.FORGOTTEN, "usernames": [], "cohort": "Red"}
    assert kept.selection == {"cohort": "Red", "usernames": []}


def test_account_that_is_looked_for_everywhere_is_so_once_more_however_it_was_entered(course_key, learner):
    """And no other account with it."""
    other = factories.make_learner(course_key)
    erase(learner.pk, other.pk)
    done = Erasure.objects.get(user_id=other.pk).done
    assert done is not None
    erasure.add(learner.pk)
    assert not Erasure.objects.filter(done=None).exists()
    Erasure.objects.filter(user_id=learner.pk).update(claimed=factories.days(0))
    erasure.add(learner.pk, everywhere=True)
    pending = Erasure.objects.get(done=None)
    assert (pending.user_id, pending.everywhere, pending.claimed) == (learner.pk, True, None)
    assert Erasure.objects.get(user_id=other.pk).done == done


def test_looking_everywhere_is_done_once_for_each(course_key, learner):
    other = factories.make_learner(course_key)
    erase(learner.pk)
    erase(other.pk, everywhere=True)
    erasure.look_everywhere()
    pending = Erasure.objects.get(done=None)
    assert (pending.user_id, pending.everywhere) == (learner.pk, True)
    erasure.erase_pending()
    erasure.look_everywhere()
    assert not Erasure.objects.filter(done=None).exists()


def test_retirements_that_were_missed_are_entered_once_however_many(course_key, learner, monkeypatch):
    monkeypatch.setattr(erasure, "_ROWS_AT_ONCE", 2)
    users = [factories.make_learner(course_key) for _ in range(5)]
    for user in users:
        factories.retire(user)
    erasure.add(users[0].pk)
    assert erasure.add_missed() == 4
    added = Erasure.objects.filter(everywhere=True, done=None)
    assert set(added.values_list("user_id", flat=True)) == {user.pk for user in users[1:]}
    assert erasure.add_missed() == 0


@pytest.mark.parametrize(("minutes", "changed"), [(9.9, 0), (10.1, 1)])
def test_what_somebody_has_claimed_is_theirs_for_ten_minutes(minutes, changed, course_key, instructor, learner):
    factories.make_report(course_key, instructor)
    erasure.add(learner.pk)
    Erasure.objects.update(claimed=factories.days(-minutes / 24 / 60))
    assert erasure.erase_pending() == changed


@pytest.mark.parametrize("everywhere", [False, True])
def test_names_of_those_who_were_refused_and_their_schedules_and_days_go_too(everywhere, course_key, learner):
    other = factories.make_learner(course_key)
    course = EngagementCourse.objects.create(course_id=course_key)
    for user in (learner, other):
        audit.record_refusal(course_key, by=Actor(user.pk, user.username, "192.0.2.1"), detail="page")
        LearnerDay.objects.create(course=course, day=date(2026, 3, 1), user_id=user.pk)
        now = factories.days(0)
        ReportSchedule.objects.create(
            course_id=course_key, report="profile", every="day", requester=user, next_day=now, next_due=now
        )
    erase(learner.pk, everywhere=everywhere)
    refused = AuditRecord.objects.filter(action="refused")
    assert set(refused.values_list("user_id", flat=True)) == {None, other.pk}
    assert set(LearnerDay.objects.values_list("user_id", flat=True)) == {other.pk}
    assert set(ReportSchedule.objects.values_list("requester_id", flat=True)) == {other.pk}
    deleted = AuditRecord.objects.get(action="unscheduled")
    assert (deleted.username, deleted.course_id) == ("retirement", course_key)


def make_older(file, days):
    ReportFile.objects.filter(pk=file.pk).update(created=factories.days(-days))


def test_retention_at_the_same_time_does_not_remove_what_is_being_stored_again(course_key, instructor, learner, monkeypatch):
    file = factories.make_report(course_key, instructor)
    save, done = FileSystemStorage._save, []

    def saved(self, name, content):
        path = save(self, name, content)
        if not done:
            done.append(True)
            retention.remove_expired()
        return path

    monkeypatch.setattr(FileSystemStorage, "_save", saved)
    erase(learner.pk)
    monkeypatch.undo()
    erasure.erase_pending()
    assert [row["username"] for row in rows(file)] == ["adam", "zoe"]
    assert stored_paths() == {ReportFile.objects.get().path}


def test_report_that_is_being_deleted_is_not_stored_again(course_key, instructor, learner, instructor_client, monkeypatch):
    file = factories.make_report(course_key, instructor)
    delete = FileSystemStorage.delete

    def deleting(self, name):
        if name == file.path:
            erase(learner.pk)
        delete(self, name)

    monkeypatch.setattr(FileSystemStorage, "delete", deleting)
    assert instructor_client.delete(api_path(course_key, f"reports/{file.name}")).status_code == 204
    assert not ReportFile.objects.exists()
    assert stored_paths() == set()
    assert AuditRecord.objects.filter(action="erased").count() == 0


def test_connection_that_is_lost_while_a_change_is_committed_loses_no_report(course_key, instructor, learner, monkeypatch):
    """Nobody knows then whether it was committed; here it was."""
    file = factories.make_report(course_key, instructor)

    def committed_and_lost(transaction):
        transaction()
        raise OperationalError(2013, "Lost connection to server during query")

    monkeypatch.setattr(files, "retry_on_deadlock", committed_and_lost)
    erase(learner.pk)
    monkeypatch.undo()
    assert "mary" not in {row["username"] for row in rows(file)}
    retention.remove_expired()
    assert stored_paths() == {ReportFile.objects.get().path}


@pytest.mark.parametrize("chosen", [{"search": "mary"}, {"search": "mary", "columns": ["id", "name"]}])
def test_report_of_a_search_goes_on_saying_that_it_is_a_part(chosen, course_key, instructor, learner, instructor_client):
    body = {"report": "profile", **chosen}
    instructor_client.post(api_path(course_key, "reports/"), body, content_type="application/json")
    erase(learner.pk)
    [listed] = instructor_client.get(api_path(course_key, "reports/")).json()["reports"]
    assert (listed["rows"], listed["selection"]) == (0, True)
    assert "mary" not in str(list(ReportRun.objects.values()))


def test_queued_search_is_still_for_what_was_searched(course_key, instructor, learner):
    run = ReportRun.objects.create(
        course_id=course_key, report="profile", file_format="csv", selection={"search": "adam"}, slot="queued"
    )
    erase(learner.pk)
    run.refresh_from_db()
    assert run.selection == {"search": "adam"}


@pytest.mark.standin_only(reason="the platform's routers have queries of their own")
def test_erasure_of_somebody_in_no_report_looks_into_none(course_key, instructor, learner):
    for _ in range(5):
        factories.make_report(course_key, instructor)
    elsewhere = factories.make_learner(factories.make_course())
    with CaptureQueriesContext(connection) as queries:
        assert erase(elsewhere.pk) == 0
    assert len(queries) <= 31
    assert not any("learnerindex" in query["sql"] for query in queries)
