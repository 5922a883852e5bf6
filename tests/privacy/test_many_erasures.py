"""Many learners retire beside many stored reports while others are made; ``tests/benchmarks/erasures.py`` does it in full."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from lms.djangoapps.instructor_task.models import ReportStore

from learner_data_plugin.models import AuditRecord, Erasure, LearnerIndex, ReportFile, ReportRun
from learner_data_plugin.privacy import erasure
from learner_data_plugin.reports import building
from tests import factories
from tests.reading import build, rows_of, start_run

FORMATS = ("csv", "xlsx", "jsonl")
LEARNERS, REPORTS, ERASED = 300, 9, 60


def ids_in(file):
    _header, *rows = rows_of(file)
    assert len(rows) == file.rows
    return {int(row[0]) for row in rows}


def test_nobody_is_left_and_no_report_is_lost(course_key, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "BATCH_SIZE": 50}
    user_ids = factories.make_learners(course_key, LEARNERS)
    reports = ("profile", "anonymized_ids")
    stored = [build(course_key, report=reports[n % 2], file_format=FORMATS[n % 3]) for n in range(REPORTS)]
    leaving = iter(user_ids[::5])

    def on_progress(_done, _total):
        """At each step of each report somebody goes; now and then a worker takes out whoever is waiting."""
        user_id = next(leaving, None)
        if user_id is not None:
            erasure.add(user_id)
            if user_id % 4 == 0:
                erasure.erase_pending()

    made = [building.build_report(start_run(course_key, file_format=n), on_progress=on_progress) for n in FORMATS]
    for user_id in leaving:
        erasure.add(user_id)
    erasure.erase_pending()

    erased = set(user_ids[::5])
    assert len(erased) == ERASED
    files = list(ReportFile.objects.select_related("run"))
    assert {file.pk for file in files} == {file.pk for file in (*stored, *made)}
    for file in files:
        assert ids_in(file) == set(user_ids) - erased
    assert not ReportRun.objects.exclude(failure="").exists()
    assert not AuditRecord.objects.filter(action="erased", detail="destroyed").exists()
    root = Path(ReportStore.from_config("GRADES_DOWNLOAD").storage.location)
    assert {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()} == {file.path for file in files}
    assert not Erasure.objects.filter(done=None).exists()


def test_each_report_is_stored_again_once_for_all_who_wait(course_key, instructor):
    user_ids = factories.make_learners(course_key, 40)
    file = factories.make_report(course_key, instructor)
    for user_id in user_ids[:30]:
        erasure.add(user_id)
    assert erasure.erase_pending() == 1
    assert AuditRecord.objects.filter(action="erased").count() == 1
    assert ids_in(ReportFile.objects.select_related("run").get(pk=file.pk)) == set(user_ids[30:])


@pytest.mark.parametrize("file_format", FORMATS)
def test_memory_does_not_grow_with_the_report(file_format, course_key):
    """Nor do the indexes of other reports stand in memory together."""
    peaks = []
    for number in (400, 2_400):
        course = factories.make_course()
        user_ids = factories.make_learners(course, number)
        build(course, file_format=file_format)
        erasure.add(user_ids[7])
        tracemalloc.start()
        assert erasure.erase_pending() == 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 700_000


def test_memory_does_not_grow_with_the_number_of_reports(course_key, instructor):
    user_ids = factories.make_learners(course_key, 3)
    peaks = []
    for number in (2, 20):
        factories.make_stored_files(course_key, number, instructor)
        for file in ReportFile.objects.filter(learner_index=None):
            LearnerIndex.objects.create(file=file, key_check=b"\0" * 16, digests=b"\0" * 1_000_000)
        erasure.add(factories.make_user().pk, everywhere=True)
        tracemalloc.start()
        assert erasure.erase_pending() == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert user_ids
    assert peaks[1] < peaks[0] + 500_000
