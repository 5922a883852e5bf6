"""What happens on a day on which a recurring report is due, step by step; any step can be done by any process, once.

A report is requested in the transaction in which the occurrence gets its run: of any number of processes one succeeds, and one
that is killed leaves nothing half-done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q

from .. import configuration, permissions
from ..data import Actor, OccurrenceState, ScheduleState
from ..exceptions import LearnerDataError, PurposeRequired, QueueUnavailable, frames
from ..models import ReportFile, ReportRun, ReportSchedule, ScheduleOccurrence
from ..platform import clock
from ..reports.base import StoredSelection, get_report
from ..reports.requesting import request_report
from . import keeping, notices, rhythm

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
_LATE = timedelta(days=1)
"""So long after its due time a report, or an email, is given up that could not be made until then."""

_CLAIM = timedelta(minutes=10)
"""Whoever claimed the emails of an occurrence and has not sent them by then is taken for lost."""

UNFINISHED = (
    OccurrenceState.WAITING,
    OccurrenceState.RUNNING,
    OccurrenceState.COMPARE,
    OccurrenceState.COMPARING,
    OccurrenceState.READY,
)

_FINAL_FAILURES = ("selection_outdated", "report_unavailable", "format_unavailable")
"""What will fail the next time, too."""


class Taken(Exception):
    """Another process has requested the report of this occurrence."""


def follow_up(run: ReportRun) -> None:
    """Go on with the occurrences that waited for a report that is finished, or for its place in the course."""
    mine = Q(run=run) | Q(changes_run=run)
    waiting = Q(schedule__course_id=run.course_id, state__in=(OccurrenceState.WAITING, OccurrenceState.COMPARE))
    for number in ScheduleOccurrence.objects.filter(mine | waiting).order_by("day", "pk").values_list("pk", flat=True):
        advance(number, now=clock.now())


def advance_all(*, now: datetime) -> None:
    """Go on with every occurrence that is not finished. What fails is logged, and does not keep the others from going on."""
    unfinished = ScheduleOccurrence.objects.filter(state__in=UNFINISHED).order_by("day", "pk")
    for number in list(unfinished.values_list("pk", flat=True)):
        try:
            advance(number, now=now)
        except Exception as error:
            log.error("Occurrence %s of a schedule: %s\n%s", number, type(error).__name__, frames(error))


def advance(number: int, *, now: datetime) -> None:
    """Do what can be done of an occurrence at this moment."""
    related = ("schedule__requester", "run", "changes_run")
    while (found := ScheduleOccurrence.objects.select_related(*related).filter(pk=number).first()) is not None:
        step = _STEPS.get(OccurrenceState(found.state))
        if step is None or not step(found, now):
            return


def note_download(file: ReportFile) -> None:
    """Keep that somebody downloads the reports of a schedule (1 query, 1 more for a report of one)."""
    mine = ScheduleOccurrence.objects.filter(Q(run=file.run_id) | Q(changes_run=file.run_id))
    if (number := mine.values_list("schedule_id", flat=True).first()) is not None:
        ReportSchedule.objects.filter(pk=number).update(unread=0)


def stored_file(run: ReportRun | None) -> ReportFile | None:
    """The file of a run, as long as it is there."""
    if run is None:
        return None
    return ReportFile.objects.filter(run=run, withdrawn=None).select_related("run").first()


def _waiting(occurrence: ScheduleOccurrence, now: datetime) -> bool:
    schedule = occurrence.schedule
    if schedule.state != ScheduleState.ACTIVE:
        return _move(occurrence, OccurrenceState.DROPPED)
    if not requester_has_access(schedule):
        keeping.stop(schedule, "access_lost")
        return True
    try:
        selection = get_report(schedule.report).due_on(schedule.selection, occurrence.day)
        return _request(occurrence, schedule.report, selection, to=OccurrenceState.RUNNING, field="run")
    except QueueUnavailable:
        return _is_late(occurrence, now) and _fail(occurrence, "queue_unavailable")
    except LearnerDataError as error:
        reason = "purpose_required" if isinstance(error, PurposeRequired) else "selection_outdated"
        _fail(occurrence, reason)
        keeping.pause(schedule, reason, by=keeping.SCHEDULES)
        return True


def _running(occurrence: ScheduleOccurrence, now: datetime) -> bool:
    run = occurrence.run
    if run is not None and run.ended is None:
        return False
    file = stored_file(run)
    if file is not None:
        wanted = occurrence.schedule.changes and _earlier(occurrence, file) is not None
        return _move(occurrence, OccurrenceState.COMPARE if wanted else OccurrenceState.READY)
    failure = run.failure if run is not None and run.failure else "unexpected"
    if failure == "access_lost":
        keeping.stop(occurrence.schedule, failure)
        return _fail(occurrence, failure)
    if failure in _FINAL_FAILURES:
        keeping.pause(occurrence.schedule, failure, by=keeping.SCHEDULES)
        return _fail(occurrence, failure)
    was_queued = failure not in ("queue_unavailable", "never_started")
    is_over = failure == "cancelled" or (was_queued and occurrence.attempts + 1 >= MOST_ATTEMPTS)
    if is_over or _is_late(occurrence, now):
        return _fail(occurrence, failure)
    # To be tried again by the command, and not within a minute: what failed may need a while.
    _move(occurrence, OccurrenceState.WAITING, run=None, attempts=occurrence.attempts + (1 if was_queued else 0))
    return run is None or run.ended is None or now - run.ended > timedelta(minutes=1)


def _compare(occurrence: ScheduleOccurrence, now: datetime) -> bool:
    file = stored_file(occurrence.run)
    earlier = _earlier(occurrence, file) if file is not None else None
    if file is None or earlier is None or _is_late(occurrence, now):
        return _move(occurrence, OccurrenceState.READY)
    try:
        selection = {"earlier": earlier.name, "later": file.name}
        return _request(occurrence, "changes", selection, to=OccurrenceState.COMPARING, field="changes_run")
    except QueueUnavailable:
        return False
    except LearnerDataError:  # the earlier report may have another selection of columns, or be gone by now
        return _move(occurrence, OccurrenceState.READY)


def _comparing(occurrence: ScheduleOccurrence, now: datetime) -> bool:
    run = occurrence.changes_run
    return (run is None or run.ended is not None) and _move(occurrence, OccurrenceState.READY)


def _ready(occurrence: ScheduleOccurrence, now: datetime) -> bool:
    file, difference = stored_file(occurrence.run), stored_file(occurrence.changes_run)
    if file is None:  # deleted, or expired
        return _move(occurrence, OccurrenceState.EMPTY)
    numbers = difference.numbers if difference else None
    if occurrence.schedule.skip_empty and not (sum(numbers.values()) if numbers is not None else file.rows):
        return _move(occurrence, OccurrenceState.EMPTY)
    moment = clock.now()
    claimable = ScheduleOccurrence.objects.filter(pk=occurrence.pk, state=OccurrenceState.READY)
    if not claimable.filter(Q(claimed=None) | Q(claimed__lt=moment - _CLAIM)).update(claimed=moment):
        return False
    unsent = notices.tell_ready(occurrence, file, difference, since=_since(occurrence, file))
    if unsent and not _is_late(occurrence, now):
        claimable.update(claimed=None, unsent=unsent)
        return False
    if claimable.update(state=OccurrenceState.DONE, claimed=None, told=[], unsent=unsent):
        ReportSchedule.objects.filter(pk=occurrence.schedule_id).update(unread=F("unread") + 1)
    return False


_STEPS: dict[OccurrenceState, Callable[[ScheduleOccurrence, datetime], bool]] = {
    OccurrenceState.WAITING: _waiting,
    OccurrenceState.RUNNING: _running,
    OccurrenceState.COMPARE: _compare,
    OccurrenceState.COMPARING: _comparing,
    OccurrenceState.READY: _ready,
}
"""What to do in each state that is not the last one; True says that there may be more to do at once."""


def requester_has_access(schedule: ReportSchedule) -> bool:
    """Whether whoever set up a schedule may see learner data of its course at this moment."""
    return schedule.requester is not None and permissions.can_access_learner_data(schedule.requester, schedule.course_id)


def _request(
    occurrence: ScheduleOccurrence, report: str, selection: StoredSelection, *, to: OccurrenceState, field: str
) -> bool:
    """Request a report in the name of whoever set up the schedule; False while another one has its place."""
    schedule = occurrence.schedule

    def enter(run: ReportRun) -> None:
        if not ScheduleOccurrence.objects.filter(pk=occurrence.pk, state=occurrence.state).update(state=to, **{field: run}):
            raise Taken

    by = Actor(schedule.requester_id, schedule.requester.username if schedule.requester else "")
    try:
        with configuration.as_requested(keeping.in_force(schedule)):
            requested = request_report(
                schedule.course_id,
                report,
                file_format=schedule.file_format,
                selection=selection,
                purpose=schedule.purpose,
                by=by,
                detail=f"schedule {schedule.pk}",
                in_transaction=enter,
            )
    except Taken:
        return False
    return not requested.already_running


def _earlier(occurrence: ScheduleOccurrence, file: ReportFile) -> ReportFile | None:
    """The report of the schedule before this one that is still there."""
    before = ReportFile.objects.filter(run__occurrences__schedule=occurrence.schedule_id, withdrawn=None, pk__lt=file.pk)
    return before.select_related("run").order_by("-pk").first()


def _since(occurrence: ScheduleOccurrence, file: ReportFile) -> datetime | None:
    earlier = _earlier(occurrence, file)
    return None if earlier is None else earlier.created


def _move(occurrence: ScheduleOccurrence, state: OccurrenceState, **values: object) -> bool:
    """Change the state of an occurrence that is still in the one it was read in."""
    found = ScheduleOccurrence.objects.filter(pk=occurrence.pk, state=occurrence.state)
    return bool(found.update(state=state, **values))


def _fail(occurrence: ScheduleOccurrence, failure: str) -> bool:
    if _move(occurrence, OccurrenceState.FAILED, failure=failure) and failure not in ("access_lost", *_FINAL_FAILURES):
        occurrence.failure = failure
        if failure != "purpose_required":  # of which the pause tells
            notices.tell_failure(occurrence)
    return False


def _is_late(occurrence: ScheduleOccurrence, now: datetime) -> bool:
    began = max(rhythm.due_time(occurrence.schedule.course_id, occurrence.day), occurrence.created)
    return now > began + _LATE
