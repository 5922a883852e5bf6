"""Files that people bring along: from a file, or a list of IDs, to what is answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import IO, Any

from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..data import Actor, Preview, VerifiedFile
from ..models import NameRequest
from . import deanonymize as deanonymizing
from . import name_requests, verification
from . import pseudonymize as pseudonymizing
from .id_columns import is_id
from .tables.base import Table
from .tables.id_list import IdList
from .tables.opening import open_table

NAME_REQUESTS_SHOWN = 100


def preview_deanonymization(
    course_key: CourseKey, given: Any, *, id_column: str = "", kind: str = "", by: Actor
) -> Preview:
    """Count what a binary file of anonymized IDs, or a list of them, holds; raises what ``deanonymize`` raises."""
    return deanonymizing.preview(course_key, _question(course_key, given, id_column, kind), by=by)


def deanonymize(
    course_key: CourseKey,
    given: Any,
    *,
    id_column: str = "",
    kind: str = "",
    columns: Sequence[str] = ("username",),
    purpose: str,
    approval: str = "",
    by: Actor,
) -> deanonymizing.TableFile | NameRequest:
    """Return a binary file of anonymized IDs, or a list of them as CSV, with columns about their learners; it is not stored.

    Where the site wants SECOND_APPROVAL, the request for it is returned until somebody has granted it. Callers have checked
    :func:`permissions.can_deanonymize`. Raises UnreadableFile, FileTooLarge, FormatUnavailable, NoIdColumn, UnknownColumn and
    TooManyUnknownIds.
    """
    question = _question(course_key, given, id_column, kind)
    asked: dict[str, Any] = {"columns": columns, "purpose": purpose, "approval": approval, "by": by}
    request = deanonymizing.request_names(course_key, question, **asked)
    if request is None:
        return deanonymizing.deanonymize(course_key, question, **asked)
    if not request.granted:
        return request
    granted = {"purpose": request.purpose, "approval": request.approval, "granted_by": request.decided_by}
    return deanonymizing.deanonymize(course_key, question, **{**asked, **granted})


def list_name_requests(course_key: CourseKey) -> list[NameRequest]:
    """Return the requests for names of a course, newest first (1 query)."""
    return list(name_requests.requests_of(course_key)[:NAME_REQUESTS_SHOWN])


def decide_name_request(course_key: CourseKey, number: int, *, grant: bool, by: Actor) -> NameRequest:
    """Grant or decline the request of somebody else. Raises RequestNotFound or RequestUndecidable."""
    return name_requests.decide(course_key, number, grant=grant, by=by)


def pseudonymize(
    course_key: CourseKey, file: IO[bytes], *, kind: str = "course", column: str = "", by: Actor
) -> pseudonymizing.PseudonymizedFile:
    """Return a file with anonymized IDs in the place of its learners; it is not stored. Raises what ``deanonymize`` raises."""
    table = open_table(file, most_rows=_most_rows(course_key), is_value=lambda _cell: False)
    return pseudonymizing.pseudonymize(course_key, table, kind=kind, column=column, by=by)


def verify_file(course_key: CourseKey, sha256: str, *, name: str = "") -> VerifiedFile:
    """Return what is known of a file made in this course, stored or not. Raises FileNotFromHere, or its kind FileChanged."""
    return verification.verify(sha256, course_key=course_key, name=name)


def _question(course_key: CourseKey, given: Any, id_column: str, kind: str) -> deanonymizing.Question:
    table: Table
    if isinstance(given, list):
        table = IdList(given, most_rows=_most_rows(course_key), is_value=is_id)
        # As JSON, so that no other list and no file has the same: what was granted for one would hold for it.
        fingerprint = hashlib.sha256(b"list:" + json.dumps(given).encode()).hexdigest()
    else:
        given.seek(0)
        fingerprint = hashlib.file_digest(given, "sha256").hexdigest()
        table = open_table(given, most_rows=_most_rows(course_key), is_value=is_id)
    return deanonymizing.Question(table, fingerprint, id_column, kind)


def _most_rows(course_key: CourseKey) -> int:
    return configuration.value("DEANONYMIZE_MAX_ROWS", org=course_key.org)
