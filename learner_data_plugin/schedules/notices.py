"""What people are told about a recurring report, and who is told: recipients who may see it at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import configuration, permissions
from ..data import ScheduleState
from ..exceptions import CourseNotFound, UnknownReport
from ..failures import SCHEDULE_REASONS
from ..models import ReportFile, ReportSchedule, ScheduleOccurrence
from ..platform import api as platform_api
from ..platform import sites
from ..reports.base import get_report
from ..reports.messages import failure_message
from ..reports.visibility import is_visible
from . import mail
from .mail import Notice


def tell_ready(
    occurrence: ScheduleOccurrence, file: ReportFile, difference: ReportFile | None, *, since: datetime | None
) -> int:
    """Tell the recipients who may see a report that it is there, each once; returns how many could not be told.

    Who has no role any more is left out, and is told nothing.
    """
    schedule, unsent = occurrence.schedule, 0
    with translation.override(settings.LANGUAGE_CODE):
        notice = _ready(schedule, file, difference, since)
    for user in recipients(schedule):
        roles = permissions.roles_that_count(user, schedule.course_id)
        if user.pk in occurrence.told or not is_visible(file.run, roles):
            continue
        if _send(user, notice, schedule):
            occurrence.told.append(user.pk)
            ScheduleOccurrence.objects.filter(pk=occurrence.pk).update(told=occurrence.told)
        else:
            unsent += 1
    return unsent


def tell_failure(occurrence: ScheduleOccurrence) -> None:
    """Tell whoever set up a schedule that a report of it was not made."""
    schedule = occurrence.schedule
    with translation.override(settings.LANGUAGE_CODE):
        day = date_format(occurrence.day, "DATE_FORMAT")
        values = {"report": report_label(schedule), "course": _course_name(schedule), "day": day}
        notice = Notice(
            subject=_("Not made: {report} for {course}").format(**values),
            paragraphs=[
                _("The recurring report “{report}” for {course} that was due on {day} could not be made.").format(**values),
                failure_message(occurrence.failure),
                _("The next one will be made on {day}.").format(day=date_format(schedule.next_day, "DATE_FORMAT")),
            ],
            link=_page_url(schedule),
            link_label=_("Open the recurring reports"),
            footer=[_why(schedule)],
        )
    if schedule.requester is not None and schedule.requester.is_active:
        _send(schedule.requester, notice, schedule)


def tell_end(schedule: ReportSchedule) -> None:
    """Tell whoever set up a schedule, and its recipients who may see learner data, that it is paused or was stopped."""
    with translation.override(settings.LANGUAGE_CODE):
        notice = _end(schedule)
    told = {user.pk: user for user in recipients(schedule)}
    requester = schedule.requester
    if requester is not None and requester.is_active:
        told[requester.pk] = requester
    for user in told.values():
        _send(user, notice, schedule)


def recipients(schedule: ReportSchedule) -> Iterator[Any]:
    """The recipients who may see learner data of the course at this moment."""
    for recipient in schedule.recipients.select_related("user").order_by("pk"):
        if permissions.can_access_learner_data(recipient.user, schedule.course_id):
            yield recipient.user


def report_label(schedule: ReportSchedule) -> str:
    """What the report of a schedule is called for people."""
    try:
        return str(get_report(schedule.report).label)
    except UnknownReport:  # of a plugin that is gone
        return schedule.report


def _ready(
    schedule: ReportSchedule, file: ReportFile, difference: ReportFile | None, since: datetime | None
) -> Notice:
    values = {"report": report_label(schedule), "course": _course_name(schedule)}
    rows = ngettext("It has {rows} row.", "It has {rows} rows.", file.rows)
    paragraphs = [
        _("The report “{report}” for {course} is ready.").format(**values)
        + " "
        + rows.format(rows=number_format(file.rows, force_grouping=True))
    ]
    numbers: list[tuple[str, str]] = []
    title = ""
    if difference is not None and since is not None:
        title = _("Since the report of {day}:").format(day=date_format(since, "DATE_FORMAT"))
        labels = {"joined": _("Joined"), "left": _("Left"), "changed": _("Changed")}
        counts = difference.numbers
        numbers = [(label, number_format(counts[name], force_grouping=True)) for name, label in labels.items()]
        if not any(counts.values()):
            title, numbers = "", []
            sentence = _("Nothing has changed since the report of {day}.")
            paragraphs.append(sentence.format(day=date_format(since, "DATE_FORMAT")))
    return Notice(
        subject=_("{report} for {course}").format(**values),
        paragraphs=paragraphs,
        numbers_title=title,
        numbers=numbers,
        link=_page_url(schedule, "reports"),
        link_label=_("Open the reports"),
        footer=[
            *_kept_until(schedule, file),
            _("The file holds personal information. It is not attached: you download it after you have signed in."),
            _why(schedule),
        ],
    )


def _end(schedule: ReportSchedule) -> Notice:
    values = {"report": report_label(schedule), "course": _course_name(schedule)}
    is_stopped = schedule.state == ScheduleState.STOPPED
    told = (
        _("The recurring report “{report}” for {course} was stopped. No further reports will be made.")
        if is_stopped
        else _("The recurring report “{report}” for {course} is paused. No further reports will be made until it is resumed.")
    )
    what_next = (
        _("Somebody with a role in the course can set up a new one.")
        if is_stopped
        else _("To go on, open the recurring reports of the course and choose Resume, or delete it if nobody needs it.")
    )
    subject = _("Stopped: {report} for {course}") if is_stopped else _("Paused: {report} for {course}")
    return Notice(
        subject=subject.format(**values),
        paragraphs=[told.format(**values), str(SCHEDULE_REASONS[schedule.reason]), what_next],
        link=_page_url(schedule),
        link_label=_("Open the recurring reports"),
        footer=[_why(schedule)],
    )


def _kept_until(schedule: ReportSchedule, file: ReportFile) -> list[str]:
    days = configuration.days("RETENTION_DAYS", org=schedule.course_id.org)
    if not days:
        return []
    last = date_format(file.created + timedelta(days=days), "DATE_FORMAT")
    return [_("The file can be downloaded until {day}.").format(day=last)]


def _why(schedule: ReportSchedule) -> str:
    rhythm = {"day": _("every day"), "week": _("every Monday"), "month": _("on the first of every month")}[schedule.every]
    requester = schedule.requester.username if schedule.requester else ""
    sentence = _(
        "You get this email because {requester} set up this report to be made {rhythm}. It can be paused or deleted under "
        "Recurring reports, on the same page."
    )
    return sentence.format(requester=requester, rhythm=rhythm)


def _course_name(schedule: ReportSchedule) -> str:
    try:
        return platform_api.get_course(str(schedule.course_id)).display_name
    except CourseNotFound:
        return str(schedule.course_id)


def _page_url(schedule: ReportSchedule, place: str = "schedules") -> str:
    """A place of the course's own page, at the address of the site where the schedule was set up."""
    configured = sites.values_for(schedule.course_id.org, site_id=schedule.in_force["site_id"])
    root = str(configured.first("LMS_ROOT_URL") or platform_api.lms_root_url()).rstrip("/")
    return root + reverse("learner_data_plugin:page", kwargs={"course_id": str(schedule.course_id)}) + f"#learner-data-{place}"


def _send(user: Any, notice: Notice, schedule: ReportSchedule) -> bool:
    return mail.send(user, notice, org=schedule.course_id.org, site_id=schedule.in_force["site_id"])
