"""The authentication of API views that choose none themselves."""

from __future__ import annotations

from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from rest_framework.authentication import SessionAuthentication


class DefaultSessionAuthentication(SessionAuthentication):
    """Session authentication of the default set."""


class DefaultJwtAuthentication(JwtAuthentication):
    """JWT authentication of the default set."""
