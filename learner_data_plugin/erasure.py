"""Taking a learner who is retired out of the stored reports.

Which reports hold a learner is answered by their index (:mod:`learner_index`). Where that cannot say, the platform's enrollment
rows do, which retirement keeps: a report of a course holds nobody who never enrolled there.
"""

from __future__ import annotations

import csv
import io
import logging
import time
from tempfile import TemporaryFile
from typing import IO

from django.db import DatabaseError
from opaque_keys.edx.keys import CourseKey

from . import anonymous_ids, audit, learner_index, platform_api, removal, report_files, report_runs, spreadsheets
from .data import Actor, FileFormat
from .exceptions import ReportChanged
from .models import PendingErasure, ReportFile, ReportRun

log = logging.getLogger(__name__)

ERASURE = Actor(None, "retirement")
"""Who the audit says took a learner out of a report."""

_INDEXES_IN_MEMORY = 20
_ATTEMPTS = 10
_ID_HEADERS = ("id", anonymous_ids.HEADER[0])
csv.field_size_limit(2**31 - 1)


def erase_learner(user_id: int) -> int:
    """Take a learner out of every stored report; returns how many reports were changed or destroyed. Harmless to repeat.

    A CSV with the learner's row is stored again without it; a file whose rows cannot be told apart (no id column, or XLSX) is
    destroyed. Each is recorded in the audit. What had been searched for in these courses is forgotten, and a report that is
    being made is given up, since it may hold the learner already.
    """
    enrollments = platform_api.CourseEnrollment.objects.filter(user_id=user_id)
    course_keys = list(enrollments.values_list("course_id", flat=True))
    for run in report_runs.give_up_all(course_keys, "learner_erased"):
        audit.record_run(run, audit.Action.FAILED, detail="learner_erased")
    changed, is_complete = 0, True
    files = ReportFile.objects.filter(withdrawn=None).select_related("run", "learner_index")
    for file in files.iterator(chunk_size=_INDEXES_IN_MEMORY):
        if _may_hold(file, user_id, course_keys):
            try:
                changed += _erase_from(file.pk, user_id, course_keys)
            except ReportChanged:
                log.error("Report %s of course %s is being stored again all the time.", file.pk, file.course_id)
                is_complete = False
    for run in ReportRun.objects.filter(course_id__in=course_keys, slot=None).exclude(selection={}).iterator():
        if run.selection.pop("search", ""):
            run.save(update_fields=["selection"])
    if is_complete:
        PendingErasure.objects.filter(user_id=user_id).delete()
    else:
        PendingErasure.objects.get_or_create(user_id=user_id)
    return changed


def erase_pending() -> int:
    """Erase the learners whose erasure was asked for and not done; returns how many there were."""
    user_ids = list(PendingErasure.objects.order_by("id").values_list("user_id", flat=True))
    for user_id in user_ids:
        erase_learner(user_id)
    return len(user_ids)


def _may_hold(file: ReportFile, user_id: int, course_keys: list[CourseKey]) -> bool:
    held = learner_index.holds(file, user_id)
    return file.course_id in course_keys if held is None else held


def _erase_from(file_id: int, user_id: int, course_keys: list[CourseKey]) -> bool:
    """Take a learner out of a report; whether it was changed. Raises ReportChanged if others go on changing it."""
    for attempt in range(1, _ATTEMPTS + 1):
        # Read anew: learners retire in numbers, and others may be taken out of the same report at this moment.
        file = ReportFile.objects.filter(pk=file_id, withdrawn=None).select_related("run", "learner_index").first()
        if file is None or not _may_hold(file, user_id, course_keys):
            return False
        try:
            return _rewrite(file, user_id)
        except ReportChanged:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(min(2.0, 0.05 * 2**attempt))
    raise AssertionError("unreachable")


def _rewrite(file: ReportFile, user_id: int) -> bool:
    def enter(changed: ReportFile) -> None:
        learner_index.forget(changed, user_id)
        audit.record(audit.Action.ERASED, changed.course_id, by=ERASURE, file=changed, detail="rewritten")

    try:
        if file.run.file_format != FileFormat.CSV or not set(_ID_HEADERS) & set(file.columns):
            return _destroy(file)
        with report_files.open_file(file) as content, TemporaryFile(prefix="learner_data_") as kept:
            removed = _copy_without(content, kept, user_id)
            if removed:
                report_files.store_again(file, kept, rows=file.rows - removed, entering=enter)
            return bool(removed)
    except (DatabaseError, ReportChanged):
        raise
    except Exception as error:
        if not ReportFile.objects.filter(pk=file.pk, path=file.path, withdrawn=None).exists():
            raise ReportChanged from None
        # Its content is gone, cannot be read or not be stored again. A report too few does less harm than a learner too many.
        log.error("Report %s of course %s could not be rewritten: %s.", file.pk, file.course_id, type(error).__name__)
        return _destroy(file)


def _copy_without(content: IO[bytes], kept: IO[bytes], user_id: int) -> int:
    rows = csv.reader(io.TextIOWrapper(content, encoding="utf-8", newline=""))
    text = io.TextIOWrapper(kept, encoding="utf-8", newline="")
    header = next(rows)
    place = next(number for number, name in enumerate(header) if name in _ID_HEADERS)
    writer = spreadsheets.csv_writer(text, header)
    removed = 0
    for row in rows:
        if row[place] == str(user_id):
            removed += 1
        else:
            writer.writerow(row)
    text.flush()
    text.detach()
    return removed


def _destroy(file: ReportFile) -> bool:
    removal.remove(file, audit.Action.ERASED, by=ERASURE, detail="destroyed")
    return True

