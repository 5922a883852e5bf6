"""What learners have handed in to prove who they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model

from lms.djangoapps.verify_student.models import (
    ManualVerification,
    SoftwareSecurePhotoVerification,
    SSOVerification,
    VerificationAttempt,
)

from .dates import insert
from .people import Person

# Name -> kind, status, and the days until it was made, last touched, and until it expires (None: never).
HANDED_IN: dict[str, tuple[tuple[type[Model], str, int, int, int | None], ...]] = {
    "approved": ((SoftwareSecurePhotoVerification, "approved", -40, -38, 325),),
    "expired": ((SoftwareSecurePhotoVerification, "approved", -400, -398, -35),),
    "denied": ((SoftwareSecurePhotoVerification, "denied", -30, -28, 335),),
    "submitted": ((SoftwareSecurePhotoVerification, "submitted", -3, -3, 362),),
    "sso": ((SSOVerification, "approved", -60, -60, 305),),
    "many": (
        (SoftwareSecurePhotoVerification, "approved", -500, -498, -135),
        (SoftwareSecurePhotoVerification, "denied", -90, -88, 275),
        (ManualVerification, "approved", -60, -60, 305),
        (VerificationAttempt, "denied", -10, -9, 355),
    ),
    # The platform looks at the approved one that was touched last, and that one has expired.
    "last_touched_expired": (
        (ManualVerification, "approved", -50, -50, 315),
        (SoftwareSecurePhotoVerification, "approved", -450, -5, -85),
    ),
    # The platform takes this for not verified.
    "attempt_without_expiry": ((VerificationAttempt, "approved", -20, -20, None),),
}


def store(people: Iterable[tuple[Person, User]], now: datetime) -> None:
    """Store what these people have handed in, all kinds in a query each."""
    rows: dict[type[Model], list[Model]] = {}
    for person, user in people:
        for kind, status, made, touched, expires in HANDED_IN.get(person.verification, ()):
            rows.setdefault(kind, []).append(kind(**_values(kind, person, user, now, status, made, touched, expires)))
    for kind, kind_rows in rows.items():
        insert(kind, kind_rows)


def _values(
    kind: type[Model], person: Person, user: User, now: datetime, status: str, made: int, touched: int, expires: int | None
) -> dict[str, Any]:
    expiry = None if expires is None else now + timedelta(days=expires)
    return {
        "user": user,
        "name": (person.profile or {}).get("name", "")[:255],
        "status": status,
        "status_changed": now + timedelta(days=touched),
        "created_at": now + timedelta(days=made),
        "updated_at": now + timedelta(days=touched),
        "expiration_datetime" if kind is VerificationAttempt else "expiration_date": expiry,
    }
