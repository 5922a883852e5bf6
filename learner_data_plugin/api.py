"""What others may call: the REST API, the pages, commands, and other plugins of a site.

The names in ``__all__`` are stable: what they take, answer and raise changes with a new major release only, after a release
that warns. Everything else of this package may change with any release; :mod:`.extending` is what reports, columns and formats
of other plugins build on.

Callers have checked :func:`permissions.can_access_learner_data`; what is done is recorded in the audit here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import closing
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from . import audit, configuration, permissions
from .charts import catalogue, overview, reading, store, svg
from .charts.overview import Overview
from .charts.store import COUNTED_ON_REQUEST, Stored
from .columns import words
from .data import (
    Actor,
    Chart,
    Course,
    CourseState,
    CourseStatistics,
    LearnerDetails,
    LearnersPage,
    LearnerTable,
    RequestedReport,
    Schedule,
    Selection,
    StoredReport,
    TaskStatus,
)
from .engagement.weeks import Week, read_weeks
from .exceptions import DeletionRefused, InvalidSelection, ReportChanging, ReportNotFound, TooManyLearners
from .export.base import available_formats, get_format
from .learners import anonymous_ids, details, filters, pages, queries, saved_views, table
from .learners.erased import pending_since, without_erased
from .models import SavedView
from .platform import api as platform_api
from .privacy.brought_files import (
    deanonymize,
    decide_name_request,
    list_name_requests,
    preview_deanonymization,
    pseudonymize,
    verify_file,
)
from .reports import canceling, deletion, files, report_store, requesting, runs, stale_runs
from .reports.base import StoredSelection
from .reports.codebook import codebook_lines
from .reports.disclosures import Disclosed, record_file
from .schedules import keeping, listing, occurrences

__all__ = [
    "COUNTED_ON_REQUEST",
    "add_schedule",
    "anonymized_ids_file_name",
    "cancel_report",
    "chart_file_name",
    "count_by_activity",
    "deanonymize",
    "decide_name_request",
    "delete_report",
    "delete_schedule",
    "delete_view",
    "describe_course",
    "describe_learners",
    "draw_chart",
    "get_course",
    "learners_limit",
    "list_filters",
    "list_learners",
    "list_learners_page",
    "list_name_requests",
    "list_reports",
    "list_reports_page",
    "list_schedules",
    "list_tasks",
    "list_views",
    "open_anonymized_ids",
    "open_chart_csv",
    "open_codebook",
    "open_overview_csv",
    "open_report",
    "pause_schedule",
    "preview_deanonymization",
    "pseudonymize",
    "read_engagement_weeks",
    "read_overview",
    "read_size",
    "read_statistics",
    "refresh_statistics",
    "request_report",
    "resume_schedule",
    "save_view",
    "verify_file",
    "words_for",
]

TASKS_SHOWN_SECONDS = 3600
"""Ended tasks are told about for this long."""

_MEMORY_BYTES = 4_000_000


def get_course(course_id: str) -> Course:
    """Return the course run of this id. Raises CourseNotFound for a malformed id or one not on this site."""
    return platform_api.get_course(course_id)


def list_filters(
    course_key: CourseKey, *, columns: Collection[str], tracks: Collection[str] | None = None
) -> dict[str, list[str]]:
    """Return the values by which learners can be filtered, of those columns: cohorts, teams and tracks.

    The tracks of a large course may be those of an hour ago, and are not looked for where they are given.
    """
    tracks = store.tracks_of_large_course(course_key) if tracks is None else tracks
    return filters.filter_values(course_key, offered=columns, tracks=tracks)


def learners_limit(course_key: CourseKey) -> int:
    """Return the number of learners from which on a course has no table of all of them."""
    return table.learners_limit(course_key)


def read_size(course_key: CourseKey) -> store.Size:
    """Return how many are enrolled, and their tracks; of a large course as of the last hour (1 query, 2 in others)."""
    size = store.size_of_large_course(course_key)
    if size is None or size.learners < 2 * table.learners_limit(course_key):
        counts = queries.count_by_track(course_key)
        size = store.Size(sum(counts.values()), tuple(counts), None)
    return size


def list_learners_page(course_key: CourseKey, *, selection: Selection, number: int, size: int, by: Actor) -> LearnersPage:
    """Return a page of the learners of a course of any size. Raises InvalidSelection, UnknownColumn."""
    page = pages.read_page(course_key, selection, number=number, size=size)
    keys = [column.key for column in page.columns]
    audit.record(audit.Action.LISTED, course_key, by=by, columns=keys, rows=len(page.learners))
    return page


def describe_learners(course_key: CourseKey, usernames: Collection[str], *, by: Actor) -> dict[str, LearnerDetails]:
    """Return what stands beside the rows of these learners, by username: activity by weeks, and where their progress is shown.

    Raises InvalidSelection where usernames or activity are private.
    """
    table.check_selection(course_key, Selection(usernames=tuple(usernames)))
    if "last_active" in configuration.private_columns(course_key.org):
        raise InvalidSelection(_("Activity is not shown in this course's learner data."))
    found = details.read_details(course_key, usernames)
    audit.record(audit.Action.LISTED, course_key, by=by, columns=["username", "last_active"], rows=len(found))
    return found


def words_for(table: LearnerTable) -> dict[str, dict[str, str]]:
    """Return, for each column of a table, what the codes in it are called; {} for a column without codes.

    Tracks are called as everywhere; what a course team calls its own is among the values of the filters.
    """
    keys = [column.key for column in table.columns]
    return {
        key: words.words(key, {str(learner[key]) for learner in table.learners}) if key in words.CODED else {}
        for key in keys
    }


def count_by_activity(course_key: CourseKey, *, selection: Selection) -> dict[str, int]:
    """Count the learners of a selection ('' in the answer), and those of them whom each preset of activity keeps.

    Raises InvalidSelection.
    """
    return pages.count_presets(course_key, selection)


def list_views(course_key: CourseKey) -> list[SavedView]:
    """Return the views that the course team has saved, in the order of their names (1 query)."""
    return saved_views.list_views(course_key)


def save_view(course_key: CourseKey, name: str, *, selection: Selection, by: Actor) -> SavedView:
    """Keep a view of the table under a name, for everyone of the course team; what it searches for is not kept.

    Raises InvalidSelection, also for a name that another view has, and UnknownColumn.
    """
    return saved_views.save(course_key, name, selection=selection, by=by)


def delete_view(course_key: CourseKey, number: int, *, user: Any) -> None:
    """Delete a saved view. Raises ViewNotFound, and DeletionRefused for one that others saved."""
    saved_views.delete(course_key, number, user_id=user.pk, any_view=permissions.can_delete_any_report(user, course_key))


def describe_course(course_key: CourseKey) -> CourseState:
    """Return what the learner data of a course consists of at this moment.

    The number of learners in a large course may be an hour old: counting a million of them takes a second.
    """
    limit = table.learners_limit(course_key)
    count = store.count_in_large_course(course_key, least=max(store.SMALL_COURSE, 2 * limit))
    if count is None:
        count = queries.count_learners(course_key)
    return CourseState(
        learner_count=count,
        learners_limit=limit,
        table_available=count < limit,
        cohorts=platform_api.has_cohorts(course_key),
        teams=platform_api.has_teams(course_key),
        formats=tuple(file_format.name for file_format in available_formats()),
    )


def list_learners(course_key: CourseKey, *, selection: Selection, by: Actor) -> LearnerTable:
    """Return the learners of a small course. Raises TooManyLearners, InvalidSelection, UnknownColumn."""
    read = table.read_table(course_key, selection)
    keys = [column.key for column in read.columns]
    audit.record(audit.Action.LISTED, course_key, by=by, columns=keys, rows=len(read.learners))
    return read


def request_report(
    course_key: CourseKey,
    report: str,
    *,
    file_format: str = "csv",
    selection: Mapping[str, Any] | None = None,
    purpose: str = "",
    by: Actor,
) -> RequestedReport:
    """Have a report made in the background, or answer the one that is being made already.

    ``selection`` are values of the report's ``parameters``, as its own fields return them; ``purpose`` says what for, which the
    audit keeps. Must not be called inside a transaction. Raises UnknownReport, UnknownFormat, FormatUnavailable,
    InvalidSelection, PurposeRequired, TooManyLearners (an order was asked for in a large course), and QueueUnavailable, after
    which nothing is left running.
    """
    return requesting.request_report(
        course_key, report, file_format=file_format, selection=selection or {}, purpose=purpose, by=by
    )


def list_tasks(course_key: CourseKey, *, user: Any = None) -> list[TaskStatus]:
    """Return the reports that are queued or running and those that ended in the last hour, newest first.

    With an account, files it may not see are not named; see :func:`list_reports`.
    """
    stale_runs.clear(course_key)
    return runs.statuses(
        runs.recent(course_key, seconds=TASKS_SHOWN_SECONDS),
        roles=_roles(user, course_key),
        username="" if user is None else user.username,
        may_cancel_any=user is not None and permissions.can_delete_any_report(user, course_key),
    )


def cancel_report(course_key: CourseKey, task_id: str, *, user: Any, by: Actor) -> None:
    """End a queued or running report and free its place; nothing of it is left in the report store.

    Raises TaskNotFound, also for one that has ended, and CancellationRefused for one that others asked for: its requester,
    Admins and global staff may.
    """
    may_cancel_any = permissions.can_delete_any_report(user, course_key)
    canceling.cancel(course_key, task_id, by=by, may_cancel_any=may_cancel_any, roles=_roles(user, course_key))


def list_reports(course_key: CourseKey, *, user: Any = None) -> list[StoredReport]:
    """Return the stored reports of a course, newest first (1 query).

    With an account, without those that were requested where none of its roles may see learner data, which the site's ROLES may
    have at one address and not at another.
    """
    return [files.describe(file) for file in files.list_files(course_key, roles=_roles(user, course_key))]


def list_reports_page(
    course_key: CourseKey, *, start: int, stop: int, user: Any = None
) -> tuple[list[StoredReport], int]:
    """Return a slice of what :func:`list_reports` does, and how many there are (2 queries)."""
    found = files.list_files(course_key, roles=_roles(user, course_key))
    return [files.describe(file) for file in found[start:stop]], found.count()


def open_report(course_key: CourseKey, name: str, *, by: Actor, user: Any = None) -> tuple[StoredReport, IO[bytes]]:
    """Return a stored report and its content, open for reading.

    Raises ReportNotFound, also for one the account may not see, ReportChanging while a learner has yet to be taken out of it,
    and StorageUnavailable.
    """
    file = files.get_file(course_key, name, roles=_roles(user, course_key))
    if files.held_by(file, pending_since(file.run.created)):
        raise ReportChanging
    content = report_store.open_file(file)
    audit.record(audit.Action.DOWNLOADED, course_key, by=by, file=file)
    if not by.without_content:
        occurrences.note_download(file)
    return files.describe(file), content


def open_codebook(course_key: CourseKey, name: str, *, user: Any = None) -> IO[bytes]:
    """Return what the columns of a stored report are, as a CSV file open for reading; no learner is in it.

    Raises ReportNotFound, also for a report without a codebook.
    """
    file = files.get_file(course_key, name, roles=_roles(user, course_key))
    if not files.describe(file).has_codebook:
        raise ReportNotFound
    return BytesIO("".join(codebook_lines(file.columns)).encode())


def delete_report(course_key: CourseKey, name: str, *, user: Any, by: Actor) -> bool:
    """Delete a stored report for good. Raises ReportNotFound, and DeletionRefused for one that others asked for.

    False if the report store refused: nobody gets to see the report any more, and its content is deleted later.
    """
    file = files.get_file(course_key, name, roles=_roles(user, course_key))
    if file.run.requester_id != user.pk and not permissions.can_delete_any_report(user, course_key):
        audit.record(audit.Action.DELETION_REFUSED, course_key, by=by, file=file)
        raise DeletionRefused
    return deletion.remove(file, audit.Action.DELETED, by=by)


def list_schedules(course_key: CourseKey, *, user: Any = None) -> list[Schedule]:
    """Return the recurring reports of a course, the oldest first; with an account, as it may see and change them."""
    return listing.list_schedules(course_key, user=user)


def add_schedule(
    course_key: CourseKey,
    report: str,
    *,
    file_format: str = "csv",
    every: str,
    recipients: Collection[str] = (),
    selection: StoredSelection | None = None,
    purpose: str = "",
    changes: bool = False,
    skip_empty: bool = False,
    by: Actor,
    user: Any = None,
) -> Schedule:
    """Have a report made every ``day``, ``week`` (on Mondays) or ``month`` (on the first), in the name of ``by``.

    ``recipients`` are usernames, who get an email with a link while they may see learner data of the course. With ``changes``
    the difference to the report before is made as well; with ``skip_empty`` nobody is told of a report without rows, or without
    differences. Raises UnknownReport, UnknownFormat, FormatUnavailable, InvalidSelection, PurposeRequired, TooManyLearners.
    """
    schedule = keeping.add(
        course_key,
        report,
        file_format=file_format,
        every=every,
        recipients=list(recipients),
        selection=selection or {},
        purpose=purpose,
        changes=changes,
        skip_empty=skip_empty,
        by=by,
    )
    return listing.describe(schedule, user=user)


def pause_schedule(course_key: CourseKey, number: int, *, user: Any, by: Actor) -> Schedule:
    """Pause a recurring report. Raises ScheduleNotFound, and ScheduleRefused for one that others set up."""
    schedule = keeping.find(course_key, number)
    keeping.require_own(schedule, user)
    keeping.pause(schedule, "by_hand", by=by)
    return listing.describe(schedule, user=user)


def resume_schedule(course_key: CourseKey, number: int, *, user: Any, by: Actor) -> Schedule:
    """Have a recurring report go on with its next due time; what was due meanwhile is left out.

    Raises ScheduleNotFound, and ScheduleRefused for one that others set up, or whose requester has no role any more.
    """
    schedule = keeping.find(course_key, number)
    keeping.require_own(schedule, user)
    keeping.resume(schedule, by=by)
    return listing.describe(schedule, user=user)


def delete_schedule(course_key: CourseKey, number: int, *, user: Any, by: Actor) -> None:
    """Delete a recurring report; what it has made stays. Raises ScheduleNotFound, and ScheduleRefused for one of others."""
    schedule = keeping.find(course_key, number)
    keeping.require_own(schedule, user)
    keeping.delete(schedule, by=by)


def open_anonymized_ids(course_key: CourseKey, *, purpose: str = "", by: Actor) -> IO[bytes]:
    """Return the anonymized IDs of everyone who ever enrolled, a complete CSV file that is open for reading.

    Raises TooManyLearners where so many ever enrolled that the report is to be used instead, and PurposeRequired. Missing IDs
    are created and stored, so it should not be called inside a transaction.
    """
    requesting.require_purpose(course_key, purpose)
    count = anonymous_ids.count_ever_enrolled(course_key)
    limit = configuration.value("ANONYMIZED_IDS_ON_PAGE", org=course_key.org)
    if count >= limit:
        raise TooManyLearners(count=count, limit=limit)
    batch_size = configuration.value("BATCH_SIZE", org=course_key.org)
    file = SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115  (the caller closes it)
    disclosed, rows = Disclosed(count), 0
    try:
        begun = closing(anonymous_ids.read_anonymous_ids(course_key, batch_size=batch_size))
        with begun as batches, get_format("csv").open_writer(file, anonymous_ids.HEADER) as writer:
            for batch in without_erased(batches):
                disclosed.add(batch[0])
                writer.write(batch)
                rows += len(batch[0])
        record_file(
            audit.Action.ANONYMIZED_IDS,
            course_key,
            file,
            disclosed,
            by=by,
            rows=rows,
            columns=anonymous_ids.HEADER,
            file_format="csv",
            purpose=purpose,
        )
    except BaseException:
        file.close()
        raise
    return file


def anonymized_ids_file_name(course_key: CourseKey) -> str:
    """``{course-id}-anon-id.csv``; the slashes of an old-style id become dashes."""
    return f"{course_key}-anon-id.csv".replace("/", "-")


def read_statistics(course_key: CourseKey, *, safe: bool = False) -> CourseStatistics:
    """Return the charts of a course: of exact counts, or of numbers that are safe to share.

    The numbers are counted anew in the background when they are some minutes old. There are no charts while a large course is
    counted for the first time; raises QueueUnavailable if that cannot be started.
    """
    return reading.read_all(course_key, safe=safe)


def refresh_statistics(course_key: CourseKey) -> bool:
    """Have the numbers of the charts counted anew; returns whether that goes on in the background. Raises QueueUnavailable."""
    return reading.refresh(course_key)


def read_engagement_weeks(course_key: CourseKey) -> list[Week]:
    """Return what learners did in each week since the course began, the running one included.

    Numbers of accounts, enrolled or not; weeks that would take long to count are left without numbers until the nightly command
    has counted them.
    """
    return read_weeks(course_key)


def draw_chart(chart: Chart) -> str:
    """Return a chart as an SVG element in the reader's language; '' if it has no rows."""
    return svg.draw(chart)


def read_overview(
    course_key: CourseKey, *, safe: bool = False, selection: Selection | None = None
) -> tuple[Stored, Overview] | None:
    """Return what is stored of a course, and its overview: exact, or safe to share; exact of a cohort or track (``selection``).

    As with the charts there is none while a large course is counted for the first time; raises QueueUnavailable. Raises
    InvalidSelection for a cohort or track of a course that is too large to be counted while somebody waits.
    """
    _require_countable(course_key, selection)
    return reading.read_overview(course_key, safe=safe, selection=selection)


def _require_countable(course_key: CourseKey, selection: Selection | None) -> None:
    if selection is None:
        return
    table.check_selection(course_key, selection)
    if store.count_in_large_course(course_key, least=COUNTED_ON_REQUEST) is not None:
        raise InvalidSelection(
            _("Courses with {limit} learners or more are not counted by cohort or track.").format(
                limit=COUNTED_ON_REQUEST
            )
        )


def open_chart_csv(course_key: CourseKey, name: str, *, safe: bool = False) -> IO[bytes]:
    """Return the numbers behind a chart as a CSV file, open for reading. Raises ChartNotFound, QueueUnavailable."""
    file = BytesIO()
    catalogue.write_csv(reading.read_chart(course_key, name, safe=safe), file)
    file.seek(0)
    return file


def open_overview_csv(
    course_key: CourseKey, name: str, *, safe: bool = False, selection: Selection | None = None
) -> IO[bytes]:
    """Return the numbers behind a drawing of the overview as a CSV file: one of ``charts.overview.FILES``, or a chart.

    Raises ChartNotFound, QueueUnavailable, and InvalidSelection as read_overview.
    """
    _require_countable(course_key, selection)
    file = BytesIO()
    if name in overview.FILES:
        reading.write_overview_csv(course_key, name, file, safe=safe, selection=selection)
    elif selection:
        catalogue.write_csv(reading.read_selected_chart(course_key, name, selection), file)
    else:
        catalogue.write_csv(reading.read_chart(course_key, name, safe=safe), file)
    file.seek(0)
    return file


def chart_file_name(course_key: CourseKey, name: str, *, safe: bool = False) -> str:
    """``{org}_{course}_{run}_{name}.csv``; of numbers that are safe to share ``…_{name}_safe_to_share.csv``."""
    return f"{platform_api.file_name_prefix(course_key)}_{name}{'_safe_to_share' if safe else ''}.csv"


def _roles(user: Any, course_key: CourseKey) -> frozenset[str] | None:
    return None if user is None else permissions.roles_that_count(user, course_key)
