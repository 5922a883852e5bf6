"""What the platform's API views have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404
from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from edx_rest_framework_extensions.auth.session.authentication import SessionAuthenticationAllowInactiveUser
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from openedx.core.lib.api.authentication import BearerAuthenticationAllowInactiveUser


class DeveloperErrorResponseException(Exception):
    """Carries an answer out of a view."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class DeveloperErrorViewMixin:
    """Answers the usual errors as ``{"developer_message", "error_code"}``; others are raised."""

    @classmethod
    def api_error(
        cls, status_code: int, developer_message: str, error_code: str | None = None
    ) -> DeveloperErrorResponseException:
        """Return what a view raises to answer with this error."""
        return DeveloperErrorResponseException(cls._make_error_response(status_code, developer_message, error_code))

    @classmethod
    def _make_error_response(cls, status_code: int, developer_message: Any, error_code: str | None = None) -> Response:
        body = {"developer_message": developer_message}
        if error_code is not None:
            body["error_code"] = error_code
        return Response(body, status=status_code)

    def handle_exception(self, exc: Exception) -> Response:
        """Turn an exception of a view into its answer."""
        if isinstance(exc, DeveloperErrorResponseException):
            return exc.response
        if isinstance(exc, APIException):
            return self._make_error_response(exc.status_code, exc.detail)
        if isinstance(exc, Http404 | ObjectDoesNotExist):
            return self._make_error_response(404, str(exc) or "Not found.")
        if isinstance(exc, ValidationError):
            return self._make_error_response(400, exc.messages[0])
        raise exc


def view_auth_classes(is_user: bool = False, is_authenticated: bool = True) -> Callable[[Any], Any]:
    """Set how callers of a view sign in; its permission classes are overwritten, as on the platform."""

    def decorate(func_or_class: Any) -> Any:
        func_or_class.authentication_classes = (
            JwtAuthentication,
            BearerAuthenticationAllowInactiveUser,
            SessionAuthenticationAllowInactiveUser,
        )
        func_or_class.permission_classes = (IsAuthenticated,) if is_authenticated else ()
        return func_or_class

    return decorate
