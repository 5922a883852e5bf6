"""What the platform's tracker says of requests and of what browsers tell: to backends, and in the tracking log."""

from __future__ import annotations

import json
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

_COURSE = "course-v1:A+B+C"
_SEQUENCE = "block-v1:A+B+C+type@sequential+block@s"
_VIDEO = "block-v1:A+B+C+type@video+block@v"
_ADA = SimpleNamespace(pk=7, username="ada", is_staff=False)
_NOBODY = SimpleNamespace(pk=None, username="", is_staff=False)
_BROWSER = {
    "SERVER_NAME": "localhost",
    "HTTP_USER_AGENT": "a browser",
    "HTTP_REFERER": "http://localhost/",
    "HTTP_ACCEPT_LANGUAGE": "en",
}
_OF_REQUESTS = ("session", "ip", "agent", "accept_language", "client_id", "host", "referer", "server_name")
"""What no rule of ours reads; its names are kept, not its values."""

REQUESTS: dict[str, tuple[str, str, dict[str, Any], Any]] = {
    "page of a course": ("GET", f"/courses/{_COURSE}/about?x=1&x=2", {}, _ADA),
    "page without a course": ("GET", "/dashboard", {}, _ADA),
    "page of nobody": ("GET", f"/courses/{_COURSE}/about", {}, _NOBODY),
    "course of an old key": ("GET", "/courses/A/B/C/courseware/chapter/section/", {}, _ADA),
    "course after an address that leads on": ("GET", f"/login_ajax?next=/courses/{_COURSE}/", {}, _ADA),
    "course in courses of an API": ("GET", f"/api/discussion/v1/courses/{_COURSE}/", {}, _ADA),
    "course in the courseware's API": ("GET", f"/api/courseware/course/{_COURSE}", {}, _ADA),
    "sequence": ("GET", f"/api/courseware/sequence/{_SEQUENCE}", {}, _ADA),
    "outline": ("GET", f"/api/course_home/outline/{_COURSE}", {}, _ADA),
    "metadata": ("GET", f"/api/course_home/course_metadata/{_COURSE}", {}, _ADA),
    "rendered block": ("GET", f"/xblock/{_SEQUENCE}", {}, _ADA),
    "handler": ("POST", f"/courses/{_COURSE}/xblock/{_SEQUENCE}/handler/goto_position", {"position": "3"}, _ADA),
    "version of an API": ("GET", "/api/courses/v1/blocks/A+B+C/", {}, _ADA),
    "library": ("GET", "/courses/library-v1:A+B/x", {}, _ADA),
    "long form": ("POST", f"/courses/{_COURSE}/x", {"answer": "y" * 600}, _ADA),
    "passwords": ("POST", "/x?password=a&other=b", {"password": "c", "new_password1": "d"}, _ADA),
    "ignored": ("GET", "/login?next=/", {}, _ADA),
    "heartbeat": ("GET", "/heartbeat", {}, _NOBODY),
}
TOLD: dict[str, dict[str, str]] = {
    "video": {"event_type": "play_video", "event": '{"id": "v", "code": "html5"}', "page": f"http://x/courses/{_COURSE}/"},
    "video in the learning MFE": {"event_type": "play_video", "event": "{}", "page": "http://x/", "courserun_key": _COURSE},
    "no course": {"event_type": "page_close", "event": "", "page": "http://x/dashboard"},
    "no JSON": {"event_type": "problem_check", "event": "input_x=1", "page": f"http://x/courses/{_COURSE}/"},
    "a list": {"event_type": "play_video", "event": '["v"]', "page": f"http://x/courses/{_COURSE}/"},
    "nothing": {},
    "no valid key": {"event_type": "x", "event": "{}", "page": "", "courserun_key": "course-v1:A"},
    "tab": {
        "event_type": "edx.ui.lms.sequence.tab_selected",
        "event": json.dumps({"id": _SEQUENCE, "current_tab": 1, "target_tab": 3, "tab_count": 4}),
        "page": f"http://x/courses/{_COURSE}/",
    },
    "next tab": {
        "event_type": "edx.ui.lms.sequence.next_selected",
        "event": json.dumps({"id": _SEQUENCE, "current_tab": 1, "tab_count": 4}),
        "page": f"http://x/courses/{_COURSE}/",
    },
    "next sequence": {
        "event_type": "edx.ui.lms.sequence.next_selected",
        "event": json.dumps({"id": _SEQUENCE, "current_tab": 4, "tab_count": 4}),
        "page": f"http://x/courses/{_COURSE}/",
    },
    "previous tab": {
        "event_type": "edx.ui.lms.sequence.previous_selected",
        "event": json.dumps({"id": _SEQUENCE, "current_tab": 2, "tab_count": 4}),
        "page": f"http://x/courses/{_COURSE}/",
    },
}
EMITTED: dict[str, tuple[str, dict[str, Any]]] = {
    "mobile video": ("edx.video.played", {"module_id": _VIDEO, "current_time": 1.5, "code": "mobile"}),
    "mobile video of an old course": ("edx.video.played", {"module_id": "i4x://A/B/video/v"}),
    "mobile video without a key": ("edx.video.played", {"module_id": "v"}),
    "submission": ("problem_check", {"problem_id": "p", "success": "correct"}),
    "post": ("edx.forum.thread.created", {"id": "t", "anonymous": False}),
}
SCREENS = {"thread": "Forum: View Thread", "any other": "Course Dashboard"}
"""Of the mobile app, by the labels that Segment's webhook puts into the context."""


class _Listener:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def send(self, event: dict[str, Any]) -> None:
        self.events.append(deepcopy(event))


def collect() -> dict[str, Any]:
    """Make each request and tell each event; return what backends got, and what the log would have."""
    from common.djangoapps.track.shim import LegacyFieldMappingProcessor, PrefixedEventProcessor
    from eventtracking import tracker
    from eventtracking.backends.routing import RoutingBackend
    from eventtracking.locator import ThreadLocalContextLocator

    sent, logged = _Listener(), _Listener()
    processors = [LegacyFieldMappingProcessor(), PrefixedEventProcessor()]
    backends = {"sent": sent, "logged": RoutingBackend(backends={"logged": logged}, processors=processors)}
    before = tracker.get_tracker()
    tracker.register_tracker(tracker.Tracker(backends, ThreadLocalContextLocator()))
    found = {}
    try:
        for name, make in _cases():
            sent.events, logged.events = [], []
            make()
            found[name] = {
                "sent": [_facts(event) for event in sent.events],
                "logged": [_facts(event) for event in logged.events],
            }
    finally:
        tracker.register_tracker(before)
    return found


def _cases() -> Any:
    from common.djangoapps.track.views import server_track, user_track
    from eventtracking import tracker

    for name, (method, address, form, user) in REQUESTS.items():
        yield f"request: {name}", lambda values=(method, address, form, user): _request(*values)
    for name, form in TOLD.items():
        yield f"told: {name}", lambda form=form: _request("POST", "/event", form, _ADA, user_track)
    for name, (event, data) in EMITTED.items():
        yield (
            f"emitted: {name}",
            lambda event=event, data=data: _request(
                "POST", "/heartbeat", {}, _ADA, lambda _request: tracker.emit(event, deepcopy(data))
            ),
        )
    for name, label in SCREENS.items():
        yield f"screen: {name}", lambda label=label: _show(label)
    path = f"/courses/{_COURSE}/x"
    yield (
        "server_track",
        lambda: _request("GET", path, {}, _ADA, lambda made: server_track(made, "problem_check", {"a": 1}, page="x_module")),
    )


def _show(label: str) -> None:
    from eventtracking import tracker

    # With a username the account would be asked for, and there is no database.
    context = {"user_id": 7, "username": "", "course_id": _COURSE, "event_source": "mobile", "label": label}
    with tracker.get_tracker().context("edx.segmentio", context):
        tracker.emit("edx.bi.app.navigation.screen", {"thread_id": "t"})


def _request(method: str, address: str, form: dict[str, Any], user: Any, view: Any = None) -> None:
    from common.djangoapps.track.middleware import TrackMiddleware
    from django.http import HttpResponse
    from django.test import RequestFactory

    factory = RequestFactory(**_BROWSER)
    request = factory.get(address) if method == "GET" else factory.post(address, form)
    request.user, request.session = user, SimpleNamespace(session_key="a key")
    middleware = TrackMiddleware(lambda _request: HttpResponse())
    middleware.process_request(request)
    if view is not None:
        view(request)
    middleware.process_response(request, HttpResponse())


def _facts(event: dict[str, Any]) -> dict[str, Any]:
    facts = {name: value for name, value in event.items() if name not in ("timestamp", "time", *_OF_REQUESTS)}
    facts["context"] = {name: value for name, value in event["context"].items() if name not in _OF_REQUESTS}
    facts["of the request"] = sorted((event.keys() | event["context"].keys()) & {*_OF_REQUESTS})
    return facts
