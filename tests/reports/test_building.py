"""Making report files: what is in them, what happens when something breaks, and what it costs in memory."""

from __future__ import annotations

import errno
import gc
import io
import re
import tempfile
import tracemalloc
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from learner_data_plugin.data import Selection
from learner_data_plugin.exceptions import ReportFailed
from learner_data_plugin.learners import queries
from learner_data_plugin.models import ReportFile, ReportRun
from learner_data_plugin.reports import building, files
from tests import factories
from tests.reading import build, cells_of, content_of, rows_of, start_run

pytestmark = pytest.mark.django_db

HEADER = [
    "id", "username", "name", "email", "language", "location", "year_of_birth", "gender", "level_of_education",
    "mailing_address", "goals", "enrollment_mode", "verification_status", "cohort", "team", "city", "country",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_private_fields_of_the_platform(settings):
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = []


@pytest.mark.parametrize("report", ["profile", "research", "anonymized_ids"])
def test_the_database_sorts_the_rows_while_it_is_asked_the_rest(course_key, report):
    factories.make_learners(course_key, 3, mode="verified")
    with CaptureQueriesContext(connection) as captured:
        build(course_key, report=report)
    asked = [query["sql"] for query in captured]
    (sorting, *_others), (counting, *_more) = (
        [place for place, sql in enumerate(asked) if re.search(f"{part}.* FROM .student_courseenrollment", sql)]
        for part in ("SELECT .student_courseenrollment.*user_id", "COUNT")
    )
    assert sorting < counting
    verifying = [place for place, sql in enumerate(asked) if "UNION ALL" in sql]
    assert (len(verifying), sorting < min(verifying, default=len(asked))) == (report != "anonymized_ids", True)


class TestContent:
    def test_profile_report_of_the_guide(self):
        course_key = factories.make_course(cohorts=True, teams=True)
        profile = {
            "name": "Ada, Countess", "language": "en", "location": "London", "year_of_birth": 1815, "gender": "f",
            "level_of_education": "none", "mailing_address": "St James's\nSquare", "goals": '=1+1 "quoted"',
            "meta": '{"city": "Ockham"}', "city": "London", "country": "GB",
        }  # fmt: skip
        ada = factories.make_learner(course_key, "ada", mode="verified", email="ada@example.com", profile=profile)
        bob = factories.make_learner(course_key, "bob", profile=None)
        factories.make_learner(course_key, "left", is_active=False)
        factories.verify(ada)
        factories.make_cohort(course_key, "Engines", [ada])
        factories.make_team(course_key, "Notes", [ada])
        assert rows_of(build(course_key)) == [
            HEADER,
            [str(ada.id), "ada", "Ada, Countess", "ada@example.com", "en", "London", "1815", "f", "none", "St James's\nSquare",
             "'=1+1 \"quoted\"", "verified", "ID Verified", "Engines", "Notes", "Ockham", "GB"],
            [str(bob.id), "bob", "", "bob@example.com", "", "", "", "", "", "", "", "audit", "N/A", "[unassigned]",
             "[unavailable]", "", ""],
        ]  # fmt: skip

    def test_xlsx_holds_the_same_with_real_numbers(self, course_key):
        ada = factories.make_learner(course_key, "ada", profile={"name": "Ada", "year_of_birth": 1815, "goals": "=1+1"})
        file = build(course_key, file_format="xlsx")
        assert cells_of(file, "id") == [ada.id]
        assert cells_of(file, "year_of_birth") == [1815]
        assert cells_of(file, "goals") == ["'=1+1"]

    @pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
    @pytest.mark.parametrize("report", ["profile", "anonymized_ids"])
    def test_of_a_course_without_learners_is_its_header(self, course_key, file_format, report):
        file = build(course_key, report=report, file_format=file_format)
        assert len(rows_of(file)) == 1
        assert file.rows == 0

    @pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
    def test_batches_make_one_file(self, course_key, settings, file_format):
        settings.LEARNER_DATA_PLUGIN = {"BATCH_SIZE": 4}
        ids = factories.make_learners(course_key, 11)
        file = build(course_key, file_format=file_format)
        assert [int(cell) for cell in cells_of(file, "id")] == ids
        assert file.rows == 11
        assert file.size_bytes == len(content_of(file))

    def test_a_workbook_says_what_it_is_and_of_which_course(self, course_key):
        with io.BytesIO(content_of(build(course_key, file_format="xlsx"))) as content:
            book = openpyxl.load_workbook(content)
        assert (book.properties.title, book.properties.subject) == ("Profile information", str(course_key))
        assert book.sheetnames == ["Profile information"]

    def test_holds_what_was_selected_in_the_order_asked_for(self, course_key):
        factories.make_learner(course_key, "ada", mode="verified", profile={"name": "b"})
        factories.make_learner(course_key, "bob", mode="verified", profile={"name": "C"})
        factories.make_learner(course_key, "cy", mode="verified", profile=None)
        factories.make_learner(course_key, "dan", profile={"name": "a"})
        chosen = Selection(columns=("name", "username"), enrollment_mode="verified", sort="-name")
        assert rows_of(build(course_key, selection=chosen)) == [["name", "username"], ["C", "bob"], ["b", "ada"], ["", "cy"]]


class TestProgress:
    def test_is_told_before_and_after_each_batch(self, course_key, settings):
        settings.LEARNER_DATA_PLUGIN = {"BATCH_SIZE": 4}
        factories.make_learners(course_key, 10)
        told = []
        building.build_report(start_run(course_key), on_progress=lambda done, total: told.append((done, total)))
        assert told == [(0, 10), (4, 10), (8, 10), (10, 10)]

    @pytest.fixture
    def before_counting(self, monkeypatch):
        """Have something happen once the database has begun with the rows, and before it counts."""
        count = queries.count_learners

        def happen(what):
            monkeypatch.setattr(queries, "count_learners", lambda *asked: what() or count(*asked))

        return happen

    def test_total_follows_when_more_enroll_meanwhile(self, course_key, settings, before_counting):
        settings.LEARNER_DATA_PLUGIN = {"BATCH_SIZE": 3}
        factories.make_learners(course_key, 4)
        before_counting(lambda: factories.make_learners(course_key, 3, prefix="late") and None)
        told = []
        building.build_report(start_run(course_key), on_progress=lambda done, total: told.append((done, total)))
        assert told == [(0, 7), (3, 7), (4, 7), (4, 4)]

    def test_total_follows_when_some_leave_meanwhile(self, course_key, settings, before_counting):
        settings.LEARNER_DATA_PLUGIN = {"BATCH_SIZE": 3}
        factories.make_learners(course_key, 4)
        before_counting(lambda: CourseEnrollment.objects.filter(course_id=course_key).update(is_active=False) and None)
        told = []
        building.build_report(start_run(course_key), on_progress=lambda done, total: told.append((done, total)))
        assert told == [(0, 0), (3, 3), (4, 4)]


class FullStorage(FileSystemStorage):
    """A report store on a disk that is full."""

    def _save(self, name, content):
        raise OSError(errno.ENOSPC, "No space left on device")


class TestWhenSomethingBreaks:
    @pytest.fixture(autouse=True)
    def _temporary_files(self, tmp_path, monkeypatch):
        self.temporary = tmp_path / "temporary"
        self.temporary.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(self.temporary))

    def failure(self, run, on_progress=lambda done, total: None):
        with pytest.raises(ReportFailed) as caught:
            building.build_report(run, on_progress=on_progress)
        assert ReportFile.objects.count() == 0
        assert list(self.temporary.rglob("*")) == [], "learners' data was left on the worker's disk"
        return caught.value.code

    @pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (OperationalError(2013, "Lost connection; value 'Ada'"), "database"),
            (InterfaceError("value 'Ada'"), "database"),
            (OperationalError(1213, "Deadlock; value 'Ada'"), "database_busy"),
            (DatabaseError("value 'Ada'"), "unexpected"),
            (OSError("disk"), "storage"),
        ],
    )
    def test_half_way(self, course_key, settings, caplog, file_format, error, code):
        settings.LEARNER_DATA_PLUGIN = {"BATCH_SIZE": 2}
        factories.make_learners(course_key, 6)

        def on_progress(done, total):
            if done == 4:
                raise error

        assert self.failure(start_run(course_key, file_format=file_format), on_progress) == code
        assert f"course {course_key}" in caplog.text
        assert f"{type(error).__name__}\n" in caplog.text
        assert "test_building.py" in caplog.text
        assert "Ada" not in caplog.text

    @pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
    def test_given_up_meanwhile(self, course_key, file_format):
        factories.make_learners(course_key, 3)
        run = start_run(course_key, file_format=file_format)

        def on_progress(done, total):
            if done:
                raise ReportFailed("superseded")

        assert self.failure(run, on_progress) == "superseded"

    def test_report_store_is_full(self, course_key, settings):
        settings.GRADES_DOWNLOAD = {
            "STORAGE_CLASS": f"{__name__}.FullStorage", "STORAGE_KWARGS": {"location": str(self.temporary.parent / "full")}
        }  # fmt: skip
        factories.make_learners(course_key, 3)
        assert self.failure(start_run(course_key)) == "storage"

    def test_column_is_private_by_now(self, course_key, settings):
        run = start_run(course_key, selection=Selection(columns=("id", "email")))
        settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["email"]}
        assert self.failure(run) == "selection_outdated"

    def test_column_of_the_order_is_private_by_now(self, course_key, settings):
        run = start_run(course_key, selection=Selection(sort="email"))
        settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["email"]}
        assert self.failure(run) == "selection_outdated"

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"report": "somebody_elses"}, "report_unavailable"), ({"file_format": "ods"}, "format_unavailable")],
    )
    def test_report_or_format_is_of_a_plugin_that_is_gone(self, course_key, change, code):
        run = start_run(course_key)
        ReportRun.objects.update(**change)
        assert self.failure(ReportRun.objects.get(pk=run.pk)) == code

    def test_package_of_the_format_is_gone(self, course_key, monkeypatch):
        run = start_run(course_key, file_format="xlsx")
        monkeypatch.setattr("learner_data_plugin.export.xlsx.find_spec", lambda name: None)
        assert self.failure(run) == "format_unavailable"

    @pytest.mark.parametrize(
        ("gone", "code"),
        [("the entry", "earlier_gone"), ("the file", "earlier_gone"), ("damaged", "earlier_gone"), ("a folder", "storage")],
    )
    def test_report_that_it_is_made_from_cannot_be_read(self, course_key, gone, code):
        earlier = build(course_key)
        run = start_run(course_key)
        ReportRun.objects.filter(pk=run.pk).update(report="changes", selection={"earlier": earlier.name})
        stored = Path(files.platform_api.report_store().storage.path(earlier.path))
        if gone == "the entry":
            earlier.delete()
        elif gone == "damaged":
            stored.write_bytes(b"something else")
        else:
            stored.unlink()
        if gone == "a folder":
            stored.mkdir()
        with pytest.raises(ReportFailed) as caught:
            building.build_report(ReportRun.objects.get(pk=run.pk), on_progress=lambda done, total: None)
        assert caught.value.code == code
        assert not ReportFile.objects.exclude(pk=earlier.pk).exists()

    def test_cohort_is_gone_by_now(self, course_key):
        assert self.failure(start_run(course_key, selection=Selection(cohort="Red"))) == "selection_outdated"

    def test_course_has_grown_past_what_can_be_ordered(self, course_key, settings):
        run = start_run(course_key, selection=Selection(sort="name"))
        settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 2}
        factories.make_learners(course_key, 2)
        assert self.failure(run) == "selection_outdated"


def test_stored_path_is_not_to_be_guessed_and_not_in_the_platforms_list(course_key):
    first, second = build(course_key), build(course_key)
    random_parts = [re.search("/([0-9a-f]{32})/", file.path).group(1) for file in (first, second)]
    assert random_parts[0] != random_parts[1]
    assert first.name != second.name
    assert files.platform_api.report_store().links_for(course_key) == []


def test_queries_do_not_depend_on_the_number_of_learners():
    counts = []
    for number in (2, 80):
        course_key = factories.make_course()
        factories.make_learners(course_key, number, mode="verified")
        run = start_run(course_key)
        with CaptureQueriesContext(connection) as captured:
            building.build_report(run, on_progress=lambda done, total: None)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_the_garbage_collector_rests_meanwhile_and_is_then_as_it_was(course_key, fails, is_on):
    seen = []

    def on_progress(done, total):
        seen.append(gc.isenabled())
        if fails:
            raise ReportFailed("superseded")

    run = start_run(course_key)
    if not is_on:
        gc.disable()
    try:
        with suppress(ReportFailed):
            building.build_report(run, on_progress=on_progress)
        assert gc.isenabled() is is_on
    finally:
        gc.enable()
    assert not any(seen)
    assert seen


# Within a transaction a report is read on its connection, where MySQL's driver holds all rows at once.
@pytest.mark.django_db(transaction=connection.vendor == "mysql")
@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize("report", ["profile", "anonymized_ids"])
def test_memory_does_not_grow_with_the_number_of_learners(course_key, settings, report, file_format):
    """Ten times the learners: what may grow is the index (4 bytes each)."""
    settings.LEARNER_DATA_PLUGIN = {"BATCH_SIZE": 250}
    build(course_key, report=report, file_format=file_format)  # imports and caches
    peaks = []
    for number in (500, 4_500):
        factories.make_learners(course_key, number)
        gc.collect()
        tracemalloc.start()
        file = build(course_key, report=report, file_format=file_format)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert file.rows == 5_000
    # Their rows alone, held as Python objects, would be more than two megabytes.
    assert peaks[1] - peaks[0] < 500_000, peaks
