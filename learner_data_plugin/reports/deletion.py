"""Removing stored reports for good, each with the audit record that proves it."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from .. import audit
from ..data import Actor, AuditAction
from ..models import ReportFile, ReportRun
from . import report_store

log = logging.getLogger(__name__)


def remove(file: ReportFile, action: AuditAction, *, by: Actor, detail: str = "") -> bool:
    """Delete a report's content, then its entry together with the audit record of ``action``.

    The report is withdrawn first: nobody gets to see it any more, and nobody stores it again. False if the storage refused,
    which the audit says; retention tries again with each round.
    """
    # Only the first refusal is recorded.
    is_first = ReportFile.objects.filter(pk=file.pk, withdrawn=None).update(withdrawn=timezone.now())
    claimed = ReportFile.objects.select_related("run").filter(pk=file.pk).first()
    if claimed is None:
        return True
    try:
        report_store.delete(claimed.path)
    except Exception as error:  # (storages raise what they like)
        kind = type(error).__name__
        log.error("The report store refused to delete report %s of course %s: %s.", file.pk, file.course_id, kind)
        if is_first:
            audit.record(AuditAction.WITHDRAWN, file.course_id, by=by, file=claimed, detail=action.value)
        return False
    with transaction.atomic():
        if ReportFile.objects.filter(pk=file.pk).delete()[0]:
            audit.record(action, file.course_id, by=by, file=claimed, detail=detail)
            ReportRun.objects.filter(pk=file.run_id, stored_path=claimed.path).update(stored_path="")
    return True
