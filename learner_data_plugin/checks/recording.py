"""Whether what learners do is recorded while they do it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks

from .. import configuration
from ..engagement import coverage, statements, status
from ..models import RecordedDay


def check_backend(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Events that do not reach our backend although the site wants them recorded; W010."""
    if not configuration.value("ENGAGEMENT") or coverage.is_recording():
        return []
    return [
        checks.Warning(
            "What learners do is not recorded: the platform's tracker does not hand its events to the plugin.",
            hint="Leave the entry 'learner_data_plugin' in EVENT_TRACKING_BACKENDS, and EVENT_TRACKING_ENABLED True; or set "
            "LEARNER_DATA_PLUGIN['ENGAGEMENT'] to False if nothing is to be recorded.",
            id="learner_data_plugin.W010",
        )
    ]


def check_losses(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Events that could not be written in the last days; W011. Runs where databases are checked too, as ``migrate`` does."""
    lost = status.recording().lost if statements.alias_of(RecordedDay) in (databases or ()) else {}
    if not lost:
        return []
    days = ", ".join(f"{number} on {day:%Y-%m-%d}" for day, number in lost.items())
    return [
        checks.Warning(
            f"Events of learners were lost because the database did not take them: {days} (UTC).",
            hint="Look for 'Recording of what learners do pauses' in the log of the LMS. Where the site keeps tracking logs, "
            "those of these days can be imported.",
            id="learner_data_plugin.W011",
        )
    ]


def check_tables(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Tables that are not there, told to those who ask before they deploy and not by ``migrate``, which makes them; E005."""
    if (
        statements.alias_of(RecordedDay) not in (databases or ())
        or not coverage.is_recording()
        or status.recording().is_readable
    ):
        return []
    return [
        checks.Error(
            "What learners do cannot be recorded: the plugin's tables for it cannot be read.",
            hint="Run the plugin's migrations: manage.py lms migrate learner_data_plugin.",
            id="learner_data_plugin.E005",
        )
    ]
