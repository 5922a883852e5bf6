"""Deleting what has been kept for long enough."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from .. import audit, configuration
from ..audit import seals
from ..data import Actor
from ..engagement import coverage, forgetting
from ..engagement.periods import midnight
from ..exceptions import frames
from ..models import AuditRecord, ReportFile, ReportRun
from ..reports import deletion, files, stale_runs
from ..schedules import forgetting as schedules
from . import erasure, name_requests

log = logging.getLogger(__name__)

RETENTION = Actor(None, "retention")
"""Who the audit says deleted an expired report."""


@dataclass(frozen=True)
class Removed:
    """How much one round of retention removed; ``learner_days`` are days of courses."""

    files: int
    audit_records: int
    learner_days: int = 0


def remove_expired(*, now: datetime | None = None) -> Removed:
    """Delete the reports and audit records of every course that are older than its site keeps them. Harmless to repeat.

    What lost workers have left in the report store goes too, erasures are finished, and the days of the audit that are over are
    sealed. What fails is logged and does not keep the rest from being done.
    """
    now = now or timezone.now()
    for step in (stale_runs.clear_all, erasure.add_missed, erasure.look_everywhere, erasure.erase_pending, seals.seal):
        _attempt(step)
    # Each file is of a run. One without is dated by its own creation; what was searched for in it is personal data too.
    of_runs = ReportRun.objects.order_by().values_list("course_id", flat=True).distinct()
    of_records = AuditRecord.objects.order_by().values_list("course_id", flat=True).distinct()
    files = sum(_attempt(remove_expired_files, course_key, now=now) or 0 for course_key in sorted(of_runs, key=str))
    records = sum(_attempt(_remove_old_records, course_key, now) or 0 for course_key in sorted(of_records, key=str))
    if coverage.is_recording():
        _attempt(coverage.enter_sign)  # a site without a visitor all day is told from one that recorded nothing
    days = _attempt(forgetting.forget_old_days, now) or 0
    return Removed(files=files, audit_records=records, learner_days=days)


def remove_expired_files(course_key: CourseKey, *, now: datetime | None = None) -> int:
    """Delete the expired reports of a course, and withdrawn ones of any age; returns how many.

    What the storage refuses to delete is tried again the next time. A run is kept for as long as it knows of content in the
    store.
    """
    expiry = files.expiry(course_key, now=now)
    due = Q(withdrawn__isnull=False) if expiry is None else Q(withdrawn__isnull=False) | Q(created__lte=expiry)
    expired = ReportFile.objects.filter(due, course_id=course_key)
    removed = sum(deletion.remove(file, audit.Action.EXPIRED, by=RETENTION) for file in expired)
    if expiry is not None:
        ended = ReportRun.objects.filter(course_id=course_key, slot=None, file=None, stored_path="")
        ended.filter(created__lte=expiry).delete()
    return removed


def _remove_old_records(course_key: CourseKey, now: datetime) -> int:
    """Delete old audit records, whole days at a time: the seal of a day holds for what a course has of it, or has not."""
    records, removed = AuditRecord.objects.filter(course_id=course_key), 0
    for setting, some, refused in (
        ("AUDIT_RETENTION_DAYS", records.exclude(action=audit.Action.REFUSED), False),
        ("REFUSALS_RETENTION_DAYS", records.filter(action=audit.Action.REFUSED), True),
    ):
        days = configuration.days(setting, org=course_key.org)
        if not days:
            continue
        day = (now - timedelta(days=days)).astimezone(UTC).date()
        with transaction.atomic():
            moment = midnight(day)
            told_again = "" if refused else seals.purge_of_refusals(course_key, older_than=moment)
            if number := some.remove_older_than(moment):
                detail = seals.purged_before(day, refused=refused)
                audit.record(audit.Action.PURGED, course_key, by=RETENTION, rows=number, detail=detail)
                removed += number
            if told_again:
                audit.record(audit.Action.PURGED, course_key, by=RETENTION, rows=0, detail=told_again)
    if days := configuration.days("AUDIT_RETENTION_DAYS", org=course_key.org):
        name_requests.remove_older_than(course_key, now - timedelta(days=days))
        schedules.remove_older_than(course_key, now - timedelta(days=days))
    return removed


def _attempt(step: Callable[..., int | None], *arguments: Any, **named: Any) -> int | None:
    try:
        return step(*arguments, **named)
    except Exception as error:
        log.error("Retention, %s: %s\n%s", step.__name__, type(error).__name__, frames(error))
        return None
