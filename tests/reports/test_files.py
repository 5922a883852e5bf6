"""Where finished reports stand, and under which names."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from freezegun import freeze_time
from lms.djangoapps.instructor_task.models import ReportStore

from learner_data_plugin.data import Selection
from learner_data_plugin.exceptions import ReportFailed
from learner_data_plugin.models import Disclosure, ReportFile, ReportRun
from learner_data_plugin.reports import report_store, runs
from tests import factories
from tests.reading import build, start_run
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
