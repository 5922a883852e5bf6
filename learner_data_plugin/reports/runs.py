"""The life of one request for a report: claimed, queued, running, ended — exactly one at a time per course and report.

Another format or selection that is asked for meanwhile waits, and gets the place when it is free.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from opaque_keys.edx.keys import CourseKey

from .. import audit, configuration
from ..data import Actor, AuditAction, InForce, TaskStatus
from ..exceptions import NotToBeStarted, ReportFailed
from ..models import ReportFile, ReportRun
from ..platform import api as platform_api
from ..platform import clock
from ..platform.deadlocks import retry_on_deadlock
from ..platform.short_names import short_name
from .base import StoredSelection
from .messages import progress_message
from .visibility import Roles, as_words, is_visible, narrowed

_SUBMISSION_SECONDS = 60
"""A run that has no task after so long was never handed over: the process that claimed it is gone."""


SUSPICION = 0.5
CONFIRMATION = 0.3
"""Parts of STALE_AFTER_SECONDS: so long a run is silent before it is suspected of being lost, and then until it is given up.

In two steps, since after the database was away every run has been silent: one whose worker lives beats again in between."""

LONG_SILENCE = 5
"""Times STALE_AFTER_SECONDS, after which a run is given up without another look."""


def slot_of(course_key: CourseKey, report: str, waiting: str = "") -> str:
    """The name of the one place that runs of this report in this course compete for, or of one to wait for it."""
    name = f"{course_key}|{report}|{waiting}" if waiting else f"{course_key}|{report}"
    return short_name(name)


def has_place(run: ReportRun) -> bool:
    """Whether a run is queued or running, and does not wait for another."""
    return run.slot == slot_of(run.course_id, run.report)


def is_the_same(run: ReportRun, *, file_format: str, selection: StoredSelection) -> bool:
    """Whether a run makes what is asked for here."""
    return _variant(run.file_format, run.selection) == _variant(file_format, selection)


def _variant(file_format: str, selection: StoredSelection) -> str:
    return json.dumps([file_format, selection], sort_keys=True)


def claim(
    course_key: CourseKey,
    *,
    report: str,
    file_format: str,
    selection: StoredSelection,
    by: Actor,
    purpose: str = "",
    waits: bool = False,
    sources: Sequence[ReportFile] = (),
    in_transaction: Callable[[ReportRun], object] | None = None,
) -> ReportRun | None:
    """Take the report's place, or one to wait for it; None if another run has that.

    Of any number of simultaneous claims one succeeds; each format and selection waits once. What is made from ``sources`` is
    shown to nobody who may not see these. ``in_transaction`` is called with the run in the transaction that enters it.
    """
    in_force = configuration.in_force(course_key.org)
    kept = {"site_id": in_force.site_id, "columns": in_force.columns, "private_columns": in_force.private_columns}
    now = clock.now()

    @transaction.atomic
    def enter() -> ReportRun:
        run = ReportRun.objects.create(
            course_id=course_key,
            report=report,
            file_format=file_format,
            selection=selection,
            in_force=kept,
            roles=as_words(narrowed(in_force.roles, sources)),
            requester_id=by.user_id,
            address=by.address,
            purpose=purpose,
            created=now,
            slot=slot_of(course_key, report, _variant(file_format, selection) if waits else ""),
        )
        if in_transaction is not None:
            in_transaction(run)
        return run

    try:
        return retry_on_deadlock(enter)
    except IntegrityError:
        return None


def in_force(run: ReportRun) -> InForce | None:
    """What was in force when a run was requested; None if that was before it was recorded."""
    if not run.in_force:
        return None
    kept = {name: tuple(run.in_force[name]) for name in ("columns", "private_columns")}
    return InForce(site_id=run.in_force["site_id"], roles=tuple(run.roles.split()), **kept)


def current(course_key: CourseKey, report: str) -> ReportRun | None:
    """The run that is queued or running, and does not wait for another."""
    return ReportRun.objects.filter(slot=slot_of(course_key, report)).first()


def waiting(course_key: CourseKey, report: str, *, file_format: str, selection: StoredSelection) -> ReportRun | None:
    """The run of this format and selection that waits for another."""
    return ReportRun.objects.filter(slot=slot_of(course_key, report, _variant(file_format, selection))).first()


def take_turn(course_key: CourseKey, report: str) -> ReportRun | None:
    """Give the report's place, if it is free, to the run that waits longest; None if none waits or the place is taken."""
    place = slot_of(course_key, report)
    queue = ReportRun.objects.filter(course_id=course_key, report=report, ended=None, started=None).exclude(slot=place)
    for run in queue.exclude(task_id="").order_by("id")[:1]:

        @transaction.atomic
        def take(run: ReportRun = run) -> bool:
            return _change(run.pk, slot=place, turn=clock.Now())

        try:
            return ReportRun.objects.get(pk=run.pk) if retry_on_deadlock(take) else None
        except IntegrityError:
            return None
    return None


def start(run_id: int, task_id: str) -> ReportRun:
    """Take a queued run into work, with its requester. Of any number of calls one succeeds.

    Raises NotToBeStarted for the others, if the run waits for another, and if it was given up meanwhile.
    """
    run = ReportRun.objects.select_related("requester").filter(pk=run_id).first()
    if run is None:
        raise NotToBeStarted("superseded")
    place = slot_of(run.course_id, run.report)
    now, run.task_id, run.done = clock.Now(), task_id, 0
    queued = _under_way(run_id).filter(started__isnull=True, slot=place)
    if not retry_on_deadlock(partial(queued.update, task_id=task_id, done=0, started=now, heartbeat=now)):
        raise NotToBeStarted(ReportRun.objects.values_list("failure", flat=True).get(pk=run_id))
    return run


def submitted(run: ReportRun, task_id: str) -> None:
    """Record the task that a run was queued as; a worker may have done so already."""
    # By its length: for an empty one MariaDB would go through the index, and lock what a worker that starts the run changes.
    without = ReportRun.objects.alias(length=Length("task_id")).filter(pk=run.pk, length=0)
    retry_on_deadlock(partial(without.update, task_id=task_id))


def progress(run: ReportRun, *, done: int, total: int) -> None:
    """Record how far a run is, in rows, and that it is alive. Raises ReportFailed if the run was ended meanwhile."""
    if not _change(run.pk, done=done, total=total, heartbeat=clock.Now()):
        raise ReportFailed(end_of(run))


def end_of(run: ReportRun) -> str:
    """Return the failure that a run finds when it was ended while it worked: ``cancelled``, or ``superseded`` for any other."""
    failure = ReportRun.objects.filter(pk=run.pk).values_list("failure", flat=True).first()
    return "cancelled" if failure == "cancelled" else "superseded"


def beat(run_id: int) -> None:
    """Record that a run is alive; nothing happens to one that has ended."""
    _change(run_id, heartbeat=clock.Now())


def announce_path(run: ReportRun, path: str, *, rows: int) -> None:
    """Record that a run has all its rows, and where it is about to store them: what a lost worker leaves there is cleared away.

    Raises ReportFailed if the run was ended meanwhile.
    """
    if not _change(run.pk, stored_path=path, done=rows, total=rows, heartbeat=clock.Now()):
        raise ReportFailed(end_of(run))


def fail(run: ReportRun, failure: str, *, record: Callable[[], object] | None = None) -> bool:
    """End a run without a file and free its place; whether it was this call that ended it.

    A run that has ended is one of which the audit says so: ``record`` adds to it in the same transaction, unless given that the
    report failed.
    """
    return _end(_under_way(run.pk), run, failure, record=record)


def fail_if_silent(run: ReportRun, failure: str) -> bool:
    """The same for a run as it was read, unless it has started or given a sign of life since."""
    rows = _silent_since(run) if run.started else _under_way(run.pk).filter(started=None)
    return _end(rows, run, failure)


def release(run: ReportRun) -> bool:
    """End a run that has its file; False if it was given up meanwhile. Belongs into the file's own transaction."""
    return _change(run.pk, slot=None, ended=clock.Now())


def is_stale(run: ReportRun, now: datetime) -> bool:
    """Whether a queued or running run has shown no sign of life for longer than the site waits; ``now`` is the database's.

    Never of one that waits for another.
    """
    if run.slot is None or (run.task_id and not has_place(run)):
        return False
    org = run.course_id.org
    if run.started is not None:
        patience, since = configuration.value("STALE_AFTER_SECONDS", org=org), run.heartbeat
    elif run.task_id:
        patience, since = configuration.value("QUEUE_TIMEOUT_SECONDS", org=org), run.turn or run.created
    else:
        patience, since = _SUBMISSION_SECONDS, run.created
    return now - since > timedelta(seconds=patience)


def is_lost(run: ReportRun, now: datetime) -> bool:
    """Whether a queued or running run is to be given up; ``now`` is the database's. One found silent is suspected first."""
    if run.slot is None or run.started is None:
        return is_stale(run, now)
    patience = configuration.value("STALE_AFTER_SECONDS", org=run.course_id.org)
    silence = (now - run.heartbeat).total_seconds()
    if silence > LONG_SILENCE * patience:
        return True
    if silence <= SUSPICION * patience:
        return False
    if run.suspected is None or run.suspected < run.heartbeat:
        _silent_since(run).update(suspected=now)
        return False
    return (now - run.suspected).total_seconds() > CONFIRMATION * patience


def is_to_be_queued_again(run: ReportRun) -> bool:
    """Whether a queued run has waited for so long that its message may be lost; true for one caller in that time."""
    now = clock.now()
    if run.started is not None or now - (run.heartbeat or run.created) < timedelta(seconds=_SUBMISSION_SECONDS):
        return False
    return bool(_under_way(run.pk).filter(started=None, heartbeat=run.heartbeat).update(heartbeat=now))


def recent(course_key: CourseKey, *, seconds: int) -> list[ReportRun]:
    """Runs under way, and those that ended in the last ``seconds``, newest first (2 queries)."""
    since = clock.now() - timedelta(seconds=seconds)
    runs = ReportRun.objects.filter(course_id=course_key).filter(Q(slot__isnull=False) | Q(ended__gt=since))
    return list(runs.select_related("requester", "file").order_by("-id"))


def statuses(
    runs: list[ReportRun], *, roles: Roles = None, username: str = "", may_cancel_any: bool = False
) -> list[TaskStatus]:
    """Say how far each of these runs is (2 queries). Our own record counts where the platform's lags behind it.

    A finished file is named to those whose roles may see it. ``username`` is that of whoever asks.
    """
    if not runs:
        return []
    now, states = clock.now(), platform_api.task_states([run.task_id for run in runs if run.task_id])
    return [
        _status(
            run,
            states.get(run.task_id, platform_api.QUEUING),
            now,
            roles=roles,
            username=username,
            may_cancel_any=may_cancel_any,
        )
        for run in runs
    ]


def _requester(run: ReportRun) -> str:
    return run.requester.username if run.requester else ""


def _silence(run: ReportRun, now: datetime) -> int | None:
    """Seconds since a running run gave a sign of life."""
    return None if run.slot is None or run.heartbeat is None else max(0, int((now - run.heartbeat).total_seconds()))


def _status(
    run: ReportRun, platform_state: str, now: datetime, *, roles: Roles, username: str, may_cancel_any: bool
) -> TaskStatus:
    state = platform_state
    if run.slot is None:
        state = {"": "SUCCESS", "cancelled": "REVOKED"}.get(run.failure, "FAILURE")
    elif state in ("SUCCESS", "FAILURE"):
        state = platform_api.PROGRESS
    percent = 100 if state == "SUCCESS" else run.done * 100 // run.total if run.total and run.done is not None else None
    file, waits = getattr(run, "file", None), run.slot is not None and not has_place(run)
    return TaskStatus(
        task_id=run.task_id,
        report=run.report,
        file_format=run.file_format,
        state=state,
        requester=_requester(run),
        created=run.created,
        done=run.done,
        total=run.total,
        percent=percent,
        message=progress_message(run, state, waits=waits),
        age_seconds=int((now - run.created).total_seconds()),
        stale=is_stale(run, now),
        waits=waits,
        silent_seconds=_silence(run, now),
        may_cancel=run.slot is not None and (may_cancel_any or (username != "" and username == _requester(run))),
        report_name=file.name if file and not file.withdrawn and is_visible(run, roles) else None,
    )


def _change(run_id: int, **values: Any) -> bool:
    """Change a run; False if it has ended already."""
    return bool(retry_on_deadlock(partial(_under_way(run_id).update, **values)))


def _end(
    rows: QuerySet[ReportRun], run: ReportRun, failure: str, *, record: Callable[[], object] | None = None
) -> bool:
    record = record or partial(audit.record_run, run, AuditAction.FAILED, detail=failure)

    @transaction.atomic
    def end() -> bool:
        ended = bool(rows.update(slot=None, failure=failure, ended=clock.Now()))
        if ended:
            record()
        return ended

    return retry_on_deadlock(end)


def _silent_since(run: ReportRun) -> QuerySet[ReportRun]:
    """The run, unless it has given a sign of life since it was read."""
    # Not by equality: SQLite compares moments as texts, with or without zeros at the end.
    return _under_way(run.pk).filter(heartbeat__lte=run.heartbeat)


def _under_way(run_id: int) -> QuerySet[ReportRun]:
    # Not by ``slot``, which says the same: MariaDB would go through that index and lock every run that is under way.
    return ReportRun.objects.filter(pk=run_id, ended__isnull=True)
