"""Whether learners have verified their identity, decided as the platform decides it, for many at a time."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet, Value
from django.utils import timezone

from ..platform import api as platform_api
from ..platform.streaming import read_in_order
from .base import LearnerBatch

NOT_ASKED = "N/A"
VERIFIED = "ID Verified"
NOT_VERIFIED = "Not ID Verified"

# The platform takes the approved verification that was updated last; on a tie that of the earlier kind here, among photos the
# one created last, and of the others, which it does not put in order, the first stored. One without an expiry of its own
# expires some days after it was created, but for attempts. See IDVerificationService.user_is_verified.
_PHOTO, _ATTEMPT = 0, 3
_KINDS: tuple[tuple[Any, str], ...] = (
    (platform_api.SoftwareSecurePhotoVerification, "expiration_date"),
    (platform_api.SSOVerification, "expiration_date"),
    (platform_api.ManualVerification, "expiration_date"),
    (platform_api.VerificationAttempt, "expiration_datetime"),
)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


_ROWS_AT_ONCE = 2_000


def statuses(batch: LearnerBatch) -> list[str]:
    """The verification status of each learner; 1 query for all batches if any of their tracks asks for verification."""
    asked = [mode in platform_api.VERIFIED_MODES for mode in batch.values["mode"]]
    verified = batch.of_all(verified_users) if any(asked) else ()
    return [
        NOT_ASKED if not is_asked else VERIFIED if _is_among(verified, user) else NOT_VERIFIED
        for user, is_asked in zip(batch.user_ids, asked, strict=True)
    ]


def verified_users(enrollments: QuerySet) -> Sequence[int]:
    """Return those enrolled whose most recently updated approved verification has not expired, in order (1 query).

    They stand in memory with 8 bytes each.
    """
    good_for, now = timedelta(days=platform_api.days_verification_is_good_for()), timezone.now()
    verified = array("q")
    for user, rows in groupby(_approved(enrollments), itemgetter(0)):
        latest: tuple[tuple[datetime, int, datetime, int], datetime | None] | None = None
        for _user, number, updated, expires, created, kind in rows:
            if updated is None:
                continue
            if expires is None and created is not None and kind != _ATTEMPT:
                expires = created + good_for
            place = (updated, -kind, created if created is not None and kind == _PHOTO else _LONG_AGO, -number)
            if latest is None or place > latest[0]:
                latest = (place, expires)
        # An attempt without expiry counts as not verified, as on the platform.
        if latest and latest[1] is not None and latest[1] >= now:
            verified.append(user)
    return verified


def _approved(enrollments: QuerySet) -> Iterator[tuple[Any, ...]]:
    """The approved verifications of those in tracks that ask for them, by user.

    Each is user, id, moment of the last update, of expiry, of creation, and kind.
    """
    users = enrollments.filter(mode__in=platform_api.VERIFIED_MODES).order_by().values("user_id")
    first, *others = (
        model.objects.using(enrollments.db)
        .filter(status="approved", user_id__in=users)
        .order_by()
        .values_list("user_id", "id", "updated_at", expiry, "created_at", Value(kind))
        for kind, (model, expiry) in enumerate(_KINDS)
    )
    by_user = first.union(*others, all=True).order_by("user_id")
    return chain.from_iterable(read_in_order(by_user, size=_ROWS_AT_ONCE))


def _is_among(users: Sequence[int], user: int) -> bool:
    place = bisect_left(users, user)
    return place < len(users) and users[place] == user
