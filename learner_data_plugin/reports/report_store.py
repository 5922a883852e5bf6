"""Content in the platform's report store: kept under a path nobody can guess, and for nobody but the LMS to read."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from opaque_keys.edx.keys import CourseKey

from ..exceptions import ReportDamaged, ReportFailed, ReportNotFound, StorageUnavailable
from ..models import ReportFile
from ..platform import api as platform_api
from ..platform.short_names import short_name

log = logging.getLogger(__name__)

FOLDER = "learner_data"
_PRIVATE = 0o600


def new_path(course_key: CourseKey, name: str) -> str:
    """Return a path for a report of this name.

    The name itself is kept with the report's entry, where it can have letters and lengths that storages do not take. With a
    folder of its own the platform's own report list, which needs a lesser permission, does not show the file.
    """
    parent = f"{FOLDER}/{short_name(str(course_key))}/{secrets.token_hex(16)}"
    return platform_api.report_store().path_to(course_key, f"report{PurePosixPath(name).suffix}", parent)


def save(path: str, content: IO[bytes]) -> str:
    """Store content; returns where, which the storage decides. Raises ReportFailed; nothing is left behind then."""
    try:
        return _adapted(platform_api.report_store().storage).save(path, File(content))
    except Exception as error:
        # A storage's error can quote paths and answers of the service; its kind is enough to find it in the service's log.
        log.error("The report store refused a file: %s.", type(error).__name__)
        discard(path)
        raise ReportFailed("storage") from None


def open_file(file: ReportFile) -> IO[bytes]:
    """Open a stored report for reading. Raises ReportNotFound if its content is gone, or StorageUnavailable."""
    try:
        return platform_api.report_store().storage.open(file.path)
    except FileNotFoundError:
        log.warning("Report file %s of course %s is missing from the report store.", file.pk, file.course_id)
        raise ReportNotFound from None
    except Exception as error:
        kind = type(error).__name__
        log.error("The report store did not open report %s of course %s: %s.", file.pk, file.course_id, kind)
        raise StorageUnavailable from None


@contextmanager
def fetched(file: ReportFile) -> Iterator[IO[bytes]]:
    """Open a copy of a stored report on this machine's disk.

    Raises ReportNotFound if its content is gone, ReportDamaged if something else stands there, and StorageUnavailable, or
    whatever the storage raises, if it cannot be told.
    """
    with TemporaryFile(prefix="learner_data_") as copied:
        with open_file(file) as content:
            shutil.copyfileobj(content, copied)
        sha256, size = measure(copied)
        if sha256 != file.sha256:
            # All that is there was read, or else reading broke off.
            is_all = size == platform_api.report_store().storage.size(file.path)
            raise ReportDamaged if is_all else StorageUnavailable
        yield copied


def delete(path: str) -> None:
    """Remove content, which may raise anything. Content that is gone already is no error."""
    storage = platform_api.report_store().storage
    storage.delete(path)
    if isinstance(storage, FileSystemStorage):
        with suppress(OSError):
            Path(storage.path(path)).parent.rmdir()  # it was this file's alone


def discard(path: str) -> bool:
    """Remove content that no report speaks of; False if the storage refuses, which is noted."""
    try:
        delete(path)
    except Exception as error:
        log.warning("An unfinished report could not be removed from the report store: %s.", type(error).__name__)
        return False
    return True


def measure(content: Any) -> tuple[str, int]:
    """Return hash and size of a file, and put it back to its start."""
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    size = content.seek(0, os.SEEK_END)  # of a file in memory that does not move it
    content.seek(0)
    return digest, size


def _adapted(storage: Any) -> Any:
    """Return the storage as it is to keep learners' data: another one, since the platform shares its own.

    An S3 storage as it is sends ten parts of 8 MB at once, and holds them all in memory. One on disk lets everybody on the
    machine read its files, unless its own settings say otherwise.
    """
    config = getattr(storage, "transfer_config", None)
    if getattr(config, "use_threads", False):
        storage = copy(storage)
        storage.transfer_config = copy(config)
        storage.transfer_config.use_threads = False
    elif isinstance(storage, FileSystemStorage) and getattr(storage, "_file_permissions_mode", None) is None:
        storage = copy(storage)
        storage.file_permissions_mode = _PRIVATE
    return storage
