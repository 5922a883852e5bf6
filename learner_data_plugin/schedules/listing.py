"""What is told of the recurring reports of a course."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from opaque_keys.edx.keys import CourseKey

from .. import permissions
from ..data import OccurrenceState, Schedule, ScheduledReport, ScheduleState
from ..failures import SCHEDULE_REASONS
from ..models import ReportFile, ReportRun, ReportSchedule, ScheduleOccurrence
from ..reports.visibility import Roles, is_visible


def list_schedules(course_key: CourseKey, *, user: Any = None) -> list[Schedule]:
    """Return the schedules of a course, the oldest first (4 queries); with an account, as it may see and change them."""
    found = ReportSchedule.objects.filter(course_id=course_key).select_related("requester")
    return _describe(list(found.prefetch_related("recipients__user").order_by("pk")), course_key, user)


def describe(schedule: ReportSchedule, *, user: Any = None) -> Schedule:
    """Return what is told of one schedule."""
    return _describe([schedule], schedule.course_id, user)[0]


def _describe(schedules: list[ReportSchedule], course_key: CourseKey, user: Any) -> list[Schedule]:
    roles = None if user is None else permissions.roles_that_count(user, course_key)
    may_change_any = user is not None and permissions.can_delete_any_report(user, course_key)
    latest = _latest(schedules)
    return [
        Schedule(
            number=schedule.pk,
            report=schedule.report,
            file_format=schedule.file_format,
            every=schedule.every,
            recipients=tuple(recipient.user.username for recipient in schedule.recipients.all()),
            selection=schedule.selection,
            changes=schedule.changes,
            skip_empty=schedule.skip_empty,
            purpose=schedule.purpose,
            requester=schedule.requester.username if schedule.requester else "",
            created=schedule.created,
            state=str(schedule.state),
            reason=str(SCHEDULE_REASONS.get(schedule.reason, "")),
            next_due=schedule.next_due if schedule.state == ScheduleState.ACTIVE else None,
            can_change=may_change_any or (user is not None and schedule.requester_id == user.pk),
            last=_last(latest[schedule.pk], roles) if schedule.pk in latest else None,
        )
        for schedule in schedules
    ]


def _latest(schedules: list[ReportSchedule]) -> dict[int, ScheduleOccurrence]:
    """The latest occurrence of each schedule that was not missed or dropped."""
    numbers = [schedule.pk for schedule in schedules]
    told = ScheduleOccurrence.objects.exclude(state__in=(OccurrenceState.MISSED, OccurrenceState.DROPPED))
    of_each = told.filter(schedule__in=numbers).order_by().values("schedule").annotate(last=Max("pk"))
    last = of_each.values_list("last", flat=True)
    related = ("run__file", "changes_run__file")
    found = ScheduleOccurrence.objects.filter(pk__in=list(last)).select_related(*related)
    return {occurrence.schedule_id: occurrence for occurrence in found}


def _last(occurrence: ScheduleOccurrence, roles: Roles) -> ScheduledReport:
    file, difference = _file(occurrence.run, roles), _file(occurrence.changes_run, roles)
    return ScheduledReport(
        day=occurrence.day,
        state=str(occurrence.state),
        report_name=file.name if file else None,
        rows=file.rows if file else None,
        changes_name=difference.name if difference else None,
        changes=difference.numbers if difference else None,
    )


def _file(run: ReportRun | None, roles: Roles) -> ReportFile | None:
    file = getattr(run, "file", None)
    return file if run is not None and file is not None and not file.withdrawn and is_visible(run, roles) else None
