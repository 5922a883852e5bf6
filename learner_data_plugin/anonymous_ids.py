"""The anonymized IDs of everyone who ever enrolled in a course, as the platform gives them out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db.models import QuerySet
from opaque_keys.edx.keys import CourseKey

from . import platform_api
from .deadlocks import retried
from .row_order import KeyedBatch
from .stored_rows import read_batches

HEADER = ("User ID", "Anonymized User ID", "Course Specific Anonymized User ID")
"""The platform's own header of this file."""


def count_ever_enrolled(course_key: CourseKey) -> int:
    """Count everyone who ever enrolled, those who left included (1 query)."""
    return _enrollments(course_key).count()


def read_anonymous_ids(course_key: CourseKey, *, batch_size: int, expected: int) -> Iterator[KeyedBatch]:
    """Yield user ID, site-wide and course-specific anonymized ID of everyone who ever enrolled, to be sorted by user ID.

    ``expected`` is about how many these are. Stored IDs are read (of several, the newest, as the platform does); missing ones
    are created and stored, also when another process does the same. Per batch there are 2 queries, and at most 2 more where
    IDs are missing. Must not run inside a transaction that a database error would spoil.
    """
    for enrollments, rows in read_batches(_enrollments(course_key), ("user_id",), batch_size=batch_size, expected=expected):
        user_ids = [user_id for _id, user_id in rows]
        keys = [user_id.to_bytes(8, "big") for user_id in user_ids]
        yield keys, [user_ids, _ids(enrollments, user_ids, None), _ids(enrollments, user_ids, course_key)]


def _enrollments(course_key: CourseKey) -> QuerySet:
    return platform_api.CourseEnrollment.objects.filter(course_id=course_key)


def _ids(enrollments: QuerySet, user_ids: Sequence[int], course_key: CourseKey | None) -> list[str]:
    stored = platform_api.AnonymousUserId.objects.filter(course_id=course_key)
    rows = stored.filter(user_id__in=enrollments.values("user_id"))
    # The platform takes the newest of several: a later row replaces an earlier one here.
    ids = dict(rows.order_by("id").values_list("user_id", "anonymous_user_id"))
    missing = [user_id for user_id in user_ids if user_id not in ids]
    if missing:
        made = {user_id: _new_id(user_id, course_key) for user_id in missing}
        _store(made, course_key)
        ids |= made
    return [ids[user_id] for user_id in user_ids]


def _new_id(user_id: int, course_key: CourseKey | None) -> str:
    """The ID that ``anonymous_id_for_user`` makes for someone who has none; the same on every call."""
    digest = hashlib.shake_128()
    digest.update(settings.SECRET_KEY.encode("utf8"))
    digest.update(str(user_id).encode("utf8"))
    if course_key:
        digest.update(str(course_key).encode("utf8"))
    return digest.hexdigest(16)


def _store(ids: dict[int, str], course_key: CourseKey | None) -> None:
    model = platform_api.AnonymousUserId
    # Rows are inserted in the order of the unique index, so that two processes doing the same seldom deadlock.
    rows = [
        model(user_id=user_id, course_id=course_key, anonymous_user_id=anonymous_id)
        for user_id, anonymous_id in sorted(ids.items(), key=lambda item: item[1])
    ]
    retried(lambda: model.objects.bulk_create(rows, ignore_conflicts=True))
