"""Whether learners have verified their identity, decided as the platform decides it, for many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
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
    """Return a status for each learner, given account and track of each; 4 queries if any track asks for verification.

    ``enrollments`` are those of these learners.
    """
    asked = [mode in platform_api.VERIFIED_MODES for mode in modes]
    verified = verified_users(enrollments.filter(mode__in=platform_api.VERIFIED_MODES)) if any(asked) else set()
    return [
        NOT_ASKED if not is_asked else VERIFIED if user in verified else NOT_VERIFIED
        for user, is_asked in zip(user_ids, asked, strict=True)
    ]


def verified_users(enrollments: QuerySet) -> set[int]:
    """Return those enrolled whose most recently updated approved verification has not expired (4 queries)."""
    users = enrollments.order_by().values("user_id")
    latest: dict[int, tuple[datetime, datetime | None]] = {}
    good_for = timedelta(days=platform_api.days_verification_is_good_for())
    for model, expiry_field, fallback_field in _KINDS:
        fields = ("user_id", "updated_at", expiry_field, fallback_field or expiry_field)
        approved = platform_api.use_read_replica_if_available(
            model.objects.filter(user_id__in=users, status="approved")
        )
        for user, updated, expires, created in read_rows(approved, fields):
            if updated is None:
                continue
            if expires is None and fallback_field is not None and created is not None:
                expires = created + good_for
            if user not in latest or updated > latest[user][0]:
                latest[user] = (updated, expires)
    now = timezone.now()
    # An attempt without expiry counts as not verified, as on the platform.
    return {user for user, (_updated, expires) in latest.items() if expires is not None and expires >= now}
