"""Taking a learner who is retired out of the stored reports.

Which reports may hold a learner is answered by the platform's own enrollment rows, which retirement keeps: a report of a course
holds nobody who never enrolled there. An index of our own would only be one more record of who was where.
"""

from __future__ import annotations

import csv
import io
import logging
from tempfile import NamedTemporaryFile
from typing import IO

from django.db import transaction

from . import anonymous_ids, audit, platform_api, report_files, report_runs
from .data import Actor, FileFormat
from .exceptions import ReportNotFound
from .models import ReportFile, ReportRun

log = logging.getLogger(__name__)

ERASURE = Actor(None, "retirement")
"""Who the audit says took a learner out of a report."""

_ID_HEADERS = ("id", anonymous_ids.HEADER[0])
csv.field_size_limit(2**31 - 1)


def erase_learner(user_id: int) -> int:
    """Take a learner out of every stored report; returns how many reports were changed or destroyed. Harmless to repeat.

    A CSV with the learner's row is stored again without it; a file whose rows cannot be told apart (no id column, or XLSX) is
    destroyed. Each is recorded in the audit. What had been searched for in these courses is forgotten, and a report that is
    being made is given up, since it may hold the learner already.
    """
    courses = platform_api.CourseEnrollment.objects.filter(user_id=user_id).values_list("course_id", flat=True)
    course_keys = list(courses)
    for run in report_runs.give_up_all(course_keys, "learner_erased"):
        audit.record_run(run, audit.Action.FAILED, detail="learner_erased")
    changed = 0
    for file in ReportFile.objects.filter(course_id__in=course_keys).select_related("run__requester").iterator():
        changed += _erase_from(file, user_id)
    for run in ReportRun.objects.filter(course_id__in=course_keys, slot=None).exclude(selection={}).iterator():
        if run.selection.pop("search", ""):
            run.save(update_fields=["selection"])
    return changed


def _erase_from(file: ReportFile, user_id: int) -> bool:
    try:
        if file.run.file_format != FileFormat.CSV or not set(_ID_HEADERS) & set(file.columns):
            return _destroy(file)
        with report_files.open_file(file) as content, NamedTemporaryFile(prefix="learner_data_") as kept:
            removed = _copy_without(content, kept, user_id)
            if removed:
                _replace(file, kept, rows=file.rows - removed)
            return bool(removed)
    except ReportNotFound:
        # Nothing is stored under this entry any more.
        return _destroy(file)


def _copy_without(content: IO[bytes], kept: IO[bytes], user_id: int) -> int:
    rows = csv.reader(io.TextIOWrapper(content, encoding="utf-8", newline=""))
    text = io.TextIOWrapper(kept, encoding="utf-8", newline="")
    writer = csv.writer(text)
    header = next(rows)
    place = next(number for number, name in enumerate(header) if name in _ID_HEADERS)
    writer.writerow(header)
    removed = 0
    for row in rows:
        if row[place] == str(user_id):
            removed += 1
        else:
            writer.writerow(row)
    text.flush()
    text.detach()
    return removed


def _replace(file: ReportFile, content: IO[bytes], *, rows: int) -> None:
    old_path = file.path
    with transaction.atomic():
        report_files.store_again(file, content, rows=rows)
        audit.record(audit.Action.ERASED, file.course_id, by=ERASURE, file=file, detail="rewritten")
    report_files.discard(old_path)


def _destroy(file: ReportFile) -> bool:
    report_files.delete(file)
    audit.record(audit.Action.ERASED, file.course_id, by=ERASURE, file=file, detail="destroyed")
    return True

