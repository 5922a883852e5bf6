"""The anonymized IDs of everyone who ever enrolled in a course, as the platform gives them out."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from contextlib import closing

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from opaque_keys.edx.keys import CourseKey

from ..export.base import Batch
from ..platform import api as platform_api
from ..platform.deadlocks import retry_on_deadlock
from ..platform.streaming import begun_at_once, read_in_order

HEADER = ("User ID", "Anonymized User ID", "Course Specific Anonymized User ID")
"""The platform's own header of this file."""


def count_ever_enrolled(course_key: CourseKey) -> int:
    """Count everyone who ever enrolled, those who left included (1 query)."""
    return _enrollments(course_key).count()


@begun_at_once
def read_anonymous_ids(course_key: CourseKey, *, batch_size: int) -> Generator[Batch]:
    """Yield user ID, site-wide and course-specific anonymized ID of everyone who ever enrolled, by user ID.

    Stored IDs are read (of several, the newest, as the platform does; 1 query); missing ones are created and stored, also when
    another process does the same (at most 2 queries a batch). Must not run inside a transaction that a database error would
    spoil.
    """
    stored = _enrollments(course_key).order_by("user_id").values_list("user_id", stored_id(None), stored_id(course_key))
    with closing(read_in_order(stored, size=batch_size)) as reading:
        yield []
        for rows in reading:
            user_ids, site_wide, of_course = zip(*rows, strict=True)
            yield [user_ids, complete_ids(user_ids, site_wide, None), complete_ids(user_ids, of_course, course_key)]


def accounts_of(ids: Sequence[str]) -> dict[str, int]:
    """Return the account of each of these IDs that is stored (1 query)."""
    rows = platform_api.AnonymousUserId.objects.filter(anonymous_user_id__in=ids)
    return dict(rows.values_list("anonymous_user_id", "user_id"))


def stored_id(course: CourseKey | OuterRef | None) -> Subquery:
    """An expression for the stored ID of an enrollment's account: for a course, or for None the site-wide one."""
    ids = platform_api.AnonymousUserId.objects.filter(course_id=course, user_id=OuterRef("user_id"))
    return Subquery(ids.order_by("-id").values("anonymous_user_id")[:1])


def complete_ids(user_ids: Sequence[int], ids: Sequence[str | None], course_key: CourseKey | None) -> list[str]:
    """Return the stored IDs of these accounts with those that are missing, which are stored as well (1 query, if any)."""
    people = list(zip(user_ids, ids, strict=True))
    made = {user_id: _new_id(user_id, course_key) for user_id, stored in people if stored is None}
    if made:
        _store(made, course_key)
    return [made[user_id] if stored is None else stored for user_id, stored in people]


def _enrollments(course_key: CourseKey) -> QuerySet:
    return platform_api.CourseEnrollment.objects.filter(course_id=course_key)


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
    retry_on_deadlock(lambda: model.objects.bulk_create(rows, ignore_conflicts=True))
