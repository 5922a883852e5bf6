"""Requesting a report: claim its place in the course, queue the task, or answer the one that is under way."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from opaque_keys.edx.keys import CourseKey

from .. import audit, configuration
from ..data import Actor, AuditAction, RequestedReport
from ..exceptions import LEAST_PURPOSE, PurposeRequired, QueueUnavailable
from ..export.base import require_available
from ..models import ReportFile, ReportRun
from ..platform import api as platform_api
from . import runs, sources, stale_runs, turns
from .base import StoredSelection, get_report
from .messages import failure_message
from .turns import TASK_NAME

_CLAIM_SECONDS = 3.0


def request_report(
    course_key: CourseKey,
    report: str,
    *,
    file_format: str,
    selection: StoredSelection,
    purpose: str = "",
    by: Actor,
    detail: str = "",
    in_transaction: Callable[[ReportRun], object] | None = None,
) -> RequestedReport:
    """Have a report made in the background, or answer the one that is being made already.

    While the same report is made in another format or of another selection, what is asked for waits for it. ``in_transaction``
    is called with a new run in the transaction that enters it, which is undone by what it raises; ``detail`` is what the audit
    says of the request besides. Must not be called inside a transaction. Raises UnknownReport, UnknownFormat,
    FormatUnavailable, InvalidSelection, PurposeRequired, TooManyLearners (an order was asked for in a large course),
    ReportNotFound (of a report that is made from others), and QueueUnavailable, after which nothing is left running.
    """
    require_purpose(course_key, purpose)
    require_available(file_format)
    selection = get_report(report).completed(selection)
    found = _find_sources(course_key, report, selection, by)
    get_report(report).check(course_key, selection)
    stale_runs.clear(course_key)
    deadline = time.monotonic() + _CLAIM_SECONDS
    wanted: dict[str, Any] = {"file_format": file_format, "selection": selection}

    def enter(run: ReportRun) -> None:
        audit.record_run(run, AuditAction.REQUESTED, by=by, detail=detail)
        if in_transaction is not None:
            in_transaction(run)

    claim = partial(
        runs.claim,
        course_key,
        report=report,
        purpose=purpose,
        by=by,
        sources=found,
        in_transaction=enter,
        **wanted,
    )
    while (run := claim()) is None:
        # None is under way any more if the one in our way ended while we looked: then its place is free again.
        find = partial(runs.current, course_key, report)
        if (running := find()) is not None and not runs.is_the_same(running, **wanted):
            if (run := claim(waits=True)) is not None:
                break
            find = partial(runs.waiting, course_key, report, **wanted)
        if (requested := _await_task(find, deadline)) is not None:
            return requested
        if time.monotonic() > deadline:
            raise QueueUnavailable
        time.sleep(0.02)
    try:
        return _submit(run, by)
    except BaseException as error:
        failure = "queue_unavailable" if isinstance(error, QueueUnavailable) else "unexpected"
        record = partial(audit.record_run, run, AuditAction.FAILED, by=by, detail=failure)
        if runs.fail(run, failure, record=record):  # a quick worker may have finished it by now
            turns.start_next(course_key, report)
        raise


def _find_sources(course_key: CourseKey, report: str, selection: StoredSelection, by: Actor) -> list[ReportFile]:
    names = get_report(report).sources(selection)
    user = get_user_model().objects.filter(pk=by.user_id).first() if names else None
    return sources.find(course_key, names, user=user) if names else []


def require_purpose(course_key: CourseKey, purpose: str) -> None:
    """Raise PurposeRequired where the site asks what learner data is for, and that does not say it."""
    if configuration.value("REQUIRE_PURPOSE", org=course_key.org) and len(purpose.strip()) < LEAST_PURPOSE:
        raise PurposeRequired


def _submit(run: ReportRun, by: Actor) -> RequestedReport:
    task_type = get_report(run.report).task_type
    # The platform logs a task's input: what was searched for stays in the run.
    task_input = {"run": run.pk, "report": run.report, "format": run.file_format}

    # The platform lets one task of a key be under way.
    task_key = "" if runs.has_place(run) else run.slot or ""

    def submit() -> str:
        return platform_api.submit_task(
            TASK_NAME, task_type=task_type, course_key=run.course_id, task_input=task_input, task_key=task_key, by=by
        )

    try:
        task_id = submit()
    except platform_api.TaskAlreadyRunning:
        # The place was free, so whatever row there is has nobody working on it.
        for running_id in platform_api.running_task_ids(run.course_id, task_type, task_key=task_key):
            platform_api.fail_task(running_id, failure_message("superseded"))
        task_id = submit()
    runs.submitted(run, task_id)
    if task_key:  # what it waits for may have ended before it was submitted
        turns.start_next(run.course_id, run.report)
    return _requested(task_id, run.report, already_running=False)


def _await_task(find: Callable[[], ReportRun | None], deadline: float) -> RequestedReport | None:
    """The run that is under way, once the request that claimed it has queued its task; None if none is."""
    while (run := find()) is not None:
        if run.task_id:
            if runs.has_place(run) and runs.is_to_be_queued_again(run):
                turns.queue_again(run.task_id)
            return _requested(run.task_id, run.report, already_running=True)
        if time.monotonic() > deadline:
            raise QueueUnavailable
        time.sleep(0.05)
    return None


def _requested(task_id: str, report: str, *, already_running: bool) -> RequestedReport:
    state = platform_api.task_states([task_id]).get(task_id, platform_api.QUEUING)
    return RequestedReport(task_id, report, state, already_running=already_running)
