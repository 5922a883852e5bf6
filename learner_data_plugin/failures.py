"""The sentences about reports that failed or no longer recur, such as of a worker that was lost; the course team reads them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FAILURES = {
    "queue_unavailable": _("The report could not be queued. Nothing was made; please try again later."),
    "never_started": _(
        "This report never started. Please try again, and contact site support if it happens again."
    ),
    "worker_lost": _("The report was interrupted. Nothing was stored; please try again."),
    "cancelled": _("This report was canceled. Nothing was stored."),
    "revoked": _("Site support ended this report. Nothing was stored; please try again."),
    "database": _("The connection to the database was lost. Nothing was stored; please try again."),
    "database_busy": _("The database was too busy for this report. Nothing was stored; please try again."),
    "storage": _(
        "The finished report could not be stored. Please try again, and contact site support if it happens again."
    ),
    "superseded": _("This report stopped responding and was ended. Please try again."),
    "learner_erased": _(
        "Learners of this course were erased again and again while the report was generated. Nothing was stored; please try "
        "again."
    ),
    "format_unavailable": _("This site cannot create files of this format. Please choose CSV."),
    "report_unavailable": _("This site cannot create this report. Please contact site support."),
    "selection_outdated": _(
        "What was chosen is no longer offered in this course. Please choose learners and columns again."
    ),
    "earlier_gone": _("The earlier report is not there any more, so nothing could be compared."),
    "access_lost": _(
        "The person who requested this report may no longer see learner data of this course. Nothing was made."
    ),
    "unexpected": _(
        "The report could not be created. Please try again. If it happens again, tell site support the time of this message."
    ),
}
"""Why a run ended without a file, by its code in ``ReportRun.failure``."""

SCHEDULE_REASONS = {
    "by_hand": _("Somebody of the course team paused it."),
    "unread": _("Nobody downloaded its last five reports."),
    "access_lost": _("The person who set it up may no longer see learner data of this course."),
    "purpose_required": _("This site requires a purpose now, and none was given."),
    "selection_outdated": FAILURES["selection_outdated"],
    "report_unavailable": FAILURES["report_unavailable"],
    "format_unavailable": FAILURES["format_unavailable"],
}
"""Why a recurring report is paused or was stopped, by its code in ``ReportSchedule.reason``."""
