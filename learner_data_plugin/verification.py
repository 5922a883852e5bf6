"""Whether learners have verified their identity, decided as the platform decides it, for many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Value
from django.utils import timezone

from . import platform_api
from .stored_rows import of_users, read_rows

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


def statuses(enrollments: QuerySet, user_ids: Sequence[int], modes: Sequence[str]) -> list[str]:
    """Return a status for each learner, given account and track of each; 1 query if any track asks for verification.

    ``enrollments`` are those of these learners.
    """
    asked = [mode in platform_api.VERIFIED_MODES for mode in modes]
    verified: set[int] = set()
    if any(asked):
        verified = verified_users(enrollments.filter(mode__in=platform_api.VERIFIED_MODES), user_ids)
    return [
        NOT_ASKED if not is_asked else VERIFIED if user in verified else NOT_VERIFIED
        for user, is_asked in zip(user_ids, asked, strict=True)
    ]


def verified_users(enrollments: QuerySet, user_ids: Sequence[int]) -> set[int]:
    """Return those enrolled whose most recently updated approved verification has not expired (1 query)."""
    good_for = timedelta(days=platform_api.days_verification_is_good_for())
    latest: dict[int, tuple[tuple[datetime, int, datetime, int], datetime | None]] = {}
    for kind, number, user, updated, expires, created in _approved(enrollments.order_by().values("user_id"), user_ids):
        if updated is None:
            continue
        if expires is None and created is not None and kind != _ATTEMPT:
            expires = created + good_for
        place = (updated, -kind, created if created is not None and kind == _PHOTO else _LONG_AGO, -number)
        if user not in latest or place > latest[user][0]:
            latest[user] = (place, expires)
    now = timezone.now()
    # An attempt without expiry counts as not verified, as on the platform.
    return {user for user, (_place, expires) in latest.items() if expires is not None and expires >= now}


def _approved(
    users: QuerySet, user_ids: Sequence[int]
) -> list[tuple[int, int, int, datetime | None, datetime | None, datetime | None]]:
    """The approved verifications of these users: kind, id, user, moment of the last update, of expiry, of creation."""
    kinds = []
    for number, (model, expiry) in enumerate(_KINDS):
        approved = platform_api.use_read_replica_if_available(
            of_users(model.objects.filter(status="approved"), users, user_ids).order_by()
        )
        kinds.append((approved, (Value(number), "id", "user_id", "updated_at", expiry, "created_at")))
    first, *others = (approved.values_list(*fields) for approved, fields in kinds)
    try:
        return list(first.union(*others, all=True))
    except ValueError:  # a moment that no calendar has
        return [row for approved, fields in kinds for row in read_rows(approved, fields)]
