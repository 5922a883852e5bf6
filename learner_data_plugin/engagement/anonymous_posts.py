"""Responses and comments of this request that are marked anonymous, which their tracking events do not say.

The platform sends its signal of a new post, which has the mark, before the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edx_django_utils.cache import RequestCache

from .facts import Facts, Kind

_KINDS = (Kind.RESPONSE, Kind.COMMENT)


def note(sender: Any, post: Any = None, **_kwargs: Any) -> None:
    """Remember a post that is marked anonymous until the end of the request."""
    given = getattr(post, "attributes", None)
    if isinstance(given, Mapping) and given.get("anonymous") is True:
        _noted()[str(given.get("id"))] = True


def is_noted(facts: Facts, event: Mapping[str, Any]) -> bool:
    """Whether an event, of which these are the facts, tells of such a post."""
    data = event.get("data")
    return facts.kind in _KINDS and isinstance(data, Mapping) and str(data.get("id")) in _noted()


def _noted() -> dict[str, bool]:
    found: dict[str, bool] = RequestCache("learner_data_plugin.anonymous_posts").data
    return found
