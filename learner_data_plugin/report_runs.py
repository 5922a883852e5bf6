"""The life of one request for a report: claimed, queued, running, ended — exactly one at a time per course and report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from opaque_keys.edx.keys import CourseKey

from . import configuration, platform_api
from .data import Actor, FileFormat, Report, Selection, TaskStatus
from .deadlocks import retried
from .exceptions import NotToBeStarted, ReportFailed
from .models import ReportRun

TASK_TYPES = {
    Report.PROFILE: "learner_data_profile_csv",
    Report.ANONYMIZED_IDS: "learner_data_anonymized_ids_csv",
}
"""The instructor task type of each report."""

FAILURE_SENTENCES = {
    "queue_unavailable": gettext_lazy("The report could not be queued. Nothing was made; please try again later."),
    "never_started": gettext_lazy(
        "No worker started this report. Please try again, and tell the site's operators if it happens again."
    ),
    "worker_lost": gettext_lazy("The worker stopped before the report was finished. Nothing was stored; please try again."),
    "database": gettext_lazy("The connection to the database was lost. Nothing was stored; please try again."),
    "storage": gettext_lazy(
        "The finished report could not be stored. Please try again, and tell the site's operators if it happens again."
    ),
    "superseded": gettext_lazy("This report was given up because nothing was heard of it for too long. Please try again."),
    "learner_erased": gettext_lazy(
        "A learner of this course was erased while the report was being made. Nothing was stored; please try again."
    ),
    "format_unavailable": gettext_lazy("This site's workers cannot make XLSX files. Please choose CSV."),
    "selection_outdated": gettext_lazy(
        "What was chosen is no longer offered in this course. Please choose learners and columns again."
    ),
    "unexpected": gettext_lazy(
        "The report could not be made. Please try again, and give the site's operators the time of this message."
    ),
}
"""What the course team reads when a run ended without a file."""

_SUBMISSION_SECONDS = 60
"""A run that has no task after so long was never handed over: the process that claimed it is gone."""


def slot_of(course_key: CourseKey, report: Report) -> str:
    """The name of the one place that runs of this report in this course compete for."""
    return hashlib.sha1(f"{course_key}|{report}".encode(), usedforsecurity=False).hexdigest()


def claim(
    course_key: CourseKey, *, report: Report, file_format: FileFormat, selection: Selection, by: Actor
) -> ReportRun | None:
    """Take the report's place; None if another run has it. Of any number of simultaneous claims one succeeds."""

    @transaction.atomic
    def enter() -> ReportRun:
        return ReportRun.objects.create(
            course_id=course_key,
            report=report,
            file_format=file_format,
            selection=stored_selection(selection),
            requester_id=by.user_id,
            address=by.address,
            slot=slot_of(course_key, report),
        )

    try:
        return retried(enter)
    except IntegrityError:
        return None


def current(course_key: CourseKey, report: Report) -> ReportRun | None:
    """The run that is queued or running."""
    return ReportRun.objects.filter(slot=slot_of(course_key, report)).first()


def start(run_id: int, task_id: str) -> ReportRun:
    """Take a queued run into work. Of any number of calls one succeeds.

    Raises NotToBeStarted for the others, and if the run was given up meanwhile.
    """
    now = timezone.now()
    if not _under_way(run_id).filter(started__isnull=True).update(task_id=task_id, started=now, heartbeat=now, done=0):
        run = ReportRun.objects.filter(pk=run_id).first()
        raise NotToBeStarted("superseded" if run is None else run.failure)
    return ReportRun.objects.get(pk=run_id)


def progress(run: ReportRun, *, done: int, total: int) -> None:
    """Record how far a run is, in rows, and that it is alive. Raises ReportFailed if the run was given up meanwhile."""
    if not _change(run.pk, done=done, total=total, heartbeat=timezone.now()):
        raise ReportFailed("superseded")


def beat(run_id: int) -> None:
    """Record that a run is alive; nothing happens to one that has ended."""
    _change(run_id, heartbeat=timezone.now())


def announce_path(run: ReportRun, path: str) -> None:
    """Record where a run is about to store its file, so that what a lost worker leaves there can be cleared away."""
    if not _change(run.pk, stored_path=path, heartbeat=timezone.now()):
        raise ReportFailed("superseded")


def fail(run: ReportRun, failure: str) -> bool:
    """End a run without a file and free its place; whether it was this call that ended it."""
    return _change(run.pk, slot=None, failure=failure, ended=timezone.now())


def release(run: ReportRun) -> bool:
    """End a run that has its file; False if it was given up meanwhile. Belongs into the file's own transaction."""
    return _change(run.pk, slot=None, ended=timezone.now())


def is_stale(run: ReportRun) -> bool:
    """Whether nothing has been heard of a queued or running run for longer than the site waits."""
    if run.slot is None:
        return False
    org = run.course_id.org
    if run.started is not None:
        patience, since = configuration.value("STALE_AFTER_SECONDS", org=org), run.heartbeat
    elif run.task_id:
        patience, since = configuration.value("QUEUE_TIMEOUT_SECONDS", org=org), run.created
    else:
        patience, since = _SUBMISSION_SECONDS, run.created
    return timezone.now() - since > timedelta(seconds=patience)


def is_to_be_queued_again(run: ReportRun) -> bool:
    """Whether a queued run has waited for so long that its message may be lost; true for one caller in that time."""
    now = timezone.now()
    if run.started is not None or now - (run.heartbeat or run.created) < timedelta(seconds=_SUBMISSION_SECONDS):
        return False
    return bool(_under_way(run.pk).filter(started=None, heartbeat=run.heartbeat).update(heartbeat=now))


def give_up_all(course_keys: Iterable[CourseKey], failure: str) -> list[ReportRun]:
    """End whatever is queued or running in these courses. Answers the runs that this call ended."""
    given_up = [run for run in ReportRun.objects.filter(course_id__in=course_keys, slot__isnull=False) if fail(run, failure)]
    for run in given_up:
        platform_api.fail_task(run.task_id, sentence(failure))
    return given_up


def recent(course_key: CourseKey, *, seconds: int) -> list[ReportRun]:
    """Runs under way, and those that ended in the last ``seconds``, newest first (1 query)."""
    since = timezone.now() - timedelta(seconds=seconds)
    runs = ReportRun.objects.filter(course_id=course_key).filter(Q(slot__isnull=False) | Q(ended__gt=since))
    return list(runs.select_related("requester", "file").order_by("-id"))


def sentence(failure: str) -> str:
    """What to tell the course team about a run that failed."""
    return str(FAILURE_SENTENCES.get(failure) or FAILURE_SENTENCES["unexpected"])


def stored_selection(selection: Selection) -> dict[str, object]:
    """A selection as JSON; what is not chosen is left out."""
    kept = {key: value for key, value in vars(selection).items() if value}
    if selection.columns is not None:
        kept["columns"] = list(selection.columns)
    return kept


def read_selection(stored: dict) -> Selection:
    """The selection that was stored."""
    columns = stored.get("columns")
    return Selection(**{**stored, "columns": None if columns is None else tuple(columns)})


def progress_message(run: ReportRun, state: str) -> str:
    """One sentence about how far a run is."""
    if state == "FAILURE":
        return sentence(run.failure)
    if state == "REVOKED":
        return _("This report was cancelled.")
    if run.started is None:
        return _("Waiting for a worker.")
    if state == "SUCCESS":
        return _("Finished: {done} rows.").format(done=run.done)
    if run.total:
        return _("{done} of {total} rows.").format(done=run.done, total=run.total)
    return _("Report generation is in progress.")


def _change(run_id: int, **values: Any) -> bool:
    """Change a run; False if it has ended already."""
    return bool(retried(partial(_under_way(run_id).update, **values)))


def _under_way(run_id: int) -> QuerySet[ReportRun]:
    # Not by ``slot``, which says the same: MariaDB would go through that index and lock every run that is under way.
    return ReportRun.objects.filter(pk=run_id, ended__isnull=True)


def submitted(run: ReportRun, task_id: str) -> None:
    """Record the task that a run was queued as; a worker may have done so already."""
    ReportRun.objects.filter(pk=run.pk, task_id="").update(task_id=task_id)


def statuses(runs: list[ReportRun]) -> list[TaskStatus]:
    """Say how far each of these runs is (1 query). Our own record counts where the platform's lags behind it."""
    states = platform_api.task_states([run.task_id for run in runs if run.task_id]) if runs else {}
    return [_status(run, states.get(run.task_id, platform_api.QUEUING)) for run in runs]


def _status(run: ReportRun, platform_state: str) -> TaskStatus:
    state = platform_state
    if run.slot is None:
        state = "FAILURE" if run.failure else "SUCCESS"
    elif state in ("SUCCESS", "FAILURE"):
        state = platform_api.PROGRESS
    percent = 100 if state == "SUCCESS" else run.done * 100 // run.total if run.total and run.done is not None else None
    file = getattr(run, "file", None)
    return TaskStatus(
        task_id=run.task_id,
        report=Report(run.report),
        file_format=FileFormat(run.file_format),
        state=state,
        requester=run.requester.username if run.requester else "",
        created=run.created,
        done=run.done,
        total=run.total,
        percent=percent,
        message=progress_message(run, state),
        age_seconds=int((timezone.now() - run.created).total_seconds()),
        stale=is_stale(run),
        report_name=file.name if file and not file.withdrawn else None,
    )
