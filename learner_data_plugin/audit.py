"""The record of who did what with learner data: added to, never changed."""

from __future__ import annotations

from collections.abc import Sequence

from opaque_keys.edx.keys import CourseKey

from .data import Actor
from .models import AuditRecord, ReportFile, ReportRun

Action = AuditRecord.Action


def record(
    action: AuditRecord.Action,
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


def record_run(
    run: ReportRun, action: AuditRecord.Action, *, file: ReportFile | None = None, detail: str = ""
) -> AuditRecord:
    """Add a record of what became of a requested report, in the name of whoever asked for it."""
    requester = run.requester
    by = Actor(run.requester_id, requester.username if requester else "", run.address)
    return record(
        action, run.course_id, by=by, file=file, report=run.report, file_format=run.file_format, detail=detail
    )
