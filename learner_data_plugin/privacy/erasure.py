"""Taking learners who were retired or deleted out of the stored reports, many of them at once.

Which reports hold a learner is answered by their index (:mod:`learner_index`). Where that cannot say, the platform's enrollment
rows do, which retirement keeps.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from .. import audit
from ..data import Actor
from ..engagement import forgetting
from ..exceptions import ReportChanged, ReportDamaged, ReportNotFound, frames
from ..export.base import get_format
from ..models import Erasure, ReportFile, ReportRun
from ..platform import api as platform_api
from ..platform import clock
from ..reports import deletion, files, learner_index, report_store
from ..schedules import forgetting as schedules
from . import disclosures

log = logging.getLogger(__name__)

ERASURE = Actor(None, "retirement")
"""Who the audit says took a learner out of a report."""

FORGOTTEN = "[erased]"
"""Stands where something was searched for that may have been an erased learner's name."""

DESTROYED = "destroyed"
"""What the audit says of a report from which no row could be taken out."""

_ACCOUNTS_AT_ONCE = 1_000
_CLAIM = timedelta(minutes=10)
"""Whoever claimed an erasure and has not done it by then is taken for lost; that two do the same does no harm."""

_ROWS_AT_ONCE = 500
_ATTEMPTS = 10


def add(user_id: int, *, everywhere: bool = False) -> None:
    """Record that an account is to be in no report any more; the stored ones have yet to be gone through.

    An account whose enrollments are gone as well is looked for ``everywhere``.
    """
    moment = clock.now()
    _erasure, is_new = Erasure.objects.get_or_create(user_id=user_id, defaults={"created": moment, "everywhere": everywhere})
    if everywhere and not is_new:
        Erasure.objects.filter(user_id=user_id).update(everywhere=True, done=None, claimed=None)


def add_missed() -> int:
    """Record the accounts that the platform retired while this plugin was not there; returns how many."""
    missed = platform_api.retired_accounts().exclude(pk__in=Erasure.objects.values("user_id"))
    number = 0
    while user_ids := list(missed.values_list("pk", flat=True)[:_ROWS_AT_ONCE]):
        moment = clock.now()
        rows = [Erasure(user_id=user_id, created=moment, everywhere=True) for user_id in user_ids]
        number += len(Erasure.objects.bulk_create(rows, ignore_conflicts=True))
    return number


def look_everywhere() -> None:
    """Have whoever was erased since the last time looked for in the reports of all courses.

    At first only those of the courses that they are enrolled in are gone through, which costs little. Enrollments can be gone
    by then: deleting a custom course (CCX) deletes them, and operators can.
    """
    Erasure.objects.filter(everywhere=False).update(everywhere=True, done=None)


def erase_pending() -> int:
    """Take all accounts whose erasure is pending out of the stored reports; returns how many reports were changed or destroyed.

    What is recorded of what they did is deleted.

    A report with such learners is stored again without their rows; where they cannot be told apart (no id column, or a format
    that cannot leave rows out) it is destroyed. So is one whose content is gone or is not what was stored. Each is recorded in
    the audit. What fails otherwise, as a storage does at times, stays pending, and nobody is given the report until then. Each
    call claims what it does, so that any number of them do it once.
    """
    start = Erasure.objects.filter(done=None).values_list(clock.Now(), flat=True).first()
    changed, failed = 0, set[int]()
    while start and (claimed := _claim(start)):
        user_ids, everywhere = claimed
        number, incomplete = _erase(user_ids, everywhere=everywhere)
        changed += number
        failed |= incomplete
        Erasure.objects.filter(user_id__in=user_ids - incomplete).update(done=clock.now(), claimed=None)
    Erasure.objects.filter(user_id__in=failed).update(claimed=None)
    return changed


@transaction.atomic
def _claim(start: datetime) -> tuple[set[int], bool] | None:
    """Claim some of the erasures that nobody had claimed when this call began."""
    free = Erasure.objects.filter(Q(claimed=None) | Q(claimed__lt=start - _CLAIM), done=None)
    first = free.order_by("everywhere", "pk").first()
    if first is None:
        return None
    alike = free.filter(everywhere=first.everywhere).select_for_update().order_by("pk")
    user_ids = set(alike.values_list("user_id", flat=True)[:_ACCOUNTS_AT_ONCE])
    Erasure.objects.filter(user_id__in=user_ids).update(claimed=clock.now())
    return user_ids, first.everywhere


def _erase(user_ids: set[int], *, everywhere: bool) -> tuple[int, set[int]]:
    """Take accounts out of the stored reports; returns how many were changed, and the accounts with which that failed."""
    course_keys = None if everywhere else _courses_of(user_ids)
    _await_reports_being_stored()
    for user_id in user_ids:
        forgetting.forget_learner(user_id)
        if not everywhere:
            disclosures.forget(user_id, disclosures.courses_of(user_id))
    if everywhere:
        disclosures.forget_everywhere(user_ids)
    changed, failed = 0, set[int]()
    for (file_id,) in _rows(ReportFile.objects.all(), course_keys):
        try:
            changed += _erase_from(file_id, user_ids)
        except Exception as error:  # of the storage, the database, or a format of another plugin; it is tried again
            log.error("Erasure from report %s failed: %s\n%s", file_id, type(error).__name__, frames(error))
            failed |= user_ids  # which of them, the database may not say at this moment
    _forget_searches(course_keys)
    audit.pseudonymize_refusals(user_ids)
    schedules.forget_accounts(user_ids, by=ERASURE)
    return changed, failed


def _courses_of(user_ids: set[int]) -> list[CourseKey]:
    enrollments = platform_api.CourseEnrollment.objects.filter(user_id__in=user_ids)
    return list(enrollments.order_by().values_list("course_id", flat=True).distinct())


def _await_reports_being_stored() -> None:
    """Wait for the transactions in which reports are being stored: they may have begun before the erasures were there to see.

    The next ones will see them, see ``files.store``.
    """
    for run_id in list(ReportRun.objects.filter(slot__isnull=False).values_list("pk", flat=True)):
        with transaction.atomic():
            ReportRun.objects.select_for_update().filter(pk=run_id).first()


def _rows(rows: QuerySet, course_keys: list[CourseKey] | None, *fields: str) -> Iterator[tuple[Any, ...]]:
    """Number and fields of the rows of these courses, or of all; some at a time, as drivers of MySQL hold whole answers."""
    parts = [rows]
    if course_keys is not None:
        starts = range(0, len(course_keys), _ROWS_AT_ONCE)
        parts = [rows.filter(course_id__in=course_keys[start : start + _ROWS_AT_ONCE]) for start in starts]
    for part in parts:
        last = 0
        while some := list(part.filter(pk__gt=last).order_by("pk").values_list("pk", *fields)[:_ROWS_AT_ONCE]):
            yield from some
            last = some[-1][0]


def _erase_from(file_id: int, user_ids: set[int]) -> bool:
    """Take accounts out of a report; whether it was changed. Raises ReportChanged if others go on changing it."""
    for attempt in range(1, _ATTEMPTS + 1):
        # Read anew: others may be taken out of the same report at this moment.
        file = ReportFile.objects.filter(pk=file_id, withdrawn=None).select_related("run").first()
        held = set() if file is None else files.held_by(file, user_ids)
        if file is None or not held:
            return False
        try:
            return _rewrite(file, held)
        except ReportChanged:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(min(2.0, 0.05 * 2**attempt))
    raise AssertionError("unreachable")


def _rewrite(file: ReportFile, held: set[int]) -> bool:
    def enter(changed: ReportFile) -> None:
        learner_index.forget(changed, held)
        audit.record(audit.Action.ERASED, changed.course_id, by=ERASURE, file=changed, detail="rewritten")

    column = files.id_column(file.run, file.columns)
    if column is None:
        return _destroy(file)
    try:
        with report_store.fetched(file) as content, TemporaryFile(prefix="learner_data_") as kept:
            cells = {str(user_id) for user_id in held}
            removed = get_format(file.run.file_format).copy_without(content, kept, column=column, cells=cells)
            if removed:
                files.replace_content(file, kept, rows=file.rows - removed, in_transaction=enter)
            return bool(removed)
    except (ReportNotFound, ReportDamaged) as error:
        if not ReportFile.objects.filter(pk=file.pk, path=file.path, withdrawn=None).exists():
            raise ReportChanged from None
        log.error("Report %s of course %s is destroyed: %s.", file.pk, file.course_id, type(error).__name__)
        return _destroy(file)


def _destroy(file: ReportFile) -> bool:
    deletion.remove(file, audit.Action.ERASED, by=ERASURE, detail=DESTROYED)
    return True


def _forget_searches(course_keys: list[CourseKey] | None) -> None:
    """Forget what was searched for in reports of these courses; not in those that still have to be begun, which need it."""
    begun = ReportRun.objects.filter(Q(slot=None) | Q(started__isnull=False)).exclude(selection={})
    for run_id, selection in _rows(begun, course_keys, "selection"):
        forgotten: dict[str, Any] = {"search": FORGOTTEN} if selection.get("search", FORGOTTEN) != FORGOTTEN else {}
        forgotten |= {"usernames": []} if selection.get("usernames") else {}
        if forgotten:
            ReportRun.objects.filter(pk=run_id).update(selection={**selection, **forgotten})
