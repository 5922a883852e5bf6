"""Registering our backend in ``EVENT_TRACKING_BACKENDS``, beside the platform's and those of other plugins."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

SETTING = "EVENT_TRACKING_BACKENDS"
NAME = "learner_data_plugin"
BACKEND = {"ENGINE": "learner_data_plugin.engagement.backend.EngagementBackend"}


def register_backend(settings: ModuleType, *, is_wanted: bool) -> None:
    """Add our backend to the settings that the LMS is building, or take it out; a second call changes nothing.

    A site's YAML of that name is merged into the platform's own backend ``tracking_logs``, not over this dictionary. So ours
    stands there from the common settings on, before it is known whether the site wants it.
    """
    configured = getattr(settings, SETTING, None) or {}
    if isinstance(configured, Mapping):  # anything else fails at the start of the LMS by itself
        others = {name: backend for name, backend in configured.items() if name != NAME}
        setattr(settings, SETTING, {**others, NAME: BACKEND} if is_wanted else others)


def is_registered(configured: Any) -> bool:
    """Whether a value of the setting has our backend."""
    return isinstance(configured, Mapping) and NAME in configured
