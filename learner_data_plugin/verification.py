"""Whether learners have verified their identity, decided as the platform decides it, for many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Value
from django.utils import timezone

from . import platform_api
from .stored_rows import read_rows

NOT_ASKED = "N/A"
VERIFIED = "ID Verified"
NOT_VERIFIED = "Not ID Verified"

# The platform takes the approved verification that was updated last, of whichever kind; on a tie the earlier kind here.
# The last two entries are the fields that its expiry is taken from. See IDVerificationService.user_is_verified.
_KINDS: tuple[tuple[Any, str, str | None], ...] = (
    (platform_api.SoftwareSecurePhotoVerification, "expiration_date", "created_at"),
    (platform_api.SSOVerification, "expiration_date", "created_at"),
    (platform_api.ManualVerification, "expiration_date", "created_at"),
    (platform_api.VerificationAttempt, "expiration_datetime", None),
)


def statuses(enrollments: QuerySet, user_ids: Sequence[int], modes: Sequence[str]) -> list[str]:
    """Return a status for each learner, given account and track of each; 1 query if any track asks for verification.

    ``enrollments`` are those of these learners.
    """
    asked = [mode in platform_api.VERIFIED_MODES for mode in modes]
    verified = verified_users(enrollments.filter(mode__in=platform_api.VERIFIED_MODES)) if any(asked) else set()
    return [
        NOT_ASKED if not is_asked else VERIFIED if user in verified else NOT_VERIFIED
        for user, is_asked in zip(user_ids, asked, strict=True)
    ]


def verified_users(enrollments: QuerySet) -> set[int]:
    """Return those enrolled whose most recently updated approved verification has not expired (1 query)."""
    good_for = timedelta(days=platform_api.days_verification_is_good_for())
    latest: dict[int, tuple[datetime, int, datetime | None]] = {}
    for kind, user, updated, expires, created in _approved(enrollments.order_by().values("user_id")):
        if updated is None:
            continue
        if expires is None and created is not None and _KINDS[kind][2] is not None:
            expires = created + good_for
        if user not in latest or (updated, -kind) > latest[user][:2]:
            latest[user] = (updated, -kind, expires)
    now = timezone.now()
    # An attempt without expiry counts as not verified, as on the platform.
    return {user for user, (_updated, _kind, expires) in latest.items() if expires is not None and expires >= now}


def _approved(users: QuerySet) -> list[tuple[int, int, datetime | None, datetime | None, datetime | None]]:
    """The approved verifications of these users: kind, user, moment of the last update, of expiry, of creation."""
    kinds = []
    for number, (model, expiry, created) in enumerate(_KINDS):
        approved = platform_api.use_read_replica_if_available(
            model.objects.filter(status="approved", user_id__in=users).order_by()
        )
        kinds.append((approved, (Value(number), "user_id", "updated_at", expiry, created or expiry)))
    first, *others = (approved.values_list(*fields) for approved, fields in kinds)
    try:
        return list(first.union(*others, all=True))
    except ValueError:  # a moment that no calendar has
        return [row for approved, fields in kinds for row in read_rows(approved, fields)]
