"""Reading learners and report files as the plugin's own callers do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

import openpyxl
from opaque_keys.edx.keys import CourseKey

from learner_data_plugin import column_choice, learners, report_files, report_runs, reports
from learner_data_plugin.data import Actor, FileFormat, Report, Selection
from learner_data_plugin.models import ReportFile, ReportRun
from learner_data_plugin.row_order import KeyedBatch

NOBODY = Actor(None, "tests")


def read_learners(
    course_key: CourseKey, *keys: str, batch_size: int = 100, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """The course's learners, each a mapping from column key to cell; without keys in the columns the course offers."""
    columns = column_choice.choose_columns(course_key, keys or None)
    selection = selection or Selection()
    expected = learners.count_learners(course_key, selection)
    rows = as_table(
        learners.read_learners(
            course_key, columns=columns, selection=selection, batch_size=batch_size, expected=expected
        )
    )
    names = [column.key for column in columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


def as_table(batches: Iterable[KeyedBatch]) -> list[tuple[Any, ...]]:
    """The rows of batches, put in the order of their keys."""
    rows = [
        (key, row) for keys, batch in batches for key, row in zip(keys, zip(*batch, strict=True), strict=True)
    ]
    return [row for _key, row in sorted(rows, key=itemgetter(0))]


def read_learner(course_key: CourseKey, *keys: str) -> dict[str, Any]:
    """The only learner of a course."""
    [learner] = read_learners(course_key, *keys)
    return learner


def claim_profile(course_key: CourseKey, user: Any) -> ReportRun:
    """A run of the plain profile report that an account has asked for and no worker has begun."""
    run = report_runs.claim(
        course_key,
        report=Report.PROFILE,
        file_format=FileFormat.CSV,
        selection=Selection(),
        by=Actor(user.pk, user.username),
    )
    assert run is not None
    return run


def start_run(
    course_key: CourseKey,
    *,
    report: Report = Report.PROFILE,
    file_format: FileFormat = FileFormat.CSV,
    selection: Selection | None = None,
) -> ReportRun:
    """A run as a worker has it in hands."""
    run = report_runs.claim(
        course_key, report=report, file_format=file_format, selection=selection or Selection(), by=NOBODY
    )
    assert run is not None
    return report_runs.start(run.pk, "a task")


def build(course_key: CourseKey, **chosen: Any) -> ReportFile:
    """The file of a report made now."""
    return reports.build_report(start_run(course_key, **chosen), on_progress=lambda done, total: None)


def content_of(file: ReportFile) -> bytes:
    """What is stored of a report."""
    with report_files.open_file(file) as content:
        return content.read()


def csv_rows(content: bytes) -> list[list[str]]:
    """Header and rows."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    """Cells of the first sheet; an empty one is None."""
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]


def rows_of(file: ReportFile) -> list[list[Any]]:
    """Header and rows of a report file."""
    reader = xlsx_rows if file.run.file_format == FileFormat.XLSX else csv_rows
    return reader(content_of(file))


def cells_of(file: ReportFile, column: str) -> Sequence[Any]:
    """The cells of one column, in the order of the rows."""
    header, *rows = rows_of(file)
    return [row[header.index(column)] for row in rows]
