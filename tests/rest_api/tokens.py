"""Headers with which programs sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openedx.core.djangoapps.oauth_dispatch.jwt import create_jwt_for_user

from .. import factories


def bearer(user: Any, *, scopes: Sequence[str] = ("read", "write")) -> str:
    """Return a header with a bearer token; the scopes are those that the platform gives unless others are asked for."""
    return f"Bearer {factories.make_access_token(user, scope=' '.join(scopes))}"


def jwt(user: Any, *, scopes: Sequence[str] = ("read", "write"), **claims: Any) -> str:
    """Return a header with a JSON web token."""
    return f"JWT {create_jwt_for_user(user, additional_claims=claims, scopes=list(scopes))}"
