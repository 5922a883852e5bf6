"""Finding records, and writing them as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from ..export.csv import csv_lines
from ..models import AuditRecord

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
    "purpose",
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
    rows = records.iterator(chunk_size=2_000)
    return csv_lines(_CSV_FIELDS, ([_csv_cell(getattr(row, field)) for field in _CSV_FIELDS] for row in rows))


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return " ".join(value) if isinstance(value, list) else str(value)
