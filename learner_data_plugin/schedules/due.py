"""What cron runs: every schedule that is due gets its occurrences, once, and what is unfinished goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction

from ..data import OccurrenceState, ScheduleState
from ..exceptions import UnknownReport, frames
from ..models import ReportSchedule, ScheduleOccurrence
from ..platform import clock
from ..platform.deadlocks import retry_on_deadlock
from ..reports import stale_runs
from ..reports.base import get_report
from . import keeping, occurrences, rhythm

log = logging.getLogger(__name__)

MOST_UNREAD = 5
"""A schedule of which nobody downloaded so many reports, one after another, is paused."""

MOST_CAUGHT_UP = 31
"""So many missed days or weeks are made later, the latest ones."""


@dataclass
class Summary:
    """What a call did: how many due times it found, how many of them are left out, and how many schedules it ended."""

    due: int = 0
    missed: int = 0
    paused: int = 0
    stopped: int = 0


def run_due(*, now: datetime | None = None) -> Summary:
    """Have every report made that is due. Any number of calls, at the same time and on any number of hosts, make each once.

    Reports of a day or a week that were missed are made later, each of its own period. Of other reports, which are as of now,
    one is made for the latest due time, and those before are entered as missed.
    """
    now, summary = now or clock.now(), Summary()
    due = ReportSchedule.objects.filter(state=ScheduleState.ACTIVE, next_due__lte=now).select_related("requester")
    for schedule in list(due.order_by("next_due", "pk")):
        _attempt(partial(_begin, schedule, now, summary))
    under_way = ScheduleOccurrence.objects.filter(state__in=(OccurrenceState.RUNNING, OccurrenceState.COMPARING))
    for course_key in set(under_way.values_list("schedule__course_id", flat=True)):
        _attempt(partial(stale_runs.clear, course_key))
    occurrences.advance_all(now=now)
    return summary


def _begin(schedule: ReportSchedule, now: datetime, summary: Summary) -> None:
    if not occurrences.requester_has_access(schedule):
        summary.stopped += keeping.stop(schedule, "access_lost")
        return
    if schedule.unread >= MOST_UNREAD:
        summary.paused += keeping.pause(schedule, "unread", by=keeping.SCHEDULES)
        return
    days = list(rhythm.days_due(schedule.course_id, schedule.every, first=schedule.next_day, now=now))
    if days:
        made = _days_made(schedule, days)
        if retry_on_deadlock(partial(_claim, schedule, days, made)):
            summary.due += len(made)
            summary.missed += len(days) - len(made)


def _days_made(schedule: ReportSchedule, days: list[date]) -> list[date]:
    try:
        is_of_a_period = get_report(schedule.report).is_of_a_period
    except UnknownReport:
        is_of_a_period = False
    return days[-MOST_CAUGHT_UP:] if is_of_a_period else days[-1:]


@transaction.atomic
def _claim(schedule: ReportSchedule, days: list[date], made: list[date]) -> bool:
    """Enter the occurrences of these days; False if another process has."""
    following = rhythm.next_day(schedule.every, days[-1])
    mine = ReportSchedule.objects.filter(pk=schedule.pk, state=ScheduleState.ACTIVE, next_day=schedule.next_day)
    if not mine.update(next_day=following, next_due=rhythm.due_time(schedule.course_id, following)):
        return False
    wanted, moment = set(made), clock.now()
    ScheduleOccurrence.objects.bulk_create(
        ScheduleOccurrence(
            schedule=schedule,
            day=day,
            created=moment,
            state=OccurrenceState.WAITING if day in wanted else OccurrenceState.MISSED,
        )
        for day in days
    )
    return True


def _attempt(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception as error:
        log.error("Schedules: %s\n%s", type(error).__name__, frames(error))
