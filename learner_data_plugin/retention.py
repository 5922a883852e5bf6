"""Deleting what has been kept for long enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from . import audit, configuration, lost_runs, removal, report_files
from .data import Actor
from .models import AuditRecord, ReportFile, ReportRun

RETENTION = Actor(None, "retention")
"""Who the audit says deleted an expired report."""


@dataclass(frozen=True)
class Removed:
    """How much one round of retention removed."""

    files: int
    audit_records: int


def remove_expired(*, now: datetime | None = None) -> Removed:
    """Delete the reports and audit records of every course that are older than its site keeps them. Harmless to repeat.

    What lost workers have left in the report store goes too.
    """
    now = now or timezone.now()
    lost_runs.clear_all()
    # A run without a file is dated by its own creation; what was searched for in it is personal data too.
    of_files = ReportFile.objects.order_by().values_list("course_id", flat=True).distinct()
    of_runs = ReportRun.objects.order_by().values_list("course_id", flat=True).distinct()
    of_records = AuditRecord.objects.order_by().values_list("course_id", flat=True).distinct()
    files = sum(remove_expired_files(course_key, now=now) for course_key in sorted({*of_files, *of_runs}, key=str))
    records = sum(_remove_old_records(course_key, now) for course_key in sorted(of_records, key=str))
    return Removed(files=files, audit_records=records)


def remove_expired_files(course_key: CourseKey, *, now: datetime | None = None) -> int:
    """Delete the expired reports of a course, and withdrawn ones of any age; returns how many.

    What the storage refuses to delete is tried again the next time.
    """
    expiry = report_files.expiry(course_key, now=now)
    due = Q(withdrawn__isnull=False) if expiry is None else Q(withdrawn__isnull=False) | Q(created__lte=expiry)
    files = ReportFile.objects.filter(due, course_id=course_key).select_related("run")
    removed = sum(removal.remove(file, audit.Action.EXPIRED, by=RETENTION) for file in files)
    if expiry is not None:
        ReportRun.objects.filter(course_id=course_key, slot=None, file=None, created__lte=expiry).delete()
    return removed


def _remove_old_records(course_key: CourseKey, now: datetime) -> int:
    days = configuration.value("AUDIT_RETENTION_DAYS", org=course_key.org)
    if not days:
        return 0
    return AuditRecord.objects.filter(course_id=course_key).remove_older_than(now - timedelta(days=days))
