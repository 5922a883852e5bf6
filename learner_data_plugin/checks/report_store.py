"""Whether reports can be stored, and whether strangers could read them where they are stored."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from ..platform import api as platform_api
from ..reports.report_store import FOLDER

SETTING = platform_api.REPORT_STORE
_PUBLIC_HINT = (
    f"Keep {SETTING} where only the LMS and its workers can read: this plugin hands the files out itself and needs no public "
    "address for them. On S3 store them with default_acl 'private' and signed addresses; on disk choose a location outside of "
    "MEDIA_ROOT. Names of the platform's own reports there can be guessed; this plugin's have a random part."
)


def check_configuration(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A report store that the settings describe so that it cannot even be made; W002."""
    try:
        platform_api.report_store()
    except Exception as error:  # whatever a storage class raises
        return [
            checks.Warning(
                f"No report can be stored: the platform cannot make a storage out of the setting {SETTING} "
                f"({type(error).__name__}: {error}).",
                hint=f"Give {SETTING} a STORAGE_TYPE of 's3' or 'localfs', or of '' with a STORAGE_CLASS and STORAGE_KWARGS. "
                "None, which stands in the platform's common settings, is none of these.",
                id="learner_data_plugin.W002",
            )
        ]
    return []


def check_privacy(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A report store that hands files to whoever knows their address; W003 for each way in."""
    try:
        storage = platform_api.report_store().storage
    except Exception:  # said by check_configuration
        return []
    return [
        checks.Warning(
            f"Reports in the report store {SETTING} can be fetched without signing in, because {reason}.",
            hint=_PUBLIC_HINT,
            id="learner_data_plugin.W003",
        )
        for reason in _ways_in(storage)
    ]


def check_storing(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A report store that does not keep what it is given; E002. Stores a small file, reads it and deletes it."""
    content = b"Written by manage.py lms check --deploy; it can be deleted."
    try:
        storage = platform_api.report_store().storage
        path = storage.save(f"{FOLDER}/check-{secrets.token_hex(16)}.txt", ContentFile(content))
        try:
            with storage.open(path, "rb") as file:
                found = file.read()
        finally:
            storage.delete(path)
    except Exception as error:  # whatever a storage raises
        return [_not_stored(f"{type(error).__name__}: {error}")]
    return [] if found == content else [_not_stored("the file that was read is not the one that was stored")]


def _ways_in(storage: Any) -> Iterator[str]:
    acl = getattr(storage, "default_acl", None)
    if isinstance(acl, str) and acl.startswith("public"):
        yield f"files are stored with the ACL {acl!r} (default_acl of the storage, or AWS_DEFAULT_ACL)"
    if hasattr(storage, "bucket_name"):
        domain = getattr(storage, "custom_domain", None)
        if getattr(storage, "querystring_auth", True) is False:
            yield "their addresses are not signed (AWS_QUERYSTRING_AUTH), which only a bucket open to everyone answers"
        elif domain and getattr(storage, "cloudfront_signer", None) is None:
            yield f"they are also served from {domain} (custom_domain), whose addresses are never signed"
    if isinstance(storage, FileSystemStorage):
        yield from _ways_into_directory(storage)


def _ways_into_directory(storage: FileSystemStorage) -> Iterator[str]:
    location = Path(storage.location).resolve()
    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        served = getattr(settings, name, None)
        if served and location.is_relative_to(Path(served).resolve()):
            yield f"its directory {location} lies in {name}, which web servers hand out as it is"
            return
    if (getattr(settings, SETTING).get("STORAGE_KWARGS") or {}).get("base_url"):
        yield f"its directory {location} has a base_url, where web servers hand it out as it is"


def _not_stored(reason: str) -> checks.CheckMessage:
    return checks.Error(
        f"The report store {SETTING} does not keep what is stored in it ({reason}).",
        hint="Check that the bucket or directory exists, and that the LMS and its workers may write, read and delete there.",
        id="learner_data_plugin.E002",
    )
