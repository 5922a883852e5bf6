"""Whether learners have verified their identity, decided as the platform decides it, for many at a time."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
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
_ROWS_AT_ONCE = 2_000


def statuses(batch: LearnerBatch) -> list[str]:
    """The verification status of each learner; see :func:`verified_users` for the queries, which are for all batches."""
    asked = [mode in platform_api.VERIFIED_MODES for mode in batch.values["mode"]]
    verified = batch.of_all(verified_users) if any(asked) else ()
    return [
        NOT_ASKED if not is_asked else VERIFIED if _is_among(verified, user) else NOT_VERIFIED
        for user, is_asked in zip(batch.user_ids, asked, strict=True)
    ]


def verified_users(enrollments: QuerySet) -> Sequence[int]:
    """Return those enrolled whose most recently updated approved verification has not expired, in order.

    They stand in memory with 8 bytes each. There are 2 queries, 1 where no track of theirs asks for verification.
    """
    asked = enrollments.filter(mode__in=platform_api.VERIFIED_MODES).order_by()
    if not asked.exists():
        return ()
    return array("q", (user for user, rows in groupby(_approved(asked), itemgetter(0)) if max(rows, key=_place)[-1]))


def _place(row: tuple[Any, ...]) -> tuple[str, int, str, int]:
    _user, number, updated, rank, created, _is_valid = row
    return updated, rank, created, -number


def _approved(enrollments: QuerySet) -> Iterator[tuple[Any, ...]]:
    """The approved verifications of those enrolled, by user.

    Each is user, id, moment of the last update, rank of its kind, moment of creation where that counts, and whether it is valid
    now. Moments are texts, which sort as they do: reading them would take longer than all the rest.
    """
    users = enrollments.values("user_id")
    first, *others = (_approved_of(kind).using(enrollments.db).filter(user_id__in=users) for kind in range(len(_KINDS)))
    by_user = first.union(*others, all=True).order_by("user_id")
    return chain.from_iterable(read_in_order(by_user, size=_ROWS_AT_ONCE))


def _approved_of(kind: int) -> QuerySet:
    model, expiry = _KINDS[kind]
    approved = model.objects.filter(status="approved", updated_at__isnull=False).order_by()
    created = _text("created_at") if kind == _PHOTO else Value("")
    return approved.values_list(
        "user_id", "id", _text("updated_at"), Value(-kind), created, _is_valid(expiry, has_default=kind != _ATTEMPT)
    )


def _text(moment: str) -> Coalesce:
    return Coalesce(Cast(moment, CharField(max_length=32)), Value(""))


def _is_valid(expiry: str, *, has_default: bool) -> Case:
    """1 for what has not expired; what has no expiry of its own expires some days after it was created, or is not valid."""
    now = timezone.now()
    valid = Q(**{f"{expiry}__gte": now})
    if has_default:
        good_for = timedelta(days=platform_api.days_verification_is_good_for())
        valid |= Q(**{f"{expiry}__isnull": True, "created_at__gte": now - good_for})
    return Case(When(valid, then=Value(1)), default=Value(0))


def _is_among(users: Sequence[int], user: int) -> bool:
    place = bisect_left(users, user)
    return place < len(users) and users[place] == user
