"""The sentences that a course team reads about a report that runs, waits, is finished or failed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..exceptions import ReportFailed
from ..models import ReportRun


def failure_message(failure: str) -> str:
    """Return what to tell the course team about a run that failed."""
    return str(ReportFailed(failure))


def progress_message(run: ReportRun, state: str, *, waits: bool = False) -> str:
    """Return one sentence about how far a run is; ``waits`` for another of the same report."""
    if state == "FAILURE":
        return failure_message(run.failure)
    if state == "REVOKED":
        return failure_message("cancelled")
    if waits:
        return _("Waiting for the report before it.")
    if run.started is None:
        return _("Waiting for a worker.")
    if state == "SUCCESS":
        return _("Finished: {done} rows.").format(done=run.done)
    if run.total:
        return _("{done} of {total} rows.").format(done=run.done, total=run.total)
    return _("Report generation is in progress.")
