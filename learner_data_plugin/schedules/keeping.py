"""The life of a recurring report: set up, paused, resumed, stopped, deleted; each is recorded in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import audit, configuration, permissions
from ..data import Actor, AuditAction, InForce, ScheduleState
from ..exceptions import InvalidSelection, ScheduleNotFound, ScheduleRefused
from ..export.base import require_available
from ..models import ReportSchedule, ScheduleRecipient
from ..platform import clock
from ..reports.base import Report, StoredSelection, get_report
from ..reports.requesting import require_purpose
from . import notices, rhythm

SCHEDULES = Actor(None, "schedules")
"""Who the audit says paused or stopped a schedule, where nobody did by hand."""

MOST_IN_A_COURSE = 50
MOST_RECIPIENTS = 50

_NOT_KEPT = ("search", "usernames")
"""Parameters that name learners, who may be erased one day."""


def add(
    course_key: CourseKey,
    report: str,
    *,
    file_format: str,
    every: str,
    recipients: Sequence[str],
    selection: StoredSelection,
    purpose: str,
    changes: bool,
    skip_empty: bool,
    by: Actor,
) -> ReportSchedule:
    """Set up a recurring report; ``recipients`` are usernames.

    Raises UnknownReport, UnknownFormat, FormatUnavailable, PurposeRequired, TooManyLearners and InvalidSelection: for what
    cannot be had again and again, and for recipients who may not see learner data of this course.
    """
    require_purpose(course_key, purpose)
    file_format_wanted = require_available(file_format)
    wanted, now = get_report(report), clock.now()
    _check(course_key, wanted, every=every, selection=selection)
    if changes and not (_has_key(course_key, wanted, selection, now.date()) and file_format_wanted.can_be_read):
        raise InvalidSelection(_("This report has no column by which learners can be told apart, so it cannot be compared."))
    accounts = _find_recipients(course_key, recipients)
    if ReportSchedule.objects.filter(course_id=course_key).count() >= MOST_IN_A_COURSE:
        raise InvalidSelection(_("This course has {most} recurring reports. Delete one first.").format(most=MOST_IN_A_COURSE))
    first = rhythm.next_day(every, now.date())
    in_force = configuration.in_force(course_key.org)
    with transaction.atomic():
        schedule = ReportSchedule.objects.create(
            course_id=course_key,
            report=report,
            file_format=file_format,
            every=every,
            selection=dict(selection),
            in_force=vars(in_force),
            requester_id=by.user_id,
            purpose=purpose,
            changes=changes,
            skip_empty=skip_empty,
            created=now,
            next_day=first,
            next_due=rhythm.due_time(course_key, first),
        )
        ScheduleRecipient.objects.bulk_create(ScheduleRecipient(schedule=schedule, user=user) for user in accounts)
        record(AuditAction.SCHEDULED, schedule, by=by)
    return schedule


def find(course_key: CourseKey, number: int) -> ReportSchedule:
    """Return a course's schedule of this number. Raises ScheduleNotFound."""
    schedule = ReportSchedule.objects.select_related("requester").filter(pk=number).first()
    if schedule is None or schedule.course_id != course_key:
        raise ScheduleNotFound
    return schedule


def require_own(schedule: ReportSchedule, user: Any) -> None:
    """Raise ScheduleRefused unless the account set up the schedule, or may change those of others (Admins and global staff)."""
    if schedule.requester_id != user.pk and not permissions.can_delete_any_report(user, schedule.course_id):
        raise ScheduleRefused


def pause(schedule: ReportSchedule, reason: str, *, by: Actor) -> bool:
    """Pause an active schedule; whether it was this call that did. Where nobody did it by hand, those concerned are told."""
    return _end(schedule, ScheduleState.PAUSED, reason, AuditAction.SCHEDULE_PAUSED, by=by)


def stop(schedule: ReportSchedule, reason: str) -> bool:
    """Stop an active schedule whose requester may not see learner data any more, and tell those concerned."""
    return _end(schedule, ScheduleState.STOPPED, reason, AuditAction.SCHEDULE_STOPPED, by=SCHEDULES)


def resume(schedule: ReportSchedule, *, by: Actor) -> None:
    """Have a paused or stopped schedule go on with its next due time.

    Raises ScheduleRefused where its requester has no role any more, and PurposeRequired.
    """
    requester = schedule.requester
    if requester is None or not permissions.can_access_learner_data(requester, schedule.course_id):
        raise ScheduleRefused(_("The person who set up this recurring report has no role in this course. Set up a new one."))
    require_purpose(schedule.course_id, schedule.purpose)
    day = rhythm.next_day(schedule.every, clock.now().date())
    values = {"state": ScheduleState.ACTIVE, "reason": "", "unread": 0, "next_day": day}
    due = rhythm.due_time(schedule.course_id, day)
    with transaction.atomic():
        found = ReportSchedule.objects.filter(pk=schedule.pk).exclude(state=ScheduleState.ACTIVE)
        if found.update(**values, next_due=due):
            record(AuditAction.SCHEDULE_RESUMED, schedule, by=by)
    schedule.refresh_from_db()


@transaction.atomic
def delete(schedule: ReportSchedule, *, by: Actor, detail: str = "") -> None:
    """Delete a schedule for good; its reports stay."""
    record(AuditAction.UNSCHEDULED, schedule, by=by, detail=detail)
    schedule.delete()


def in_force(schedule: ReportSchedule) -> InForce:
    """Return what was in force when a schedule was set up."""
    kept = {name: tuple(schedule.in_force[name]) for name in ("columns", "private_columns", "roles")}
    return InForce(site_id=schedule.in_force["site_id"], **kept)


def record(action: AuditAction, schedule: ReportSchedule, *, by: Actor, detail: str = "") -> None:
    """Add what was done with a schedule to the audit."""
    audit.record(
        action,
        schedule.course_id,
        by=by,
        report=schedule.report,
        file_format=schedule.file_format,
        detail=f"schedule {schedule.pk}{f', {detail}' if detail else ''}, every {schedule.every}",
        purpose=schedule.purpose,
    )


def _end(schedule: ReportSchedule, state: ScheduleState, reason: str, action: AuditAction, *, by: Actor) -> bool:
    with transaction.atomic():
        found = ReportSchedule.objects.filter(pk=schedule.pk, state=ScheduleState.ACTIVE)
        if not found.update(state=state, reason=reason):
            return False
        record(action, schedule, by=by, detail=reason)
    schedule.state, schedule.reason = state, reason
    if by == SCHEDULES:
        notices.tell_end(schedule)
    return True


def _check(course_key: CourseKey, report: Report, *, every: str, selection: StoredSelection) -> None:
    if every not in report.rhythms:
        rhythms = ", ".join(report.rhythms) or _("not at all")
        sentence = _("'{report}' can be made by itself: {rhythms}.")
        raise InvalidSelection(sentence.format(report=report.name, rhythms=rhythms))
    for name in (*_NOT_KEPT, *report.period_parameters):
        if selection.get(name):
            raise InvalidSelection(_("'{name}' cannot be chosen for a recurring report.").format(name=name))
    report.check(course_key, report.due_on(selection, clock.now().date()))


def _has_key(course_key: CourseKey, report: Report, selection: StoredSelection, day: Any) -> bool:
    columns = {column.key for column in report.columns(course_key, report.due_on(selection, day))}
    return not columns.isdisjoint(report.key_columns)


def _find_recipients(course_key: CourseKey, usernames: Sequence[str]) -> list[Any]:
    wanted = list(dict.fromkeys(usernames))
    if len(wanted) > MOST_RECIPIENTS:
        raise InvalidSelection(_("A report can have {most} recipients.").format(most=MOST_RECIPIENTS))
    accounts = {user.username: user for user in get_user_model().objects.filter(username__in=wanted)}
    for username in wanted:
        user = accounts.get(username)
        # The same for an account that does not exist: who has one is nobody's business.
        if user is None or not permissions.can_access_learner_data(user, course_key):
            sentence = _("'{username}' has no role in this course that lets them see its learner data.")
            raise InvalidSelection(sentence.format(username=username[:150]))
    return [accounts[username] for username in wanted]
