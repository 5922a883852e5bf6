"""Finished reports: entered together with their content, listed and served from here."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from .. import audit, configuration
from ..data import AuditAction, StoredReport
from ..exceptions import ReportChanged, ReportFailed, ReportNotFound, UnknownFormat, UnknownReport
from ..export.base import get_format
from ..learners.erased import erased_since
from ..models import Erasure, ReportFile, ReportRun
from ..platform import api as platform_api
from ..platform.deadlocks import retry_on_deadlock
from . import learner_index, report_store, runs
from .base import Report, get_report
from .disclosures import Disclosed, hash_of
from .learner_index import Digests
from .visibility import Roles, visible_files

_NAMES_TRIED = 50
_NAME_BYTES = 255
"""Longer names are refused by file systems."""


def file_name(run: ReportRun, made: datetime, number: int = 1) -> str:
    """``{org}_{course}_{run}_{stem}_{YYYY-MM-DD-HHMM}.{extension}`` (UTC); ``number`` tells apart files of one name.

    The course is shortened where the name would have more than 255 bytes.
    """
    again = f"_{number}" if number > 1 else ""
    part = get_report(run.report).file_name_part(run.selection, made=made)
    rest = f"_{part}{again}.{get_format(run.file_format).extension}"
    prefix = platform_api.file_name_prefix(run.course_id).encode()[: _NAME_BYTES - len(rest.encode())]
    return prefix.decode("utf-8", "ignore") + rest


def enter(
    run: ReportRun,
    content: IO[bytes],
    *,
    rows: int,
    columns: list[str],
    digests: Digests,
    disclosed: Disclosed,
    numbers: Mapping[str, int] | None = None,
) -> ReportFile:
    """Store a run's file with the indexes of its learners and its audit record, and end the run: all or nothing.

    ``content`` is read from its start. Raises ReportFailed: ``storage`` if the report store refuses the file, ``superseded`` or
    ``cancelled`` if the run was ended meanwhile, ``learner_erased`` if it holds somebody who was erased meanwhile and cannot be
    taken out again; nothing is left behind then. Who can be is taken out by ``privacy.erasure``, before anybody is given the
    file.
    """
    sha256, size = report_store.measure(content)
    marked = hash_of(content, before=codecs.BOM_UTF8) if get_format(run.file_format).takes_byte_order_mark else ""
    made = datetime.now(UTC)
    path = report_store.new_path(run.course_id, file_name(run, made))
    runs.announce_path(run, path, rows=rows)
    saved = report_store.save(path, content)
    try:
        if saved != path:
            runs.announce_path(run, saved, rows=rows)
        facts = {"path": saved, "size_bytes": size, "sha256": sha256, "rows": rows, "columns": columns}
        facts["numbers"] = dict(numbers or {})
        return _record(run, made, digests, disclosed, marked, **facts)
    except BaseException:
        if not _is_entered(run.pk, saved):
            report_store.discard(saved)
        raise


def replace_content(
    file: ReportFile, content: IO[bytes], *, rows: int, in_transaction: Callable[[ReportFile], object]
) -> None:
    """Put new content in the place of a report's old one, which is deleted then.

    ``in_transaction`` is called with the changed report in the transaction that enters it. What stands in the store without
    belonging to the report, the new content before and the old one after, is known to the report's run: should this process
    end or the storage refuse to delete, ``stale_runs.clear_all`` removes it. Raises ReportChanged if the report is no longer as
    ``file`` has it or is being stored again elsewhere, and ReportFailed; the report is as it was then.
    """
    sha256, size = report_store.measure(content)
    old, path = file.path, report_store.new_path(file.course_id, file.name)
    run = ReportRun.objects.filter(pk=file.run_id)
    if not run.filter(stored_path__in=("", old), clearing=False).update(stored_path=path):
        raise ReportChanged
    saved = ""

    @transaction.atomic
    def enter() -> None:
        if not run.filter(stored_path=path, clearing=False).update(stored_path=old):
            raise ReportChanged
        unchanged = ReportFile.objects.filter(pk=file.pk, path=old, withdrawn=None)
        if not unchanged.update(path=saved, sha256=sha256, size_bytes=size, rows=rows):
            raise ReportChanged
        file.refresh_from_db()
        in_transaction(file)

    try:
        saved = report_store.save(path, content)
        retry_on_deadlock(enter)
    except BaseException:
        if not _is_entered(file.run_id, saved):
            clear_away(file.run_id, path)
            if saved not in ("", path):
                report_store.discard(saved)
        raise
    clear_away(file.run_id, old)


def clear_away(run_id: int, path: str) -> None:
    """Remove content that belongs to no report; while the storage refuses, its run goes on knowing of it."""
    if report_store.discard(path):
        ReportRun.objects.filter(pk=run_id, stored_path=path).update(stored_path="", clearing=False)


def held_by(file: ReportFile, user_ids: Collection[int]) -> set[int]:
    """Those of these accounts that a report may hold: says its index, or else enrollments in its course (1 or 2 queries)."""
    held = learner_index.held(file, user_ids) if user_ids else set()
    if held is None:
        enrollments = platform_api.CourseEnrollment.objects.filter(course_id=file.course_id, user_id__in=user_ids)
        held = set(enrollments.values_list("user_id", flat=True))
    return held


def id_column(run: ReportRun, columns: list[str]) -> str | None:
    """The column by which learners are taken out of a run's file; None where that cannot be done."""
    try:
        column, file_format = get_report(run.report).id_column, get_format(run.file_format)
    except (UnknownReport, UnknownFormat):  # of a plugin that is gone
        return None
    return column if column in columns and file_format.can_leave_out_rows else None


def list_files(course_key: CourseKey, *, roles: Roles = None) -> Any:
    """The course's stored reports, newest first, as a lazy queryset of ReportFile (1 query, no call to the storage).

    Expired and withdrawn ones are not among them, deleted already or not, nor those that an account with these roles may not
    see (:mod:`.visibility`).
    """
    files = ReportFile.objects.filter(course_id=course_key, withdrawn=None).select_related("run__requester")
    files = visible_files(files, roles)
    if (expired := expiry(course_key)) is not None:
        files = files.filter(created__gt=expired)
    return files.order_by("-created", "-id")


def expiry(course_key: CourseKey, *, now: datetime | None = None) -> datetime | None:
    """Reports made until then have expired; None where the site keeps them for ever."""
    days = configuration.days("RETENTION_DAYS", org=course_key.org)
    return (now or timezone.now()) - timedelta(days=days) if days else None


def describe(file: ReportFile) -> StoredReport:
    """What is said about a stored report; ``requester`` is '' once the account is gone."""
    report = _find_report(file.run)
    return StoredReport(
        name=file.name,
        report=file.run.report,
        file_format=file.run.file_format,
        created=file.created,
        size_bytes=file.size_bytes,
        rows=file.rows,
        requester=file.run.requester.username if file.run.requester else "",
        is_selection=report is not None and report.is_partial(file.run.selection),
        has_codebook=report is not None and report.has_codebook,
        title=file.run.report if report is None else str(report.label),
        contents=() if report is None else tuple(report.contents(file.course_id, file.run.selection)),
        changes=file.numbers if file.run.report == "changes" else None,
    )


def get_file(course_key: CourseKey, name: str, *, roles: Roles = None) -> ReportFile:
    """Return the stored report of this exact name. Raises ReportNotFound, also for one that these roles may not see."""
    for file in list_files(course_key, roles=roles).filter(name=name):
        # Compared exactly, whatever the database's collation takes for the same.
        if file.name == name and file.course_id == course_key:
            return file
    raise ReportNotFound


def _record(
    run: ReportRun, made: datetime, digests: Digests, disclosed: Disclosed, marked: str, **facts: Any
) -> ReportFile:
    @transaction.atomic
    def enter(name: str) -> ReportFile:
        # First: until this transaction ends, an erasure waits for the run before it looks which files there are.
        if not runs.release(run):
            raise ReportFailed(runs.end_of(run))
        _leave_to_erasure(run, digests.held(erased_since(run.created)), facts["columns"])
        file = ReportFile.objects.create(run=run, course_id=run.course_id, name=name, **facts)
        digests.store(file)
        record = audit.record_run(run, AuditAction.GENERATED, file=file)
        selection = _without_search(run.selection)
        disclosed.store(record, user=run.requester, selection=selection, marked_sha256=marked, purpose=run.purpose)
        return file

    number = 1
    for _attempt in range(_NAMES_TRIED):
        name = file_name(run, made, number)
        try:
            return retry_on_deadlock(partial(enter, name))
        except IntegrityError:
            stem = PurePosixPath(file_name(run, made)).stem
            alike = ReportFile.objects.filter(course_id=run.course_id, name__startswith=stem)
            number = max(number, alike.count()) + 1
    raise ReportFailed("storage")


def _is_entered(run_id: int, path: str) -> bool:
    """Whether a report has this content although its transaction failed, as when the connection is lost while it is committed.

    True where the database cannot say either: the run knows of the content then, and it is cleared away later.
    """
    try:
        return ReportFile.objects.filter(run_id=run_id, path=path).exists()
    except DatabaseError:
        return True


def _leave_to_erasure(run: ReportRun, erased: set[int], columns: list[str]) -> None:
    """Have learners who were erased while the report was made taken out of it, before anybody is given it."""
    if not erased:
        return
    if id_column(run, columns) is None:
        raise ReportFailed("learner_erased")
    # Everywhere: whoever is not enrolled any more is not looked for in this course.
    Erasure.objects.filter(user_id__in=erased).update(done=None, claimed=None, everywhere=True)


def _without_search(selection: dict[str, Any]) -> dict[str, Any]:
    """What was chosen; of a search, whose text may be somebody's name, only that there was one, of learners their number."""
    shown = {name: value for name, value in selection.items() if name != "columns"}
    return {
        **shown,
        **({"search": True} if shown.get("search") else {}),
        **({"usernames": len(shown["usernames"])} if "usernames" in shown else {}),
    }


def _find_report(run: ReportRun) -> Report | None:
    try:
        return get_report(run.report)
    except UnknownReport:  # of a plugin that is gone; its files are still there
        return None
