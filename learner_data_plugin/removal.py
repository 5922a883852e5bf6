"""Removing stored reports for good, each with the audit record that proves it."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from . import audit, report_files
from .data import Actor, AuditAction
from .models import ReportFile

log = logging.getLogger(__name__)


def remove(file: ReportFile, action: AuditAction, *, by: Actor, detail: str = "") -> bool:
    """Delete a report's content, then its entry together with the audit record of ``action``.

    False if the storage refused: the report is withdrawn then, which the audit says, nobody gets to see it any more, and
    retention tries again with each round.
    """
    try:
        report_files.delete_content(file)
    except Exception as error:  # (storages raise what they like)
        kind = type(error).__name__
        log.error("The report store refused to delete report %s of course %s: %s.", file.pk, file.course_id, kind)
        _withdraw(file, action, by)
        return False
    with transaction.atomic():
        is_removed = ReportFile.objects.filter(pk=file.pk, path=file.path).delete()[0]
        if is_removed:
            audit.record(action, file.course_id, by=by, file=file, detail=detail)
    # Where it is still there it was stored again meanwhile, in another place.
    again = None if is_removed else ReportFile.objects.select_related("run").filter(pk=file.pk).first()
    return again is None or remove(again, action, by=by, detail=detail)


def _withdraw(file: ReportFile, action: AuditAction, by: Actor) -> None:
    with transaction.atomic():
        # Only the first refusal is recorded.
        if ReportFile.objects.filter(pk=file.pk, withdrawn=None).update(withdrawn=timezone.now()):
            audit.record(AuditAction.WITHDRAWN, file.course_id, by=by, file=file, detail=action.value)
