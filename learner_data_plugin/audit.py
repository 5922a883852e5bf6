"""The record of who did what with learner data: added to, never changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from .data import Actor, AuditAction
from .models import AuditRecord, ReportFile, ReportRun
from .spreadsheets import guard

Action = AuditAction

REFUSAL_SECONDS = 600


def record(
    action: AuditAction,
    course_key: CourseKey,
    *,
    by: Actor,
    columns: Sequence[str] = (),
    rows: int | None = None,
    file: ReportFile | None = None,
    report: str = "",
    file_format: str = "",
    detail: str = "",
) -> AuditRecord:
    """Add a record (1 query). A ``file`` brings its own report, format, name, columns, rows and hash."""
    facts = {"report": report, "file_format": file_format, "columns": list(columns), "rows": rows}
    if file is not None:
        facts = {
            "report": file.run.report,
            "file_format": file.run.file_format,
            "file_name": file.name,
            "columns": file.columns,
            "rows": file.rows,
            "sha256": file.sha256,
        }
    return AuditRecord.objects.create(
        action=action,
        course_id=course_key,
        user_id=by.user_id,
        username=by.username,
        address=by.address[:45],
        detail=detail[:64],
        **facts,
    )


def record_refusal(course_key: CourseKey, *, by: Actor, detail: str) -> None:
    """Add a record of an account that was refused; of the same again within REFUSAL_SECONDS one is enough (2 queries).

    Anyone can be refused as often as they like, and would otherwise fill the record and bury what else is in it.
    """
    since = timezone.now() - timedelta(seconds=REFUSAL_SECONDS)
    same = AuditRecord.objects.filter(action=Action.REFUSED, user_id=by.user_id, course_id=course_key, detail=detail[:64])
    if not same.filter(address=by.address[:45], created__gt=since).exists():
        record(Action.REFUSED, course_key, by=by, detail=detail)


def record_run(
    run: ReportRun, action: AuditAction, *, file: ReportFile | None = None, detail: str = ""
) -> AuditRecord:
    """Add a record of what became of a requested report, in the name of whoever asked for it."""
    requester = run.requester
    by = Actor(run.requester_id, requester.username if requester else "", run.address)
    return record(
        action, run.course_id, by=by, file=file, report=run.report, file_format=run.file_format, detail=detail
    )


_CSV_FIELDS = (
    "created",
    "action",
    "course_id",
    "user_id",
    "username",
    "address",
    "report",
    "file_format",
    "file_name",
    "columns",
    "rows",
    "sha256",
    "detail",
)


def find(
    *,
    course_key: CourseKey | None = None,
    username: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
) -> QuerySet[AuditRecord]:
    """Return the records that match everything given, oldest first."""
    wanted = {"course_id": course_key, "username": username, "action": action, "created__gte": since}
    given = {field: value for field, value in wanted.items() if value is not None}
    return AuditRecord.objects.filter(**given).order_by("id")


def as_csv(records: QuerySet[AuditRecord]) -> Iterator[str]:
    """Yield records as lines of a CSV file, header first; nothing in it is taken for a formula."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(_CSV_FIELDS)
    for record_ in records.iterator(chunk_size=2_000):
        yield line.getvalue()
        line.seek(0)
        line.truncate()
        writer.writerow([_csv_cell(getattr(record_, field)) for field in _CSV_FIELDS])
    yield line.getvalue()


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return guard(" ".join(value) if isinstance(value, list) else str(value))
