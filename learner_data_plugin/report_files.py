"""Finished reports in the platform's report storage: stored under a path nobody can guess, listed and served from here."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import IO, Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from . import audit, configuration, platform_api, report_runs
from .data import AuditAction, FileFormat, Report, StoredReport
from .deadlocks import retried
from .exceptions import ReportChanged, ReportFailed, ReportNotFound, StorageUnavailable
from .learner_index import Digests
from .models import ReportFile, ReportRun

log = logging.getLogger(__name__)

STEMS = {Report.PROFILE: "student_profile_info", Report.ANONYMIZED_IDS: "anonymized_ids"}
"""What the platform calls these reports in file names and in its tracking events."""

FOLDER = "learner_data"
_NAMES_TRIED = 50


def file_name(course_key: CourseKey, report: Report, file_format: FileFormat, made: datetime, number: int = 1) -> str:
    """``{org}_{course}_{run}_{stem}_{YYYY-MM-DD-HHMM}.{format}`` (UTC); ``number`` tells apart files of one minute."""
    again = f"_{number}" if number > 1 else ""
    prefix = platform_api.file_name_prefix(course_key)
    return f"{prefix}_{STEMS[report]}_{made.astimezone(UTC):%Y-%m-%d-%H%M}{again}.{file_format}"


def store(run: ReportRun, content: IO[bytes], *, rows: int, columns: list[str], digests: Digests) -> ReportFile:
    """Store a run's file with the index of its learners and its audit record, and end the run: all or nothing.

    ``content`` is read from its start. Raises ReportFailed: ``storage`` if the report store refuses the file, ``superseded`` if
    the run was given up meanwhile; nothing is left behind then.
    """
    sha256, size = _measure(content)
    made = datetime.now(UTC)
    path = _unguessable_path(run.course_id, _name(run, made))
    report_runs.announce_path(run, path)
    saved = _save(path, content)
    try:
        if saved != path:
            report_runs.announce_path(run, saved)
        return _record(run, made, digests, path=saved, size_bytes=size, sha256=sha256, rows=rows, columns=columns)
    except BaseException:
        discard(saved)
        raise


def store_again(file: ReportFile, content: IO[bytes], *, rows: int, entering: Callable[[ReportFile], object]) -> None:
    """Put new content in the place of a report's old one, which is deleted then.

    ``entering`` is called with the changed report in the transaction that enters it. What stands in the store without
    belonging to the report, the new content before and the old one after, is known to the report's run: should this process
    end or the storage refuse to delete, ``lost_runs.clear_all`` removes it. Raises ReportChanged if the report is no longer as
    ``file`` has it or is being stored again elsewhere, and ReportFailed; the report is as it was then.
    """
    sha256, size = _measure(content)
    old, path = file.path, _unguessable_path(file.course_id, file.name)
    run = ReportRun.objects.filter(pk=file.run_id)
    if not run.filter(stored_path__in=("", old)).update(stored_path=path):
        raise ReportChanged
    saved = ""

    @transaction.atomic
    def enter() -> None:
        if not run.filter(stored_path=path).update(stored_path=old):
            raise ReportChanged
        unchanged = ReportFile.objects.filter(pk=file.pk, path=old, withdrawn=None)
        if not unchanged.update(path=saved, sha256=sha256, size_bytes=size, rows=rows):
            raise ReportChanged
        file.refresh_from_db()
        entering(file)

    try:
        saved = _save(path, content)
        retried(enter)
    except BaseException:
        clear_away(file.run_id, path)
        if saved not in ("", path):
            discard(saved)
        raise
    clear_away(file.run_id, old)


def clear_away(run_id: int, path: str) -> None:
    """Remove content that belongs to no report; while the storage refuses, its run goes on knowing of it."""
    if discard(path):
        ReportRun.objects.filter(pk=run_id, stored_path=path).update(stored_path="")


def list_files(course_key: CourseKey) -> Any:
    """The course's stored reports, newest first, as a lazy queryset of ReportFile (1 query, no call to the storage).

    Expired and withdrawn ones are not among them, deleted already or not.
    """
    files = ReportFile.objects.filter(course_id=course_key, withdrawn=None).select_related("run__requester")
    if (expired := expiry(course_key)) is not None:
        files = files.filter(created__gt=expired)
    return files.order_by("-created", "-id")


def expiry(course_key: CourseKey, *, now: datetime | None = None) -> datetime | None:
    """Reports made until then have expired; None where the site keeps them for ever."""
    days = configuration.value("RETENTION_DAYS", org=course_key.org)
    return (now or timezone.now()) - timedelta(days=days) if days else None


def describe(file: ReportFile) -> StoredReport:
    """What is said about a stored report; ``requester`` is '' once the account is gone."""
    return StoredReport(
        name=file.name,
        report=Report(file.run.report),
        file_format=FileFormat(file.run.file_format),
        created=file.created,
        size_bytes=file.size_bytes,
        rows=file.rows,
        requester=file.run.requester.username if file.run.requester else "",
        is_selection=bool(file.run.selection),
    )


def get_file(course_key: CourseKey, name: str) -> ReportFile:
    """Return the stored report of this exact name. Raises ReportNotFound."""
    for file in list_files(course_key).filter(name=name):
        # Compared exactly, whatever the database's collation takes for the same.
        if file.name == name and file.course_id == course_key:
            return file
    raise ReportNotFound


def open_file(file: ReportFile) -> IO[bytes]:
    """Open a stored report for reading. Raises ReportNotFound if its content is gone, or StorageUnavailable."""
    try:
        return platform_api.report_store().storage.open(file.path, "rb")
    except FileNotFoundError:
        log.warning("Report file %s of course %s is missing from the report store.", file.pk, file.course_id)
        raise ReportNotFound from None
    except Exception as error:
        kind = type(error).__name__
        log.error("The report store did not open report %s of course %s: %s.", file.pk, file.course_id, kind)
        raise StorageUnavailable from None


def delete_content(file: ReportFile) -> None:
    """Remove a report's content from the storage, which may raise anything. Content that is gone already is no error."""
    platform_api.report_store().storage.delete(file.path)


def discard(path: str) -> bool:
    """Remove content that no report speaks of; False if the storage refuses, which is noted."""
    try:
        platform_api.report_store().storage.delete(path)
    except Exception as error:
        log.warning("An unfinished report could not be removed from the report store: %s.", type(error).__name__)
        return False
    return True


def _measure(content: Any) -> tuple[str, int]:
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    size = content.tell()
    content.seek(0)
    return digest, size


def _unguessable_path(course_key: CourseKey, name: str) -> str:
    # With a parent_dir the platform's own report list, which needs a lesser permission, does not show the file.
    course_folder = hashlib.sha1(str(course_key).encode(), usedforsecurity=False).hexdigest()
    parent = f"{FOLDER}/{course_folder}/{secrets.token_hex(16)}"
    return platform_api.report_store().path_to(course_key, name, parent)


def _save(path: str, content: IO[bytes]) -> str:
    try:
        return _with_one_upload_at_a_time(platform_api.report_store().storage).save(path, File(content))
    except Exception as error:
        # A storage's error can quote paths and answers of the service; its kind is enough to find it in the service's log.
        log.error("The report store refused a file: %s.", type(error).__name__)
        discard(path)
        raise ReportFailed("storage") from None


def _with_one_upload_at_a_time(storage: Any) -> Any:
    """An S3 storage as it is sends ten parts of 8 MB at once, and holds them all in memory."""
    config = getattr(storage, "transfer_config", None)
    if not getattr(config, "use_threads", False):
        return storage
    # The platform shares its storages: ours is another one.
    mine = copy(storage)
    mine.transfer_config = copy(config)
    mine.transfer_config.use_threads = False
    return mine


def _record(run: ReportRun, made: datetime, digests: Digests, **facts: Any) -> ReportFile:
    @transaction.atomic
    def enter(name: str) -> ReportFile:
        file = ReportFile.objects.create(run=run, course_id=run.course_id, name=name, **facts)
        digests.store(file)
        audit.record_run(run, AuditAction.GENERATED, file=file)
        if not report_runs.release(run):
            raise ReportFailed("superseded")
        return file

    for number in range(1, _NAMES_TRIED + 1):
        try:
            return retried(partial(enter, _name(run, made, number)))
        except IntegrityError:
            continue
    raise ReportFailed("storage")


def _name(run: ReportRun, made: datetime, number: int = 1) -> str:
    return file_name(run.course_id, Report(run.report), FileFormat(run.file_format), made, number)
