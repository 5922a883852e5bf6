"""Taking a retired learner out of stored reports."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError
from lms.djangoapps.instructor_task.models import ReportStore

from learner_data_plugin import erasure, learner_index, removal, report_runs, retention
from learner_data_plugin.data import AuditAction
from learner_data_plugin.models import AuditRecord, LearnerIndex, PendingErasure, ReportFile, ReportRun

from . import factories
from .reading import claim_profile
from .rest_api.paths import api_path


@pytest.fixture
def learner(course_key):
    factories.make_learner(course_key, "adam", profile={"name": "Adam, the first", "goals": "a\nb \"c\""})
    factories.make_learner(course_key, "zoe", profile={"name": "=1+1"})
    return factories.make_learner(course_key, "mary", profile={"name": "Mary Retired"})


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
    assert erasure.erase_learner(learner.pk) == 1
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
    erasure.erase_learner(learner.pk)
    assert str(learner.pk) not in {row["User ID"] for row in rows(file)}
    assert len(rows(file)) == 2


def test_xlsx_is_destroyed(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor, file_format="xlsx")
    assert erasure.erase_learner(learner.pk) == 1
    assert not ReportFile.objects.filter(pk=file.pk).exists()
    assert not storage().exists(file.path)
    assert AuditRecord.objects.get(action="erased").detail == "destroyed"


def test_csv_in_which_rows_cannot_be_told_apart_is_destroyed(course_key, instructor, learner, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": ["name", "goals"]}
    file = factories.make_report(course_key, instructor)
    assert b"Mary Retired" in content(file)
    erasure.erase_learner(learner.pk)
    assert not storage().exists(file.path)


def test_second_time_changes_nothing(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    erasure.erase_learner(learner.pk)
    path = ReportFile.objects.get(pk=file.pk).path
    assert erasure.erase_learner(learner.pk) == 0
    assert ReportFile.objects.get(pk=file.pk).path == path
    assert AuditRecord.objects.filter(action="erased").count() == 1


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_report_that_does_not_hold_the_learner_stays(file_format, course_key, instructor, learner):
    file = factories.make_report(course_key, instructor, file_format=file_format)
    later = factories.make_learner(course_key, "later")  # enrolled after the report was made
    elsewhere = factories.make_learner(factories.make_course())
    assert erasure.erase_learner(later.pk) == erasure.erase_learner(elsewhere.pk) == 0
    assert ReportFile.objects.get(pk=file.pk).path == file.path


def test_learner_whose_enrollment_was_deleted_is_found(course_key, instructor, learner):
    """As when a custom course is deleted with all its enrollments, or an operator deletes one."""
    file = factories.make_report(course_key, instructor)
    CourseEnrollment.objects.filter(user=learner).delete()
    assert erasure.erase_learner(learner.pk) == 1
    assert "mary" not in {row["username"] for row in rows(file)}


@pytest.mark.parametrize("cause", ["index is missing", "secret key was changed"])
def test_enrollments_answer_where_the_index_cannot(cause, course_key, instructor, learner, settings):
    file = factories.make_report(course_key, instructor)
    if cause == "index is missing":
        LearnerIndex.objects.all().delete()
    else:
        settings.SECRET_KEY = "another secret key of this site"
    assert erasure.erase_learner(learner.pk) == 1
    assert "mary" not in {row["username"] for row in rows(file)}


def test_index_says_nothing_without_the_key(course_key, instructor, learner):
    files = [factories.make_report(course_key, instructor) for _ in range(2)]
    one, two = (bytes(LearnerIndex.objects.get(file=file).digests) for file in files)
    assert len(one) == len(two) == 3 * 4

    def parts(digests):
        return {digests[place : place + 4] for place in range(0, len(digests), 4)}

    assert not parts(one) & parts(two)  # the same learners look different in each report
    file = ReportFile.objects.select_related("learner_index").get(pk=files[0].pk)
    assert learner_index.holds(file, learner.pk) is True
    assert learner_index.holds(file, learner.pk + 1_000) is False


def test_content_that_is_gone_or_unreadable_takes_the_report_with_it(course_key, instructor, learner, tmp_path):
    gone, broken = (factories.make_report(course_key, instructor) for _ in range(2))
    storage().delete(gone.path)
    (tmp_path / "reports" / broken.path).write_bytes(b"\xff\xfe\x00 not a CSV")
    erasure.erase_learner(learner.pk)
    assert not ReportFile.objects.exists()
    assert not storage().exists(broken.path)


def test_storage_that_refuses_hides_the_report_until_it_is_deleted(
    course_key, instructor, learner, instructor_client, tmp_path
):
    file = factories.make_report(course_key, instructor, file_format="xlsx")
    stored = tmp_path / "reports" / file.path
    stored.unlink()
    stored.mkdir()
    (stored / "inside").touch()
    erasure.erase_learner(learner.pk)
    assert instructor_client.get(api_path(course_key, f"reports/{file.name}")).status_code == 404
    assert AuditRecord.objects.get(action="withdrawn").detail == "erased"
    (stored / "inside").unlink()
    stored.rmdir()
    assert retention.remove_expired().files == 1
    assert not ReportFile.objects.exists()


def test_running_report_is_given_up(course_key, instructor, learner):
    run = claim_profile(course_key, instructor)
    report_runs.start(run.pk, "a-task")
    erasure.erase_learner(learner.pk)
    run.refresh_from_db()
    assert (run.slot, run.failure) == (None, "learner_erased")
    assert AuditRecord.objects.get(action="failed").detail == "learner_erased"


def test_what_was_searched_for_is_forgotten(course_key, learner):
    run = ReportRun.objects.create(
        course_id=course_key, report="profile", file_format="csv", selection={"search": "mary", "columns": ["id"]}
    )
    erasure.erase_learner(learner.pk)
    run.refresh_from_db()
    assert run.selection == {"columns": ["id"]}


def test_pending_erasures_are_finished_once(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    PendingErasure.objects.create(user_id=learner.pk)
    assert erasure.erase_pending() == 1
    assert "mary" not in {row["username"] for row in rows(file)}
    assert erasure.erase_pending() == 0


def stored_paths():
    """What stands in the report store."""
    root = Path(storage().location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def during_the_copy(monkeypatch, work):
    """Do something while the content of a report is being copied, once."""
    copy, done = erasure._copy_without, []

    def copied(*arguments):
        if not done:
            done.append(True)
            work()
        return copy(*arguments)

    monkeypatch.setattr(erasure, "_copy_without", copied)


def test_two_learners_who_retire_at_once_are_both_taken_out(course_key, instructor, learner, monkeypatch):
    file = factories.make_report(course_key, instructor)
    adam = get_user_model().objects.get(username="adam")
    during_the_copy(monkeypatch, lambda: erasure.erase_learner(learner.pk))
    assert erasure.erase_learner(adam.pk) == 1
    assert [row["username"] for row in rows(file)] == ["zoe"]
    file = ReportFile.objects.select_related("learner_index").get(pk=file.pk)
    assert [learner_index.holds(file, pk) for pk in (adam.pk, learner.pk)] == [False, False]
    assert stored_paths() == {file.path}
    assert AuditRecord.objects.filter(action="erased", detail="rewritten").count() == 2


def test_report_that_is_deleted_meanwhile_leaves_nothing(course_key, instructor, learner, instructor_client, monkeypatch):
    file = factories.make_report(course_key, instructor)
    during_the_copy(monkeypatch, lambda: instructor_client.delete(api_path(course_key, f"reports/{file.name}")))
    assert erasure.erase_learner(learner.pk) == 0
    assert not ReportFile.objects.exists()
    assert stored_paths() == set()


def test_report_that_is_stored_again_while_it_is_deleted_goes_wholly(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    erasure.erase_learner(learner.pk)
    removal.remove(file, AuditAction.DELETED, by=erasure.ERASURE)  # as it was before
    assert not ReportFile.objects.exists()
    assert stored_paths() == set()


def test_database_error_changes_nothing_and_leaves_nothing(course_key, instructor, learner, monkeypatch):
    file = factories.make_report(course_key, instructor)

    def failing(*_arguments, **_values):
        raise OperationalError(1213, "Deadlock found")

    monkeypatch.setattr(erasure.audit, "record", failing)
    with pytest.raises(OperationalError):
        erasure.erase_learner(learner.pk)
    assert ReportFile.objects.get().path == file.path
    assert stored_paths() == {file.path}
    assert "mary" in {row["username"] for row in rows(file)}
    monkeypatch.undo()
    assert erasure.erase_learner(learner.pk) == 1


def test_old_content_that_the_storage_keeps_is_deleted_later(course_key, instructor, learner, monkeypatch):
    file = factories.make_report(course_key, instructor)
    delete = FileSystemStorage.delete

    def refusing(self, name):
        if name == file.path:
            raise OSError("Read-only file system")
        delete(self, name)

    monkeypatch.setattr(FileSystemStorage, "delete", refusing)
    assert erasure.erase_learner(learner.pk) == 1
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
    assert erasure.erase_learner(learner.pk) == 1


def test_report_that_others_go_on_changing_stays_to_be_done(course_key, instructor, learner, monkeypatch):
    file = factories.make_report(course_key, instructor)
    monkeypatch.setattr(erasure.time, "sleep", lambda seconds: None)
    ReportRun.objects.filter(pk=file.run_id).update(stored_path="elsewhere")
    assert erasure.erase_learner(learner.pk) == 0
    assert PendingErasure.objects.get().user_id == learner.pk
    retention.remove_expired()
    assert erasure.erase_pending() == 1
    assert "mary" not in {row["username"] for row in rows(file)}
    assert not PendingErasure.objects.exists()


def test_index_that_was_made_in_another_way_answers_nothing(course_key, instructor, learner):
    file = factories.make_report(course_key, instructor)
    index = file.learner_index
    index.key_check = hashlib.blake2b(b"check", key=learner_index._key(file.run_id), digest_size=16).digest()
    index.digests = b"\0" * 12
    index.save()
    assert learner_index.holds(ReportFile.objects.get(pk=file.pk), learner.pk) is None
    assert erasure.erase_learner(learner.pk) == 1
    assert "mary" not in {row["username"] for row in rows(file)}
