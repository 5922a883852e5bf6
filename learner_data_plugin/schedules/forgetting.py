"""Taking erased accounts out of the schedules, and deleting what is old."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from opaque_keys.edx.keys import CourseKey

from ..data import Actor, OccurrenceState, ScheduleState
from ..models import ReportSchedule, ScheduleOccurrence, ScheduleRecipient
from . import keeping
from .occurrences import UNFINISHED


def forget_accounts(user_ids: Collection[int], *, by: Actor) -> None:
    """Delete the schedules that these accounts set up, and take the accounts out of those of others.

    A schedule whose requester's row is gone already, as after a deletion, is deleted as well.
    """
    ScheduleRecipient.objects.filter(user_id__in=user_ids).delete()
    for schedule in ReportSchedule.objects.filter(requester_id__in=user_ids):
        keeping.delete(schedule, by=by, detail="requester erased")
    for schedule in ReportSchedule.objects.filter(requester=None):
        keeping.delete(schedule, by=by, detail="requester erased")
    sending = ScheduleOccurrence.objects.filter(state=OccurrenceState.READY).exclude(told=[])
    for number, accounts in list(sending.values_list("pk", "told")):
        kept = [account for account in accounts if account not in user_ids]
        ScheduleOccurrence.objects.filter(pk=number, told=accounts).update(told=kept)


def remove_older_than(course_key: CourseKey, moment: datetime) -> None:
    """Delete what was recorded of due times before a moment, and schedules that were stopped and have nothing newer."""
    old = ScheduleOccurrence.objects.filter(schedule__course_id=course_key, created__lt=moment)
    old.exclude(state__in=UNFINISHED).delete()
    stopped = ReportSchedule.objects.filter(course_id=course_key, state=ScheduleState.STOPPED, next_due__lt=moment)
    stopped.filter(occurrences=None).delete()
