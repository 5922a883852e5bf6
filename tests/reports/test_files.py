"""Where finished reports stand, and under which names."""

from __future__ import annotations

import io
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import OperationalError, connection
from freezegun import freeze_time
from lms.djangoapps.instructor_task.models import ReportStore

from learner_data_plugin import api
from learner_data_plugin.data import Actor, Selection, StoredReport
from learner_data_plugin.exceptions import ReportChanged, ReportFailed
from learner_data_plugin.models import AuditRecord, Disclosure, Erasure, ReportFile, ReportRun
from learner_data_plugin.privacy import erasure
from learner_data_plugin.reports import building, files, report_store, runs, stale_runs
from tests import factories
from tests.erasing import erase
from tests.reading import build, content_of, csv_rows, start_run
from tests.rest_api.paths import api_path


def root():
    return Path(ReportStore.from_config("GRADES_DOWNLOAD").storage.location)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_only_the_account_of_the_lms_may_read_a_file(course_key, file_format):
    file = build(course_key, file_format=file_format)
    assert stat.S_IMODE((root() / file.path).stat().st_mode) == 0o600


def test_permissions_that_a_site_chose_stay(course_key, settings, tmp_path):
    settings.GRADES_DOWNLOAD = {
        "STORAGE_CLASS": "django.core.files.storage.FileSystemStorage",
        "STORAGE_KWARGS": {"location": str(tmp_path / "shared"), "file_permissions_mode": 0o640},
    }
    file = build(course_key)
    assert stat.S_IMODE((tmp_path / "shared" / file.path).stat().st_mode) == 0o640


def test_deleted_file_leaves_no_empty_folder(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    assert (root() / file.path).exists()
    instructor_client.delete(api_path(course_key, f"reports/{file.name}"))
    folder = (root() / file.path).parent
    assert not folder.exists()
    assert folder.parent.exists()


def test_the_51st_report_of_a_minute_is_made_like_the_first(course_key):
    with freeze_time("2026-05-01 12:00:00", tick=False):
        names = [build(course_key).name for _ in range(53)]
    assert len(set(names)) == 53
    assert names[52].endswith("_53.csv")
    ReportFile.objects.filter(name__endswith="_7.csv").delete()
    with freeze_time("2026-05-01 12:00:00", tick=False):
        assert build(course_key).name not in names[:6]


@pytest.mark.parametrize("run", ["한" * 90, "r" * 200])
def test_reports_of_courses_with_long_ids_are_stored(run, instructor, sign_in):
    course_key = factories.make_course(run=run, number="C")
    factories.give_role(instructor, "instructor", course_key)
    factories.make_learners(course_key, 2)
    file = factories.make_report(course_key, instructor)
    assert len(file.name.encode()) <= 255
    assert file.name.endswith("_student_profile_info_" + file.name[-19:])
    answer = sign_in(instructor).get(api_path(course_key, f"reports/{file.name}"))
    assert len(b"".join(answer.streaming_content).splitlines()) == 3


def test_storage_that_is_the_platforms_own_is_not_changed(course_key):
    storage = report_store.platform_api.report_store().storage
    build(course_key)
    assert "file_permissions_mode" not in vars(storage)
    assert isinstance(storage, FileSystemStorage)


def test_clock_of_a_web_server_that_is_wrong_gives_up_no_report(course_key, instructor_client):
    run = start_run(course_key)
    with freeze_time(factories.days(0.5), tick=True):
        [task] = instructor_client.get(api_path(course_key, "tasks/")).json()["tasks"]
    assert (task["state"], task["stale"]) != ("FAILURE", True)
    assert task["age_seconds"] < 60
    assert ReportRun.objects.get(pk=run.pk).slot is not None


def test_clock_of_a_worker_that_is_wrong_gives_up_no_report(course_key, instructor_client):
    with freeze_time(factories.days(-0.5), tick=True):
        run = start_run(course_key)
        runs.progress(run, done=1, total=2)
    instructor_client.get(api_path(course_key, "tasks/"))
    assert ReportRun.objects.get(pk=run.pk).slot is not None
    assert abs(ReportRun.objects.get(pk=run.pk).heartbeat - factories.days(0)).total_seconds() < 60


class UnderAnotherName(FileSystemStorage):
    """A storage that stores files under names of its own."""

    def get_available_name(self, name, max_length=None):
        return super().get_available_name(name.replace("report.", "stored."), max_length)


@pytest.fixture
def renaming(settings, tmp_path):
    """A report store that is such a storage; its folder."""
    settings.GRADES_DOWNLOAD = {
        "STORAGE_CLASS": f"{__name__}.UnderAnotherName", "STORAGE_KWARGS": {"location": str(tmp_path / "renamed")}
    }  # fmt: skip
    return tmp_path / "renamed"


def all_files(folder):
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


class TestStorageThatDecidesTheName:
    def test_run_and_report_know_where_the_file_is(self, course_key, renaming):
        factories.make_learners(course_key, 2)
        file = build(course_key)
        assert [file.path] == all_files(renaming)
        assert file.path.endswith("/stored.csv")
        run = ReportRun.objects.get()
        assert (run.stored_path, run.done, run.total) == (file.path, 2, 2)
        assert len(csv_rows(content_of(file))) == 3

    def test_nothing_is_left_of_a_report_that_is_given_up_while_it_is_stored(self, course_key, renaming, monkeypatch):
        run, save = start_run(course_key), FileSystemStorage._save

        def give_up_then(self, name, content):
            runs.fail(run, "worker_lost")
            return save(self, name, content)

        monkeypatch.setattr(FileSystemStorage, "_save", give_up_then)
        with pytest.raises(ReportFailed) as caught:
            building.build_report(run, on_progress=lambda done, total: None)
        assert caught.value.code == "superseded"
        assert all_files(renaming) == []

    def test_a_report_is_stored_again_without_an_erased_learner(self, course_key, renaming):
        learner, _other = factories.make_learner(course_key), factories.make_learner(course_key)
        build(course_key)
        erase(learner)
        assert [ReportFile.objects.get().path] == all_files(renaming)
        stale_runs.clear_all()
        assert [ReportFile.objects.get().path] == all_files(renaming)

    def test_nothing_is_left_of_content_that_is_not_entered(self, course_key, renaming):
        path = build(course_key).path

        def refuse(_file):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            files.replace_content(ReportFile.objects.get(), io.BytesIO(b"new"), rows=0, in_transaction=refuse)
        assert [ReportFile.objects.get().path] == [path] == all_files(renaming)
        assert ReportRun.objects.get().stored_path == ""


class TestReplaceContent:
    def test_the_report_says_what_it_holds_from_then_on(self, course_key):
        factories.make_learners(course_key, 2)
        file, entered = build(course_key), []
        old = file.path
        files.replace_content(file, io.BytesIO(b"id\r\n7\r\n"), rows=1, in_transaction=entered.append)
        assert entered == [file]
        now = ReportFile.objects.get()
        assert (now.rows, now.size_bytes, content_of(now)) == (1, 7, b"id\r\n7\r\n")
        assert (now.sha256, now.path) == (report_store.measure(io.BytesIO(b"id\r\n7\r\n"))[0], file.path)
        assert now.path != old
        assert all_files(root()) == [now.path]
        run = ReportRun.objects.get()
        assert (run.stored_path, run.clearing) == ("", False)

    @pytest.mark.parametrize("change", [{"withdrawn": factories.days(0)}, {"path": "learner_data/elsewhere.csv"}])
    def test_a_report_that_others_changed_meanwhile_is_left_to_them(self, course_key, change):
        file = build(course_key)
        ReportFile.objects.update(**change)
        with pytest.raises(ReportChanged):
            files.replace_content(file, io.BytesIO(b"new"), rows=0, in_transaction=lambda file: None)
        assert all_files(root()) == [file.path]
        assert {name: getattr(ReportFile.objects.get(), name) for name in change} == change

    @pytest.mark.parametrize("change", [{"stored_path": "learner_data/elsewhere.csv"}, {"clearing": True}])
    def test_not_while_other_content_of_it_is_stored_or_removed(self, course_key, change):
        file = build(course_key)
        ReportRun.objects.update(**change)
        with pytest.raises(ReportChanged):
            files.replace_content(file, io.BytesIO(b"new"), rows=0, in_transaction=lambda file: None)
        assert all_files(root()) == [file.path]

    @pytest.mark.parametrize("change", [{"stored_path": "learner_data/elsewhere.csv"}, {"clearing": True}])
    def test_not_if_that_begins_while_the_new_content_is_stored(self, course_key, change, monkeypatch):
        file, save = build(course_key), FileSystemStorage._save

        def change_then(self, name, content):
            ReportRun.objects.update(**change)
            return save(self, name, content)

        monkeypatch.setattr(FileSystemStorage, "_save", change_then)
        with pytest.raises(ReportChanged):
            files.replace_content(file, io.BytesIO(b"new"), rows=0, in_transaction=lambda file: None)
        assert all_files(root()) == [file.path]
        assert ReportFile.objects.get().path == file.path


class BreaksOff(FileSystemStorage):
    """A storage that fails when all but the last of a file is there."""

    def _save(self, name, content):
        super()._save(name, content)
        raise ConnectionError("the service went away")


def test_what_a_storage_has_of_a_file_when_it_fails_is_removed(settings, tmp_path):
    settings.GRADES_DOWNLOAD = {
        "STORAGE_CLASS": f"{__name__}.BreaksOff",
        "STORAGE_KWARGS": {"location": str(tmp_path)},
    }
    with pytest.raises(ReportFailed):
        report_store.save("learner_data/a path/report.csv", io.BytesIO(b"rows"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(("file_format", "has_one"), [("csv", True), ("xlsx", False), ("jsonl", False)])
def test_only_of_a_csv_the_hash_with_a_byte_order_mark_is_kept(course_key, file_format, has_one):
    build(course_key, file_format=file_format)
    assert bool(Disclosure.objects.get().marked_sha256) is has_one


def test_a_run_whose_file_was_deleted_knows_of_no_content(course_key, instructor, instructor_client):
    file = factories.make_report(course_key, instructor)
    assert ReportRun.objects.get().stored_path == file.path
    assert instructor_client.delete(api_path(course_key, f"reports/{file.name}")).status_code == 204
    assert ReportRun.objects.get().stored_path == ""


def test_what_is_kept_of_a_selection_names_nobody(course_key):
    factories.make_learner(course_key, "ada")
    chosen = Selection(usernames=("ada", "bob"), search="ad", columns=("id", "username"), enrollment_mode="audit")
    build(course_key, selection=chosen)
    assert Disclosure.objects.get().selection == {"search": True, "usernames": 2, "enrollment_mode": "audit"}


class TestNames:
    def name(self, course_key, number=1, **run):
        run = ReportRun(**{"course_id": course_key, "report": "profile", "file_format": "csv", **run})
        return files.file_name(run, datetime(2026, 3, 1, 0, 5, tzinfo=UTC), number)

    def test_files_of_one_name_are_told_apart_by_a_number(self, course_key):
        first, second = self.name(course_key), self.name(course_key, 2, file_format="xlsx")
        assert first.endswith("_student_profile_info_2026-03-01-0005.csv")
        assert second == first.removesuffix(".csv") + "_2.xlsx"

    def test_a_course_is_shortened_by_what_is_too_much(self, db):
        name = self.name(factories.make_course(run="é" * 110, number="C"), 12)
        assert len(name.encode()) in (254, 255)
        assert name.startswith("TestX_C_ééé")
        assert name.endswith("é_student_profile_info_2026-03-01-0005_12.csv")


def test_all_that_is_said_about_a_report(course_key, instructor):
    factories.make_learners(course_key, 3)
    by = Actor(instructor.pk, instructor.username)
    api.request_report(course_key, "research", selection={"enrollment_mode": "audit"}, by=by)
    file = ReportFile.objects.select_related("run__requester").get()
    assert files.describe(file) == StoredReport(
        name=file.name,
        report="research",
        file_format="csv",
        created=file.created,
        size_bytes=len(content_of(file)),
        rows=3,
        requester=instructor.username,
        is_selection=True,
        has_codebook=True,
        title="Research export",
    )


def test_a_report_of_a_plugin_that_is_gone_is_still_described(course_key, instructor):
    factories.make_report(course_key, instructor)
    ReportRun.objects.update(report="somebody_elses", selection={"search": "a"})
    described = files.describe(ReportFile.objects.select_related("run__requester").get())
    assert (described.report, described.title, described.contents) == ("somebody_elses", "somebody_elses", ())
    assert (described.is_selection, described.has_codebook, described.changes) == (False, False, None)


@pytest.mark.parametrize(
    ("run", "columns", "found"),
    [
        ({}, ["id", "name"], "id"),
        ({}, ["name"], None),
        ({"report": "anonymized_ids"}, ["User ID"], "User ID"),
        ({"report": "research"}, ["anonymized_id"], None),
        ({"report": "somebody_elses"}, ["id"], None),
        ({"file_format": "ods"}, ["id"], None),
    ],
)
def test_learners_are_taken_out_of_a_file_by_its_column_of_accounts(run, columns, found):
    assert files.id_column(ReportRun(**{"report": "profile", "file_format": "csv", **run}), columns) == found


def test_an_erasure_while_a_report_is_made_is_done_again_in_all_courses(course_key):
    learner, other = factories.make_learner(course_key), factories.make_learner(factories.make_course())
    for user in (learner, other):
        erasure.add(user.pk)
    Erasure.objects.update(done=factories.days(0), claimed=factories.days(0), everywhere=False)

    def on_progress(done, _total):
        if done:
            Erasure.objects.bulk_create(entered)

    entered = list(Erasure.objects.all())
    Erasure.objects.all().delete()
    building.build_report(start_run(course_key), on_progress=on_progress)
    found = {erasure.user_id: (erasure.done, erasure.claimed, erasure.everywhere) for erasure in Erasure.objects.all()}
    assert found[learner.pk] == (None, None, True)
    assert found[other.pk] == (entered[1].done, entered[1].claimed, False)


class TestConnectionThatIsLostWhileAReportIsCommitted:
    """Nobody knows then whether it was; here it was."""

    @pytest.fixture
    def lose(self, monkeypatch):
        lost = []

        def committed_and_lost(transaction):
            transaction()
            lost.append(True)
            raise OperationalError(2013, "Lost connection to server during query")

        monkeypatch.setattr(files, "retry_on_deadlock", committed_and_lost)
        return lost

    def failure(self, course_key):
        with pytest.raises(ReportFailed) as caught:
            build(course_key)
        return caught.value.code

    def test_the_report_is_there(self, course_key, lose):
        assert self.failure(course_key) == "database"
        assert all_files(root()) == [ReportFile.objects.get().path]

    def test_it_stays_also_where_the_database_cannot_be_asked(self, course_key, lose):
        def refuse(execute, sql, params, many, context):
            if lose:
                raise OperationalError(2006, "Server has gone away")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(refuse):
            assert self.failure(course_key) == "database"
        assert all_files(root()) == [ReportFile.objects.get().path]


def test_a_report_without_an_index_may_hold_whoever_was_ever_enrolled(course_key, instructor, django_assert_num_queries):
    enrolled, left, _other = (factories.make_learner(course_key, is_active=active) for active in (True, False, True))
    elsewhere = factories.make_learner(factories.make_course())
    file = factories.make_report(course_key, instructor)
    asked = [enrolled.pk, left.pk, elsewhere.pk]
    assert files.held_by(file, asked) == {enrolled.pk}
    file.learner_index.delete()
    assert files.held_by(file, asked) == {enrolled.pk, left.pk}
    with django_assert_num_queries(0):
        assert files.held_by(file, []) == set()


def test_expired_reports_are_those_of_so_many_days_before(course_key, settings):
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)
    settings.LEARNER_DATA_PLUGIN = {"RETENTION_DAYS": 31}
    assert files.expiry(course_key, now=now) == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert abs(files.expiry(course_key) - factories.days(-31)).total_seconds() < 60
    settings.LEARNER_DATA_PLUGIN = {"RETENTION_DAYS": 0}
    assert files.expiry(course_key, now=now) is None


def test_of_reports_of_one_moment_the_last_one_stands_first(course_key, instructor):
    factories.make_stored_files(course_key, 3, instructor)
    ReportFile.objects.update(created=factories.days(-1))
    newest_first = list(files.list_files(course_key))
    assert newest_first == sorted(newest_first, key=lambda file: -file.pk)


def test_the_audit_names_the_file_that_was_generated(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    record = AuditRecord.objects.get(action="generated")
    assert (record.file_name, record.sha256, record.username) == (file.name, file.sha256, instructor.username)
