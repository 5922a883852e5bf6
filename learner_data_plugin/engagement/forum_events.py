"""What the tracker does not tell of posts, from the platform's own signals: some authors, and that a response is anonymous.

Whoever posts with a bearer token, as the mobile app does, is not known to the tracker: its middleware looks before the token is
read. The signals that the platform sends with the same events (openedx-events) say who posted.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from eventtracking import tracker

from ..platform import api as platform_api
from ..settings.tracking import NAME
from . import anonymous_posts

_EVENTS = {
    "FORUM_THREAD_CREATED": ("org.openedx.learning.forum.thread.created.v1", "edx.forum.thread.created"),
    "FORUM_THREAD_RESPONSE_CREATED": ("org.openedx.learning.forum.thread.response.created.v1", "edx.forum.response.created"),
    "FORUM_RESPONSE_COMMENT_CREATED": (
        "org.openedx.learning.forum.thread.response.comment.created.v1",
        "edx.forum.comment.created",
    ),
}
"""Name of a signal -> its type, and the name of the tracker's event."""

_NAMES = dict(_EVENTS.values())


def connect() -> None:
    """Listen to the signals, where the platform and the site's openedx-events have them."""
    if (created := platform_api.comment_created()) is not None:
        created.connect(anonymous_posts.note, dispatch_uid="learner_data_plugin.comment_created")
    try:
        from openedx_events.learning import signals
    except ImportError:
        return
    for name in _EVENTS:
        if (signal := getattr(signals, name, None)) is not None:
            signal.connect(record_post, dispatch_uid=f"learner_data_plugin.{name}")


def record_post(sender: Any, signal: Any, thread: Any, **_kwargs: Any) -> None:
    """Have a post recorded for its author, if the tracker did not know who that is."""
    recording = tracker.get_tracker()
    backend = recording.backends.get(NAME)
    if backend is None or recording.resolve_context().get("username"):
        return
    backend.send(
        {
            "name": _NAMES[signal.event_type],
            "timestamp": timezone.now(),
            "data": {"id": thread.id, "anonymous": thread.anonymous},
            "context": {
                "course_id": str(thread.course_id),
                "event_source": "server",
                "user_id": thread.user.id,
                "username": thread.user.pii.username,
            },
        }
    )
