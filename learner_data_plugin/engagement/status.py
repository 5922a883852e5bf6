"""Whether recording works, for those who look after the site and for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta

from django.db import DatabaseError
from django.utils import timezone

from .. import configuration
from ..models import RecordedDay
from . import coverage

DAYS_TOLD = 7


@dataclass(frozen=True)
class Status:
    """How recording is, and was in the last seven days.

    ``is_wanted``: the site has not switched it off; ``is_recording``: the LMS hands its events to it; ``is_readable``: its
    tables are there. ``lost`` are numbers of events by their day.
    """

    is_wanted: bool
    is_recording: bool
    is_readable: bool
    lost: Mapping[date, int] = field(default_factory=dict)


def recording() -> Status:
    """Return how recording is (1 query). Raises nothing, and must not be called inside a transaction that is to go on."""
    is_wanted, is_recording = configuration.value("ENGAGEMENT"), coverage.is_recording()
    since = timezone.now().astimezone(UTC).date() - timedelta(days=DAYS_TOLD)
    try:
        lost = dict(RecordedDay.objects.filter(day__gte=since, lost__gt=0).order_by("day").values_list("day", "lost"))
    except DatabaseError:
        return Status(is_wanted, is_recording, is_readable=False)
    return Status(is_wanted, is_recording, is_readable=True, lost=lost)
