"""OAuth access tokens as ``Authorization: Bearer`` headers."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from oauth2_provider.models import AccessToken, get_application_model
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


def _refusal(error_code: str, developer_message: str) -> AuthenticationFailed:
    return AuthenticationFailed({"error_code": error_code, "developer_message": developer_message})


class BearerAuthentication(BaseAuthentication):
    """Signs in the owner of a valid access token of django-oauth-toolkit."""

    www_authenticate_realm = "api"
    allow_inactive_users = False

    def authenticate(self, request: Request) -> tuple[Any, AccessToken] | None:
        """Return the user and the token; None if the request brings no bearer token at all."""
        auth = get_authorization_header(request).split()
        if len(auth) == 1:
            raise _refusal("token_not_provided", "Invalid token header. No credentials provided.")
        if len(auth) > 2:
            raise _refusal("token_malformed", "Invalid token header. Token string should not contain spaces.")
        if not auth or auth[0].lower() != b"bearer":
            return None
        return self.authenticate_credentials(auth[1].decode("utf8"))

    def authenticate_credentials(self, access_token: str) -> tuple[Any, AccessToken]:
        """Return the user and the token. Raises AuthenticationFailed for one that is unknown, expired or disabled."""
        token = AccessToken.objects.select_related("user").filter(token=access_token).first()
        if token is None:
            raise _refusal("token_nonexistent", "The provided access token does not match any valid tokens.")
        if token.expires < timezone.now():
            raise _refusal("token_expired", "The provided access token has expired and is no longer valid.")
        user = token.user
        if not user.has_usable_password() and not get_application_model().objects.filter(user_id=user.id).exists():
            raise _refusal("user_is_disabled", f"User disabled by admin: {user.get_username()}")
        if not (self.allow_inactive_users or user.is_active):
            raise _refusal("user_not_active", f"User inactive or deleted: {user.get_username()}")
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 answer says in ``WWW-Authenticate``."""
        return f'Bearer realm="{self.www_authenticate_realm}"'


class BearerAuthenticationAllowInactiveUser(BearerAuthentication):
    """The same for accounts whose email address is not confirmed yet, too."""

    allow_inactive_users = True
