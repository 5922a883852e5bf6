"""Whether the platform has what the plugin needs."""

from __future__ import annotations

from typing import Any

from django.core import checks

from ..platform.compatibility import missing_part

_HINT = (
    "Install the release of learner-data-plugin that is made for this release of the platform, or uninstall the plugin. Until "
    "then nothing of it works: no page and no report, and stored reports are neither deleted when they expire nor cleared of "
    "learners who retire."
)


def check_platform(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A platform that lacks a part, too old or too new; W007."""
    return [checks.Warning(_sentence(part), hint=_HINT, id="learner_data_plugin.W007") for part in _missing_parts()]


def check_platform_on_deployment(**_kwargs: Any) -> list[checks.CheckMessage]:
    """The same, as an error for those who ask before they deploy; E003."""
    return [checks.Error(_sentence(part), hint=_HINT, id="learner_data_plugin.E003") for part in _missing_parts()]


def _missing_parts() -> list[str]:
    part = missing_part()
    return [] if part is None else [part]


def _sentence(part: str) -> str:
    return f"The learner data plugin is switched off, because this platform does not have what it needs: {part}."
