"""Keyed index of whose data was handed out: answers one account at a time, for as long as the audit record is kept.

For each learner there are four bytes of a hash, keyed with the site's secret key and a salt of the disclosure's own. They
stand in parts by account number, so that looking for one learner reads one part of each disclosure.
"""

from __future__ import annotations

import codecs
import hashlib
import hmac
import secrets
from array import array
from collections.abc import Sequence
from typing import IO, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from opaque_keys.edx.keys import CourseKey

from .. import audit, permissions
from ..data import Actor, AuditAction
from ..models import AuditRecord, Disclosure, DisclosurePart
from . import learner_index

LEARNERS_IN_PART = 1_000
_PARTS_AT_ONCE = 500
_PIECE_BYTES = 64_000


class Disclosed:
    """Collects whose data a file holds, while about ``expected`` learners are written to it."""

    def __init__(self, expected: int) -> None:
        self.salt = secrets.token_bytes(16)
        self._key = key_of(self.salt)
        self._parts = [array("I") for _part in range(max(1, -(-expected // LEARNERS_IN_PART)))]

    def add(self, user_ids: Sequence[int]) -> None:
        parts, number = [part.append for part in self._parts], len(self._parts)
        for user_id, digest in zip(user_ids, learner_index.digests_of(self._key, user_ids), strict=True):
            parts[user_id % number](digest)

    def store(self, record: AuditRecord, *, user: Any, **facts: Any) -> None:
        """Store the index with the role of an account, if there is one, and what else is told (2 queries, 1 for the role)."""
        disclosure = Disclosure.objects.create(
            record=record,
            role=permissions.role_of(user, record.course_id) if user else "",
            salt=self.salt,
            key_check=learner_index.check_of(self._key),
            parts=len(self._parts),
            **facts,
        )
        parts = [
            DisclosurePart(disclosure=disclosure, part=part, digests=digests.tobytes())
            for part, digests in enumerate(self._parts)
            if digests
        ]
        DisclosurePart.objects.bulk_create(parts, batch_size=_PARTS_AT_ONCE)


@transaction.atomic
def record_file(
    action: AuditAction,
    course_key: CourseKey,
    content: IO[bytes],
    disclosed: Disclosed,
    *,
    by: Actor,
    rows: int,
    columns: Sequence[str],
    file_format: str = "",
    detail: str = "",
    **told: Any,
) -> None:
    """Record a file that is handed out at once, whose data it holds, and its hash; it is read from its start, and rewound."""
    sha256, marked = hash_of(content), hash_of(content, before=codecs.BOM_UTF8)
    record = audit.record(
        action,
        course_key,
        by=by,
        rows=rows,
        columns=columns,
        file_format=file_format,
        sha256=sha256,
        detail=detail,
        purpose=str(told.get("purpose", "")),
    )
    user = get_user_model().objects.filter(pk=by.user_id).first()
    disclosed.store(record, user=user, marked_sha256=marked, **told)


def hash_of(content: IO[bytes], *, before: bytes = b"") -> str:
    """The SHA-256 of a file, from its start, with these bytes before it; the file is rewound."""
    content.seek(0)
    digest = hashlib.sha256(before)
    while piece := content.read(_PIECE_BYTES):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()


def key_of(salt: bytes) -> bytes:
    """The key of a disclosure's hashes."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"learner_data_plugin.disclosure." + salt, "sha256")
