"""Tokens that programs sign in with: what of the platform's way to check them is not enough for learner data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication, is_jwt_authenticated
from edx_rest_framework_extensions.auth.jwt.decoder import configured_jwt_decode_handler, get_verification_jwk_key_set
from jwt.exceptions import PyJWTError
from rest_framework.request import Request

KEYS_SETTING = "JWT_PUBLIC_SIGNING_JWK_SET"


def web_tokens_are_verified() -> bool:
    """Whether the platform has a public key for the signatures of JSON web tokens.

    Without one its library (edx-drf-extensions 10.6) goes through no keys, finds no fault, and takes any signature for right,
    so that whoever knows a username can write a token for it.
    """
    try:
        return bool(get_verification_jwk_key_set(asymmetric_keys=settings.JWT_AUTH.get(KEYS_SETTING) or None))
    except (PyJWTError, ValueError):
        return False


class VerifiedJwtAuthentication(JwtAuthentication):
    """The platform's, except that web tokens sign nobody in while no key verifies them."""

    def authenticate(self, request: Request) -> Any:
        return super().authenticate(request) if web_tokens_are_verified() else None


def scopes_of(request: Request) -> frozenset[str] | None:
    """The scopes of the token that an application sent; None for somebody who has signed in themselves.

    That is a session, or a web token for the account's own password, as the platform puts it into the cookies of its
    micro-frontends: their scopes are those of a sign-in (user_id, email, profile).
    """
    if request.auth is None:
        return None
    if is_jwt_authenticated(request):
        claims = configured_jwt_decode_handler(request.auth)
        return None if claims.get("grant_type") == "password" else frozenset(claims.get("scopes") or ())
    return frozenset(str(getattr(request.auth, "scope", "")).split())
