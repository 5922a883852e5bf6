"""The sentences that the page's scripts show, in the reader's language; ``{name}`` stands for a value the script fills in.

A context stands where the platform's own catalog, which wins, has the word in another sense ("Share" on a social network).
Numbers, units, dates and lengths of time come ready-made from the browser in the same language, so no plural is needed here.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def page_texts() -> dict[str, str]:
    """Return every text of the scripts by the name they know it by."""
    return {**_failures(), **_tasks(), **_reports(), **_files(), **_table(), **_charts()}


def _failures() -> dict[str, str]:
    return {
        "signed_out": _("Your session has ended. Nothing was lost; please sign in again."),
        "sign_in": _("Sign in"),
        "reload_needed": _("This page has been open for too long. Please reload it and try again."),
        "reload": _("Reload"),
        "network": _("The site cannot be reached. Please check your connection."),
        "retrying": _("The site cannot be reached. Trying again in {time}."),
        "retrying_server": _("The site did not answer as it should. Trying again in {time}."),
        "throttled": _("That was too often in a short time. Please wait a minute and try again."),
        "server": _(
            "Something went wrong on the site. Please try again later; if it stays like this, tell the site's operators."
        ),
        "try_again": _("Try again"),
        "working": _("One moment…"),
    }


def _tasks() -> dict[str, str]:
    return {
        "report_profile": _("Profile information"),
        "report_anonymized_ids": _("Anonymized IDs"),
        "queued": _("Waiting to start"),
        "running": _("In progress"),
        "finished": _("Finished"),
        "failed": _("Not finished"),
        "revoked": _("Cancelled"),
        "requested_by": _("Asked for by {requester}, {time}"),
        "rows_of_total": _("{done} of {total} rows"),
        "time_left": _("about {time} left"),
        "progress_of": _("Progress: {report}"),
        "no_worker": _(
            "Nothing has started on this report yet. Either other reports come first, or no worker is running; if it stays "
            "like this, tell the site's operators."
        ),
        "stale": _("Nothing has been heard of this report for a while. The worker may have stopped."),
        "stuck": _(
            "Nothing was added to this report for half a minute. If its worker has stopped, it is given up some minutes later, "
            "and you can try again here."
        ),
        "task_failed": _("The report could not be finished. No file was stored."),
        "task_finished": _("The report is ready: {report}."),
        "task_failed_announcement": _("The report could not be finished: {report}."),
    }


def _reports() -> dict[str, str]:
    return {
        "generating": _(
            "The report is being generated. You can see how far it is under Pending Tasks. You can leave this page; the "
            "finished file will be listed below."
        ),
        "already_running": _(
            "This report is already being generated for this course; a second one was not started. You can see how far it is "
            "under Pending Tasks."
        ),
        "view_generating": _(
            "This view is being exported. The file will be offered here when it is ready, and listed under Reports."
        ),
        "view_not_started": _(
            "Another profile report of this course is being generated, so your selection was not exported. Please try again "
            "when it has finished."
        ),
        "file_ready": _("Your file is ready:"),
        "anonymized_ids_preparing": _("The file is being prepared."),
        "anonymized_ids_saved": _("Your browser has the file: {name}"),
        "anonymized_ids_as_report": _(
            "This course is too large for an immediate download, so the file is being generated in the background. You can see "
            "how far it is under Pending Tasks."
        ),
    }


def _files() -> dict[str, str]:
    return {
        "file_name": _("File"),
        "file_report": _("Report"),
        "file_selection": _("{report}, as selected in the table"),
        "file_format": _("Format"),
        "file_created": pgettext("column of files", "Made"),
        "file_size": _("Size"),
        "file_rows": _("Rows"),
        "file_requester": pgettext("column of files", "By"),
        "file_actions": _("Actions"),
        "file_download": _("Download"),
        "file_download_named": _("Download {name}"),
        "file_delete": _("Delete"),
        "file_delete_named": _("Delete {name}"),
        "file_delete_question": _("Delete this file?"),
        "file_delete_consequence": _("{name} is removed for everyone in the course team and cannot be brought back."),
        "file_delete_confirm": _("Delete file"),
        "file_delete_cancel": _("Keep file"),
        "file_deleted": _("The file was deleted: {name}"),
        "files_newer": _("Newer"),
        "files_older": _("Older"),
        "files_page": _("Page {page} of {pages}"),
        "files_caption": _("Reports available for download, newest first"),
        "account_gone": _("(account removed)"),
    }


def _table() -> dict[str, str]:
    return {
        "table_caption": _("Learners enrolled right now"),
        "table_search": _("Search by username, name or email"),
        "table_all": pgettext("filter", "All"),
        "filter_cohort": _("Cohort"),
        "filter_team": _("Team"),
        "filter_enrollment_mode": pgettext("filter", "Track"),
        "filters_clear": _("Clear filters"),
        "table_shown": _("Learners shown: {shown} of {count}"),
        "table_nobody": _("No learner fits this search. Clear the filters to see everyone."),
        "table_columns": _("Columns"),
        "table_columns_shown": _("Columns ({shown} of {count})"),
        "columns_hidden": _("Columns hidden: {count}"),
        "columns_all": _("Show all columns"),
        "table_copy": _("Copy"),
        "table_copied": _("The table was copied: {rows} rows, {columns} columns."),
        "table_not_copied": _("The browser did not allow copying."),
        "table_print": _("Print"),
        "table_export": _("Export this view as {format}"),
    }


def _charts() -> dict[str, str]:
    return {
        "charts_loading": _("The charts are being prepared…"),
        "chart_numbers": _("Show the numbers"),
        "chart_csv": _("Download as CSV"),
        "chart_csv_named": _("Download as CSV: {title}"),
        "chart_group": _("Group"),
        "chart_period": _("Period"),
        "chart_week": _("Week from"),
        "chart_count": _("Learners"),
        "chart_share": pgettext("column of a chart", "Share"),
        "chart_total": _("Total so far"),
    }
