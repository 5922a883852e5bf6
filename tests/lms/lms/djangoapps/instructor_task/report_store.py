"""Where report files of courses are kept (the platform has these classes in ``models``)."""

from __future__ import annotations

import csv
import hashlib
import os.path
from collections.abc import Iterable
from io import StringIO
from typing import IO, Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from openedx.core.storage import get_storage

S3_STORAGE = "storages.backends.s3boto3.S3Boto3Storage"
LOCAL_STORAGE = "django.core.files.storage.FileSystemStorage"


class ReportStore:
    """Finds the report store that a setting describes."""

    @classmethod
    def from_config(cls, config_name: str) -> DjangoStorageReportStore:
        """Return the report store of a settings dictionary.

        Raises AttributeError for ``STORAGE_TYPE: None``, which is the platform's own default.
        """
        config = getattr(settings, config_name, {})
        storage_type = config.get("STORAGE_TYPE", "").lower()
        if storage_type == "s3":
            options = {
                "bucket_name": config["BUCKET"],
                "location": config["ROOT_PATH"],
                "custom_domain": config.get("CUSTOM_DOMAIN"),
                "querystring_expire": 300,
                "gzip": True,
            }
            return DjangoStorageReportStore(storage_class=S3_STORAGE, storage_kwargs=options)
        if storage_type == "localfs":
            return DjangoStorageReportStore(
                storage_class=LOCAL_STORAGE, storage_kwargs={"location": config["ROOT_PATH"]}
            )
        return DjangoStorageReportStore.from_config(config_name)


class DjangoStorageReportStore(ReportStore):
    """A report store on top of a Django storage, ``.storage``."""

    def __init__(self, storage_class: str | None = None, storage_kwargs: dict[str, Any] | None = None) -> None:
        self.storage = get_storage(storage_class, **(storage_kwargs or {}))

    @classmethod
    def from_config(cls, config_name: str) -> DjangoStorageReportStore:
        """Return the store with the storage class and arguments of a setting, or with the default storage."""
        config = getattr(settings, config_name)
        return cls(config.get("STORAGE_CLASS"), config.get("STORAGE_KWARGS"))

    def store(self, course_id: Any, filename: str, buff: IO[Any], parent_dir: str = "") -> None:
        """Store what the buffer holds; all of it is read into memory."""
        content = buff.read()
        if not isinstance(content, bytes):
            content = content.encode("utf-8")
        self.storage.save(self.path_to(course_id, filename, parent_dir), ContentFile(content))

    def store_rows(self, course_id: Any, filename: str, rows: Iterable[Iterable[Any]], parent_dir: str = "") -> None:
        """Store rows as CSV, every cell as ``str`` makes it."""
        buffer = StringIO(newline="")
        csv.writer(buffer).writerows([str(cell) for cell in row] for row in rows)
        buffer.seek(0)
        self.store(course_id, filename, buffer, parent_dir)

    def links_for(self, course_id: Any) -> list[tuple[str, str]]:
        """Return names and addresses of a course's files, the newest first; nothing if they cannot be listed."""
        directory = self.path_to(course_id)
        try:
            _, names = self.storage.listdir(directory)
        except (OSError, ClientError):
            return []
        paths = [(name, os.path.join(directory, name)) for name in names]
        paths.sort(key=lambda item: self.storage.get_modified_time(item[1]), reverse=True)
        return [(name, self.storage.url(path)) for name, path in paths]

    def path_to(self, course_id: Any, filename: str = "", parent_dir: str = "") -> str:
        """Return the path of a file: in the course's own directory, or in ``parent_dir`` if one is given."""
        directory = parent_dir or hashlib.sha1(str(course_id).encode("utf-8")).hexdigest()
        return os.path.join(directory, filename)
