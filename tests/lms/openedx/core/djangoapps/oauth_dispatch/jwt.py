"""JSON web tokens as the platform issues them."""

from __future__ import annotations

from time import time
from typing import Any

import jwt
from common.djangoapps.student.models import anonymous_id_for_user
from django.conf import settings


def create_jwt_for_user(
    user: Any,
    secret: str | None = None,
    aud: str | None = None,
    additional_claims: dict[str, Any] | None = None,
    scopes: list[str] | None = None,
) -> str:
    """Return a token that identifies the user, signed with the shared secret; it is valid for half a minute."""
    auth = settings.JWT_AUTH
    now = int(time())
    claims = {
        "aud": aud or auth["JWT_AUDIENCE"],
        "exp": now + auth["JWT_EXPIRATION"],
        "iat": now,
        "iss": auth["JWT_ISSUER"],
        "grant_type": "",
        "preferred_username": user.username,
        "scopes": scopes or ["email", "profile"],
        "version": auth["JWT_SUPPORTED_VERSION"],
        "sub": anonymous_id_for_user(user, None),
        "filters": [],
        "is_restricted": False,
        "email_verified": user.is_active,
        "email": user.email,
        "administrator": user.is_staff,
        "superuser": user.is_superuser,
        **(additional_claims or {}),
    }
    return jwt.encode(claims, secret or auth["JWT_SECRET_KEY"], algorithm=auth["JWT_ALGORITHM"])
