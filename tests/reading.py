"""Reading learners and report files as the plugin's own callers do."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import Any

import openpyxl
from common.djangoapps.student.models import CourseEnrollment
from opaque_keys.edx.keys import CourseKey

from learner_data_plugin.columns.base import CATALOGUE, LearnerBatch, fields_for
from learner_data_plugin.data import Actor, Selection
from learner_data_plugin.export.base import Batch
from learner_data_plugin.learners import offered_columns, queries
from learner_data_plugin.models import ReportFile, ReportRun
from learner_data_plugin.reports import building, report_store, runs

NOBODY = Actor(None, "tests")

OF_AUTHZ = int(find_spec("openedx_authz") is not None)
"""Queries for each look at roles by which openedx-authz, where it is installed, sees whether what it remembers is of now."""


def read_learners(
    course_key: CourseKey, *keys: str, batch_size: int = 100, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """The course's learners, each a mapping from column key to cell; without keys in the columns the course offers."""
    columns = offered_columns.choose_columns(course_key, keys or None)
    selection = selection or Selection()
    rows = as_table(queries.read_learners(course_key, columns=columns, selection=selection, batch_size=batch_size))
    names = [column.key for column in columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


def batch_of(course_key: CourseKey, *user_ids: int) -> LearnerBatch:
    """Some of a course's enrollments with the stored values of all columns."""
    enrollments = CourseEnrollment.objects.filter(course_id=course_key, user_id__in=user_ids)
    fields = fields_for(list(CATALOGUE.values()))
    order = {row[fields.index("user_id")]: row for row in enrollments.values_list(*fields)}
    rows = [order[user_id] for user_id in user_ids]
    return LearnerBatch(course_key, enrollments, dict(zip(fields, zip(*rows, strict=True), strict=True)))


def as_table(batches: Iterable[Batch]) -> list[tuple[Any, ...]]:
    """The rows of batches."""
    return [row for batch in batches for row in zip(*batch, strict=True)]


def read_learner(course_key: CourseKey, *keys: str) -> dict[str, Any]:
    """The only learner of a course."""
    [learner] = read_learners(course_key, *keys)
    return learner


def claim_profile(course_key: CourseKey, user: Any) -> ReportRun:
    """A run of the plain profile report that an account has asked for and no worker has begun."""
    run = runs.claim(
        course_key,
        report="profile",
        file_format="csv",
        selection={},
        by=Actor(user.pk, user.username),
    )
    assert run is not None
    return run


def start_run(
    course_key: CourseKey,
    *,
    report: str = "profile",
    file_format: str = "csv",
    selection: Selection | None = None,
) -> ReportRun:
    """A run as a worker has it in hands."""
    run = runs.claim(
        course_key, report=report, file_format=file_format, selection=(selection or Selection()).stored(), by=NOBODY
    )
    assert run is not None
    return runs.start(run.pk, "a task")


def build(course_key: CourseKey, **chosen: Any) -> ReportFile:
    """The file of a report made now."""
    return building.build_report(start_run(course_key, **chosen), on_progress=lambda done, total: None)


def content_of(file: ReportFile) -> bytes:
    """What is stored of a report."""
    with report_store.open_file(file) as content:
        return content.read()


def page_data(answer: Any) -> dict[str, Any]:
    """What a page hands to its scripts."""
    data: dict[str, Any] = json.loads(html.unescape(re.search(r'data-learner-data="([^"]*)"', answer.content.decode())[1]))
    return data


def csv_rows(content: bytes) -> list[list[str]]:
    """Header and rows."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    """Cells of the first sheet; an empty one is None."""
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)]


def rows_of(file: ReportFile) -> list[list[Any]]:
    """Header and rows of a report file."""
    if file.run.file_format == "jsonl":
        rows = [json.loads(line) for line in content_of(file).splitlines()]
        assert all(list(row) == file.columns for row in rows)
        return [file.columns, *(list(row.values()) for row in rows)]
    reader = xlsx_rows if file.run.file_format == "xlsx" else csv_rows
    return reader(content_of(file))


def cells_of(file: ReportFile, column: str) -> Sequence[Any]:
    """The cells of one column, in the order of the rows."""
    header, *rows = rows_of(file)
    return [row[header.index(column)] for row in rows]
