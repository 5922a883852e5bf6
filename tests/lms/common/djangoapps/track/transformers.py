"""Events whose name in tracking logs is another than the one they are emitted with."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from eventtracking.processors.exceptions import EventEmissionExit
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import UsageKey

_SEQUENCE = "edx.ui.lms.sequence."
_VIDEO = "edx.video."
_SCREEN = "edx.bi.app.navigation.screen"
_PLAYER_EVENTS = {
    "played": "play_video",
    "paused": "pause_video",
    "stopped": "stop_video",
    "loaded": "load_video",
    "position.changed": "seek_video",
}


def transform(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return the event as logs have it, None for one that stays as it is; ends the way of one that they have not."""
    name = event["name"]
    if name == _SCREEN:
        return _name_screen(event)
    is_player_event = name.startswith(_VIDEO)
    if not is_player_event and name not in [_SEQUENCE + end for end in ("next_selected", "previous_selected", "tab_selected")]:
        return None
    is_text = isinstance(event["event"], str)
    data = json.loads(event["event"]) if is_text else event["event"]
    if is_player_event:
        if name.removeprefix(_VIDEO) not in _PLAYER_EVENTS:
            return event
        event["event_type"] = _PLAYER_EVENTS[name.removeprefix(_VIDEO)]
        _name_video(data)
    else:
        _name_tab(event, data)
    event["event"] = json.dumps(data) if is_text else data
    return event


def _name_screen(event: dict[str, Any]) -> dict[str, Any]:
    """Of the mobile app's screens the view of a thread alone is logged."""
    if event["context"].get("label") != "Forum: View Thread":
        raise EventEmissionExit
    event["name"] = event["event_type"] = "edx.forum.thread.viewed"
    event["event"]["id"] = event["event"].pop("thread_id")
    return event


def _name_video(data: dict[str, Any]) -> None:
    if "module_id" in data:
        with contextlib.suppress(InvalidKeyError):
            data["id"] = UsageKey.from_string(data["module_id"]).html_id()
        del data["module_id"]
    if "current_time" in data:
        data["currentTime"] = data.pop("current_time")


def _name_tab(event: dict[str, Any], data: dict[str, Any]) -> None:
    """Within the sequence tabs are counted; a step out of it keeps its new name."""
    if event["name"].endswith("tab_selected"):
        event["event_type"], data["old"], data["new"] = "seq_goto", data["current_tab"], data["target_tab"]
    elif event["name"].endswith("next_selected") and data["current_tab"] != data["tab_count"]:
        event["event_type"], data["old"], data["new"] = "seq_next", data["current_tab"], data["current_tab"] + 1
    elif event["name"].endswith("previous_selected") and data["current_tab"] != 1:
        event["event_type"], data["old"], data["new"] = "seq_prev", data["current_tab"], data["current_tab"] - 1
