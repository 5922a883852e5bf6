"""Adding to the record: each function adds one, in the transaction of its caller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from edx_django_utils.ip import get_safest_client_ip
from opaque_keys.edx.keys import CourseKey

from ..data import Actor, AuditAction
from ..models import AuditRecord, ReportFile, ReportRun

Action = AuditAction

LABELS = {
    AuditAction.REQUESTED: _("Report requested"),
    AuditAction.GENERATED: _("Report generated"),
    AuditAction.FAILED: _("Report failed"),
    AuditAction.CANCELLED: _("Report canceled"),
    AuditAction.CANCELLATION_REFUSED: _("Cancellation refused"),
    AuditAction.DOWNLOADED: _("Report downloaded"),
    AuditAction.LISTED: _("Learners listed"),
    AuditAction.ANONYMIZED_IDS: _("Anonymized IDs downloaded"),
    AuditAction.REFUSED: _("Refused"),
    AuditAction.DELETED: _("Report deleted"),
    AuditAction.DELETION_REFUSED: _("Deletion refused"),
    AuditAction.EXPIRED: _("Report expired"),
    AuditAction.ERASED: _("Learner erased from report"),
    AuditAction.WITHDRAWN: _("Report withdrawn, its deletion still refused by the storage"),
    AuditAction.PREVIEWED: _("Anonymized IDs of a file counted"),
    AuditAction.DEANONYMIZED: _("File deanonymized"),
    AuditAction.PSEUDONYMIZED: _("File pseudonymized"),
    AuditAction.NAMES_REQUESTED: _("Names for a file requested"),
    AuditAction.NAMES_GRANTED: _("Names for a file granted"),
    AuditAction.NAMES_DECLINED: _("Names for a file declined"),
    AuditAction.PURGED: _("Old audit records removed"),
    AuditAction.SCHEDULED: _("Recurring report set up"),
    AuditAction.UNSCHEDULED: _("Recurring report deleted"),
    AuditAction.SCHEDULE_PAUSED: _("Recurring report paused"),
    AuditAction.SCHEDULE_RESUMED: _("Recurring report resumed"),
    AuditAction.SCHEDULE_STOPPED: _("Recurring report stopped"),
}
"""What each action is called for people."""


def actor_of(request: Any) -> Actor:
    """Return account and address of a request; the address is the one the platform trusts behind its proxies."""
    user = request.user
    is_head = request.method == "HEAD"
    return Actor(user.pk, user.get_username(), get_safest_client_ip(request) or "", without_content=is_head)


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
    sha256: str = "",
    detail: str = "",
    purpose: str = "",
) -> AuditRecord:
    """Add a record (1 query). A ``file`` brings its own report, format, name, columns, rows, hash and purpose.

    What somebody asked for with HEAD, who got nothing but its size, has the detail ``HEAD``.
    """
    facts = {"report": report, "file_format": file_format, "columns": list(columns), "rows": rows, "sha256": sha256}
    if file is not None:
        facts = {
            "report": file.run.report,
            "file_format": file.run.file_format,
            "file_name": file.name,
            "columns": file.columns,
            "rows": file.rows,
            "sha256": file.sha256,
        }
        purpose = file.run.purpose
    return AuditRecord.objects.create(
        action=action,
        course_id=course_key,
        user_id=by.user_id,
        username=by.username,
        address=by.address[:45],
        detail=(detail or ("HEAD" if by.without_content else ""))[:64],
        purpose=purpose[:255],
        **facts,
    )


def record_run(
    run: ReportRun, action: AuditAction, *, by: Actor | None = None, file: ReportFile | None = None, detail: str = ""
) -> AuditRecord:
    """Add a record of what became of a requested report, in the name of whoever asked for it: who that is may be said."""
    if by is None:
        by = Actor(run.requester_id, run.requester.username if run.requester else "", run.address)
    return record(
        action,
        run.course_id,
        by=by,
        file=file,
        report=run.report,
        file_format=run.file_format,
        detail=detail,
        purpose=run.purpose,
    )
