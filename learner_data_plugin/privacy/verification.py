"""Whether a file was made here and is unchanged, from its SHA-256: known as long as the audit is kept."""

from __future__ import annotations

import re

from django.db.models import Q
from opaque_keys.edx.keys import CourseKey

from ..data import AuditAction, VerifiedFile
from ..exceptions import FileChanged, FileNotFromHere
from ..models import AuditRecord, Disclosure
from .erasure import DESTROYED

MADE = (
    AuditAction.GENERATED,
    AuditAction.ANONYMIZED_IDS,
    AuditAction.DEANONYMIZED,
    AuditAction.PSEUDONYMIZED,
    AuditAction.ERASED,
)
"""Actions after which there is a file of the recorded hash; none is after an erasure that destroyed it."""

_COPY = re.compile(r" ?\(\d+\)(?=\.[^.]+\Z)")
"""What browsers put into the name of a second download."""


def verify(sha256: str, *, course_key: CourseKey | None = None, name: str = "") -> VerifiedFile:
    """Return what is known of the file with this hash, made in a course or (None) anywhere on the site.

    A byte order mark before a CSV that a browser downloaded is no change. Raises FileChanged if there is a file of this name
    with another hash, or FileNotFromHere (2 queries, and 1 more for a name).
    """
    here = {} if course_key is None else {"course_id": course_key}
    marked = Disclosure.objects.filter(marked_sha256=sha256).values("record")
    made = AuditRecord.objects.filter(action__in=MADE, **here).exclude(sha256="")
    records = made.exclude(action=AuditAction.ERASED, detail=DESTROYED).order_by("id")
    record = records.filter(Q(sha256=sha256) | Q(pk__in=marked)).select_related("disclosure").first()
    if record is None:
        if name and records.filter(file_name=_COPY.sub("", name)).exists():
            raise FileChanged
        raise FileNotFromHere
    disclosure = getattr(record, "disclosure", None)
    return VerifiedFile(
        what=record.report or record.action,
        course_key=record.course_id,
        file_name=record.file_name,
        created=record.created,
        made_by=record.username,
        rows=record.rows,
        columns=tuple(record.columns),
        selection=disclosure.selection if disclosure else {},
        without_erased=record.action == AuditAction.ERASED,
    )
