"""What an application may do with the token that somebody gave it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from ... import configuration
from ...platform import tokens


class HasTokenScope(BasePermission):
    """Lets tokens with the site's TOKEN_SCOPES past, and everybody who uses none.

    The platform's own API asks for no scope: whatever application a course team member has signed in to, if only to show it
    their name, can do there all that they can.
    """

    message = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        needed = configuration.value("TOKEN_SCOPES", org=view.course_key.org).get("read" if _reads(request, view) else "write")
        self.message = _("The token needs the scope '{scope}'.").format(scope=needed)
        scopes = tokens.scopes_of(request) if needed else None
        return scopes is None or needed in scopes


def _reads(request: Request, view: Any) -> bool:
    return request.method in SAFE_METHODS or request.method in view.methods_that_read
