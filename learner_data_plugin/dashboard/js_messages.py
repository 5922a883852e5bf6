"""The sentences that the page's scripts show, in the reader's language; ``{name}`` stands for a value the script fills in.

A context stands where the platform's own catalog, which wins, has the word in another sense ("Share" on a social network).
Numbers, units, dates and lengths of time come formatted from the browser in the same language, so no plural is needed here.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def page_texts() -> dict[str, str]:
    """Return every text of the scripts by the name they know it by."""
    return {**_failures(), **_tasks(), **_reports(), **_files(), **_table(), **_charts(), **_brought_files(), **_schedules()}


def _failures() -> dict[str, str]:
    return {
        "signed_out": _("Your session has ended. Nothing was lost; please sign in again."),
        "sign_in": _("Sign in"),
        "reload_needed": _("This page has been open for too long. Please reload it and try again."),
        "reload": _("Reload"),
        "network": _("The site cannot be reached. Please check your connection."),
        "retrying": _("The site cannot be reached. Trying again in {time}."),
        "retrying_server": _("The site did not answer as it should. Trying again in {time}."),
        "throttled": _("Too many requests. Please wait a minute and try again."),
        "server": _(
            "Something went wrong on the site. Please try again later. If it keeps happening, contact site support."
        ),
        "try_again": _("Try again"),
        "working": _("One moment…"),
    }


def _tasks() -> dict[str, str]:
    return {
        "queued": _("Waiting to start"),
        "running": _("In progress"),
        "finished": _("Finished"),
        "failed": _("Failed"),
        "revoked": _("Canceled"),
        "requested_by": _("Requested by {requester}, {time}"),
        "rows_of_total": _("{done} of {total} rows"),
        "time_left": _("about {time} left"),
        "progress_of": _("Progress: {report}"),
        "cancel": _("Cancel"),
        "cancel_named": _("Cancel {report}"),
        "no_worker": _("Still waiting to start. If this lasts more than a few minutes, contact site support."),
        "stale": _("This report has stopped responding."),
        "stuck": _("No progress for 30 seconds. If it has stopped, you can try again here in a few seconds."),
        "task_failed": _("The report failed. No file was stored."),
        "task_finished": _("The report is ready: {report}."),
        "task_failed_announcement": _("The report failed: {report}."),
        "task_cancelled": _("The report was canceled: {report}."),
    }


def _reports() -> dict[str, str]:
    return {
        "generating": _(
            "The report is being generated. You can leave this page while it runs; the finished file will be listed under "
            "Reports."
        ),
        "already_running": _("This report is already being generated for this course. Here is its progress."),
        "view_generating": _("The file is being generated. It will be offered here, and listed under Reports."),
        "file_ready": _("Your file is ready:"),
        "report_day": _("Day (UTC)"),
        "report_week_end": _("Last day of the week, a Sunday (UTC)"),
        "columns_needed": _("Choose at least one column."),
        "purpose_question": _("What do you need this data for?"),
        "purpose_hint": _("Your answer is recorded with your name. Ten characters or more."),
        "purpose_short": _("Please say it in ten characters or more."),
        "purpose_go": _("Continue"),
        "purpose_cancel": _("Cancel"),
        "anonymized_ids_preparing": _("The file is being prepared."),
        "anonymized_ids_saved": _("Downloaded: {name}"),
        "anonymized_ids_as_report": _(
            "This course is too large for an immediate download, so the file is being generated in the background."
        ),
    }


def _files() -> dict[str, str]:
    return {
        "file_report": _("Report"),
        "file_selection": _("Selection"),
        "file_created": pgettext("column of files", "Created"),
        "file_size": _("Size"),
        "file_rows_number": _("{count} rows"),
        "file_new": pgettext("file", "New"),
        "file_actions": _("Actions"),
        "file_download": _("Download"),
        "file_download_named": _("Download {name}"),
        "file_delete": _("Delete"),
        "file_delete_named": _("Delete {name}"),
        "file_delete_question": _("Delete this file?"),
        "file_delete_consequence": _("{name} is removed for everyone in the course team. This cannot be undone."),
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
        "table_search_beginnings": _(
            "In a course of this size, a search finds usernames, names and email addresses that begin with the text."
        ),
        "table_all": pgettext("filter", "All"),
        "filter_cohort": _("Cohort"),
        "filter_team": _("Team"),
        "filter_enrollment_mode": pgettext("filter", "Track"),
        "filter_activity": _("Activity"),
        "filters": _("Filters"),
        "filters_chosen": _("Filters ({count})"),
        "filters_clear": _("Clear filters"),
        "all_learners": _("All learners"),
        "presets": _("Who is shown"),
        "table_shown": _("Showing {shown} of {count} learners"),
        "table_page": _("Showing {first} to {last} of {count} learners"),
        "table_previous": _("Previous"),
        "table_next": _("Next"),
        "table_nobody": _("No learners match. Clear the filters to see everyone."),
        "table_columns": _("Columns"),
        "table_columns_shown": _("Columns ({shown} of {count})"),
        "columns_all": _("Show all columns"),
        "columns_usual": _("Usual columns"),
        "table_copy": _("Copy table"),
        "table_copied": _("The table was copied: {rows} rows, {columns} columns."),
        "table_not_copied": _("The browser did not allow copying."),
        "table_print": _("Print"),
        "table_too_many": _("For at most {count} learners. Filter them first, or export them."),
        "table_export": _("Export as {format}"),
        "print_title": _("{course}: {view}"),
        "print_note": _("Confidential: for the course team only. {count} learners, printed {time} by {requester}."),
        "weeks": _("Last 12 weeks"),
        "weeks_label": _("Days active in each of the last 12 weeks: {days}"),
        "never_started": _("Never started"),
        "struggling": _("Struggling"),
        **_selection(),
    }


def _selection() -> dict[str, str]:
    return {
        "tick_page": _("Select all on this page"),
        "tick_learner": _("Select {name}"),
        "selection": _("Selected learners"),
        "selected": _("{count} selected"),
        "select_all": _("Select all {count}"),
        "selection_clear": _("Clear selection"),
        "copy_addresses": _("Copy addresses"),
        "addresses_copied": _("Addresses copied: {count}"),
        "export_selected": _("Export selected as {format}"),
        "bulk_email": _("Open the bulk email tool"),
        "bulk_email_hint": _("Opens in a new tab. It sends to the course, a cohort or a track, not to selected learners."),
        "view_save": _("Save view"),
        "view_save_more": _("Save view…"),
        "view_name": _("Name of the view"),
        "view_hint": _("Filters, columns and order are saved for the course team. What you searched for is not."),
        "view_saved": _("The view was saved: {name}"),
        "view_by": _("{name}, saved by {creator}."),
        "view_copy_link": _("Copy link"),
        "view_link_copied": _("The link was copied. It opens this view for everyone in the course team."),
        "view_delete": _("Delete view"),
        "view_deleted": _("The view was deleted: {name}"),
        "view_gone": _("This view no longer exists. All learners are shown."),
    }


def _charts() -> dict[str, str]:
    return {
        "charts_loading": _("Loading the charts…"),
        "charts_preparing": _("The charts are being prepared. They will appear here."),
        "charts_refreshing": _("The charts are being refreshed. They will appear here."),
        "charts_as_of": _("As of {time}"),
        "charts_exact": _(
            "Exact numbers: a person in a small group can be recognized. Switch this on before you show them to others."
        ),
        "charts_safe": _(
            "Every number is changed by up to {noise}, and groups under {least} are not shown, so that nobody can be "
            "recognized. The numbers change when at least {least} people have joined or left, at most once a day."
        ),
        "charts_unchanged": _("No numbers are changed or left out: this site has chosen a minimum group size of 1."),
        "charts_are_safe": _("safe to share"),
        "chart_numbers": _("Show the numbers"),
        "chart_download": _("Download:"),
        "chart_file_named": _("Download as {format}: {title}"),
        "chart_nothing": _("There is nothing to show yet."),
        "chart_group": _("Group"),
        "chart_period": _("Period"),
        "chart_week": _("Week from"),
        "chart_week_of": _("Week of {day}"),
        "chart_so_far": _("{week} (so far)"),
        "chart_until": _("Until {day}"),
        "chart_count": _("Learners"),
        "chart_share": pgettext("column of a chart", "Share"),
        "chart_median": _("Median: {value}"),
        "weeks_title": _("Weekly activity"),
        "weeks_hint": _("Learners who did each at least once, Monday to Sunday (UTC), enrolled now or not"),
        "weeks_selected": _("Weekly activity is counted for the whole course only."),
        "series_active": _("Active"),
        "series_watched_video": _("Watched a video"),
        "series_tried_problem": _("Tried a problem"),
        "series_discussed": _("Discussions"),
        "series_short_active": _("Active"),
        "series_short_watched_video": pgettext("line of a chart", "Video"),
        "series_short_tried_problem": pgettext("line of a chart", "Problem"),
        "series_short_discussed": pgettext("line of a chart", "Forum"),
        "members_title": _("Enrollments over time"),
        "members_hint": _("Enrolled above; joined and left below (UTC)"),
        "members_hint_safe": _("Of those enrolled now, by when they first enrolled (UTC)"),
        "members_unknown": _("It is not known when {count} others left."),
        "series_enrolled": _("Enrolled"),
        "series_joined": _("Joined"),
        "series_left": pgettext("learners", "Left"),
        "map_title": _("Where learners are"),
        "map_table": _("The table has all of them."),
        "map_none": _("None"),
        "map_none_safe": _("None, or not shown"),
        "map_more": _("{count} or more"),
        "map_note": _("Lines are approximate and say nothing about whose land it is. Very small places are circles."),
        "overview_sentence": _("{struggling} and {away}."),
        "overview_week": _("Last week is {days} (UTC)."),
        "joined": pgettext("learners", "joined"),
        "left": pgettext("learners", "left"),
        "tile_active": _("Active last week"),
        "tile_more": _("▲ {change} from the week before"),
        "tile_fewer": _("▼ {change} from the week before"),
        "tile_same": _("As many as the week before"),
        "tile_enrolled": _("Enrolled now"),
        "tile_ever": _("{count} ever enrolled"),
        "tile_moved": _("Last 7 days"),
        "tile_moved_30": _("Last 30 days: {joined} joined, {left} left"),
        "tile_verified": _("Verified track"),
        "tile_never": _("Never started"),
        "tile_who": _("See who"),
        "tile_who_not": _("See who was not"),
        "tile_unknown": "–",
    }


def _brought_files() -> dict[str, str]:
    return {
        "file_needed": _("Choose a file first."),
        "file_too_large": _("The file is too large for this site. Divide it, or contact site support."),
        "pseudonymized": _("Downloaded. {matched} of {total} rows match."),
        "pseudonymized_removed": _("Removed: {columns}."),
        "verify_insecure": _("Your browser computes fingerprints on pages with https only."),
        "verify_unchanged": _("Yes, and unchanged."),
        "verify_found": _("{report}, created {time} by {requester}, {rows} rows."),
        "verify_without_erased": _("A learner had been taken out of it."),
        "count_total": _("Rows in the file"),
        "count_matched": _("In this course"),
        "count_not_in_course": _("Not in this course"),
        "count_retired": _("Account retired"),
        "count_unknown": _("Unknown ID"),
        "count_duplicates": _("Repeated"),
        "names_requested": _("Your request waits for somebody else to agree. It is listed below."),
        "name_request": _("{requester}: {rows} rows, {columns}"),
        "name_request_matched": _("{matched} of them belong to learners of this course."),
        "name_request_approval": _("Approval: {approval}"),
        "no_requests": _("There are no requests."),
        "request_waiting": _("Waiting"),
        "request_granted": _("Granted"),
        "request_declined": _("Declined"),
        "request_expired": _("Expired"),
        "request_grant": _("Grant"),
        "request_decline": _("Decline"),
        "file_codebook": _("Codebook"),
        "file_codebook_named": _("Codebook of {name}"),
    }


def _schedules() -> dict[str, str]:
    return {
        "schedule_every_day": _("Every day"),
        "schedule_every_week": _("Every Monday"),
        "schedule_every_month": _("On the first of every month"),
        "schedule_changes": _("with what changed"),
        "schedule_next": _("next on {time}"),
        "schedule_by": _("Set up by {requester}. Emails to: {recipients}."),
        "schedule_nobody": _("nobody"),
        "schedule_active": pgettext("recurring report", "Active"),
        "schedule_paused": pgettext("recurring report", "Paused"),
        "schedule_stopped": pgettext("recurring report", "Stopped"),
        "schedule_last": _("Last: {day}"),
        "schedule_rows": _("{rows} rows"),
        "schedule_running": _("being generated"),
        "schedule_empty": _("empty, nobody was told"),
        "schedule_failed": _("could not be generated"),
        "schedule_pause": _("Pause"),
        "schedule_resume": _("Resume"),
        "schedule_delete": _("Delete"),
        "schedule_action_named": _("{action}: {report}, {every}"),
        "schedule_delete_question": _("Delete this recurring report?"),
        "schedule_delete_consequence": _("No further reports are generated. Files that are there stay."),
        "schedule_delete_confirm": _("Delete recurring report"),
        "schedule_delete_cancel": _("Keep it"),
        "schedule_added": _("The recurring report is set up. The first one is due on {time}."),
        "schedule_deleted": _("The recurring report was deleted."),
        "changes_numbers": _("{joined} joined, {left} left, {changed} changed"),
        "changes_now": _("The course as it is now"),
        "changes_option": _("{report}, {time} ({format})"),
        "changes_since": _("Compared with an earlier report: {time}"),
    }
