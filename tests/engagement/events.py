"""Events as learners' browsers and the LMS make them, and the same as tracking logs hold them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from eventtracking import tracker
from eventtracking.django.django_tracker import DjangoTracker

from learner_data_plugin.engagement.backend import EngagementBackend
from learner_data_plugin.settings.tracking import NAME

COURSE = "course-v1:TestX+Course+2026"
USAGE = "block-v1:TestX+Course+2026"
PROBLEM = f"{USAGE}+type@problem+block@p1"
VIDEO = f"{USAGE}+type@video+block@v1"
SEQUENCE = f"{USAGE}+type@sequential+block@s1"
MOMENT = datetime(2026, 3, 2, 10, 20, 30, 405060, tzinfo=UTC)


@contextmanager
def tracker_made_anew() -> Iterator[EngagementBackend]:
    """Yield the backend of a tracker that has just been made from the settings, as when the LMS starts."""
    before = tracker.get_tracker()
    tracker.register_tracker(DjangoTracker())
    yield tracker.get_tracker().get_backend(NAME)
    tracker.register_tracker(before)


def logged(
    name: str,
    data: Any = "{}",
    *,
    username: Any = "ada",
    user_id: Any = 7,
    time: Any = MOMENT,
    course_id: Any = COURSE,
    **more: Any,
) -> dict[str, Any]:
    """An event as a tracking log holds it; ``more`` are fields at its top."""
    return {
        "name": name,
        "event_type": name,
        "event_source": "server",
        "username": username,
        "time": time.isoformat() if isinstance(time, datetime) else time,
        "event": data,
        "context": {"course_id": course_id, "user_id": user_id, "path": "/event"},
        **more,
    }


def sent(
    name: str,
    data: Any = None,
    *,
    username: Any = "ada",
    user_id: Any = 7,
    time: Any = MOMENT,
    course_id: Any = COURSE,
    **context: Any,
) -> dict[str, Any]:
    """An event as the tracker hands it to backends; ``context`` are further fields of its context."""
    return {
        "name": name,
        "timestamp": time,
        "data": {} if data is None else data,
        "context": {"username": username, "user_id": user_id, "course_id": course_id, "path": "/event", **context},
    }


def check(problem_id: Any = PROBLEM, success: Any = "correct", **data: Any) -> dict[str, Any]:
    """A submission as a tracking log holds it."""
    return logged("problem_check", {"problem_id": problem_id, "success": success, "attempts": 1, **data})


def play(video: Any = "v1", **values: Any) -> dict[str, Any]:
    """A video that a browser began to play, as a tracking log holds it."""
    return logged("play_video", json.dumps({"id": video, "code": "html5"}), event_source="browser", **values)


def visit(path: str, *, course_id: Any = COURSE, data: Any = '{"GET": {}, "POST": {}}', **values: Any) -> dict[str, Any]:
    """A request, as a tracking log holds it."""
    return logged(path, data, course_id=course_id, **values)
