"""What is done to an event before it is written to the tracking log: the form that logs had before event-tracking."""

from __future__ import annotations

import json
from typing import Any

from .transformers import transform

_MOVED = ("username", "session", "ip", "agent", "host", "referer", "accept_language")


class LegacyFieldMappingProcessor:
    """Moves fields from the context to the top, and names data ``event``, time ``time`` and name ``event_type``."""

    def __call__(self, event: dict[str, Any]) -> None:
        context = event.get("context", {})
        is_of_browser = context.get("event_source", "") == "browser"
        if "context" in event:
            event.update({name: context.pop(name, "") for name in _MOVED})
            context.pop("client_id", None)
        data = event.pop("data", {})
        event["event"] = json.dumps(data) if is_of_browser and isinstance(data, dict) else data
        sent = event.pop("timestamp", None)
        if "timestamp" in context:
            event["time"] = context.pop("timestamp")
        elif sent is not None:
            event["time"] = sent
        defaults = {"event_type": event.get("name", ""), "event_source": "server", "page": None}
        event.update({name: context.pop(name, default) for name, default in defaults.items()})


class PrefixedEventProcessor:
    """Gives events of the sequence's navigation and of the mobile app the names and fields they have in logs."""

    def __call__(self, event: dict[str, Any]) -> dict[str, Any] | None:
        return transform(event)
