"""Where events come from: requests (``server_track``), and browsers through the address ``/event`` (``user_track``)."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from eventtracking import tracker

from common.djangoapps.track import contexts


def user_track(request: HttpRequest) -> HttpResponse:
    """Emit the event that a browser tells of. Whatever stands there is taken; a text that is not JSON stays a text."""
    name, data = _value(request, "event_type"), _value(request, "event", {})
    page = _value(request, "page")
    if isinstance(data, str) and data:
        try:
            data = json.loads(data)
            _add_user_id(data)
        except ValueError:
            pass
    context = {
        **contexts.course_context_from_url(page, _value(request, "courserun_key", None)),
        "username": _username(request),
        "event_source": "browser",
        "page": page,
    }
    with tracker.get_tracker().context("edx.course.browser", context):
        tracker.emit(name=name, data=data)
    return HttpResponse("success")


def server_track(request: HttpRequest, event_type: str, event: Any, page: str | None = None) -> None:
    """Emit an event of this request; a page that names a course decides of which course it is."""
    if event_type.startswith("/event_logs") and request.user.is_staff:
        return
    context = contexts.course_context_from_url(page)
    context = context if context["course_id"] else {}
    context |= {"username": _username(request), "event_source": "server", "page": page}
    with tracker.get_tracker().context("edx.course.server", context):
        tracker.emit(name=event_type, data=event)


def _value(request: HttpRequest, name: str, default: Any = "") -> Any:
    given = {"GET": request.GET, "POST": request.POST}.get(request.method or "")
    return default if given is None else given.get(name, default)


def _username(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return "anonymous" if user is None else user.username


def _add_user_id(data: Any) -> None:
    if data and "username" in data and "user_id" not in data:
        user = get_user_model().objects.filter(username=data.get("username")).first()
        if user is not None:
            data["user_id"] = user.id
