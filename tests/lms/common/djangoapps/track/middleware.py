"""The log of requests: an event for each, and the context that all events of a request share."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from eventtracking import tracker

from common.djangoapps.track import contexts, views

CONTEXT_NAME = "edx.request"
MOST_CHARACTERS = 512
_CENSORED = (
    "password", "newpassword", "new_password", "oldpassword", "old_password", "new_password1", "new_password2",
)  # fmt: skip
_HEADERS = {
    "SERVER_NAME": "host",
    "HTTP_USER_AGENT": "agent",
    "PATH_INFO": "path",
    "HTTP_REFERER": "referer",
    "HTTP_ACCEPT_LANGUAGE": "accept_language",
}


class TrackMiddleware:
    """Emits an event named after the path before the view runs. Nothing that goes wrong with it stops the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.process_request(request)
        response = self.get_response(request)
        return self.process_response(request, response)

    def process_request(self, request: HttpRequest) -> None:
        path = request.META["PATH_INFO"]
        try:
            tracker.get_tracker().enter_context(CONTEXT_NAME, self._context(request))
            if any(re.match(pattern, path) for pattern in getattr(settings, "TRACKING_IGNORE_URL_PATTERNS", [])):
                return
            # Reads the form before the view does.
            given = {"GET": dict(request.GET), "POST": dict(request.POST)}
            for values in given.values():
                values.update({name: "*" * 8 for name in _CENSORED if name in values})
            views.server_track(request, path, json.dumps(given)[:MOST_CHARACTERS])
        except Exception:
            event = {"event-type": "exception", "exception": repr(sys.exc_info()[0])}
            with contextlib.suppress(Exception):
                views.server_track(request, path, event)

    def process_response(self, _request: HttpRequest, response: HttpResponse) -> HttpResponse:
        with contextlib.suppress(Exception):
            tracker.get_tracker().exit_context(CONTEXT_NAME)
        return response

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        user = getattr(request, "user", None)
        cookie = request.COOKIES.get("_ga")
        return {
            "session": _session(request),
            "user_id": getattr(user, "pk", ""),
            "username": getattr(user, "username", ""),
            "ip": request.META.get("REMOTE_ADDR", ""),
            **{name: request.META.get(header, "") for header, name in _HEADERS.items()},
            "client_id": request.META.get("HTTP_X_EDX_GA_CLIENT_ID") if cookie is None else ".".join(cookie.split(".")[2:]),
            **contexts.course_context_from_url(request.build_absolute_uri()),
        }


def _session(request: HttpRequest) -> str:
    """A name for the session from which its key cannot be told."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    return hashlib.shake_128(settings.SECRET_KEY.encode() + key.encode()).hexdigest(16) if key else ""
