"""What others may call: the REST API, the pages, commands, and other plugins of a site.

Callers have checked :func:`permissions.can_access_learner_data`; what is done is recorded in the audit here.
"""

from __future__ import annotations

import logging
import time
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.http import HttpRequest
from opaque_keys.edx.keys import CourseKey

from . import (
    anonymous_ids,
    audit,
    charts,
    configuration,
    learner_table,
    learners,
    lost_runs,
    permissions,
    platform_api,
    removal,
    report_files,
    report_runs,
    spreadsheets,
    statistics,
    tasks,
)
from .data import (
    Actor,
    Chart,
    Course,
    CourseState,
    CourseStatistics,
    FileFormat,
    LearnerTable,
    Report,
    RequestedReport,
    Selection,
    StoredReport,
    TaskStatus,
)
from .exceptions import DeletionRefused, FormatUnavailable, QueueUnavailable, TooManyLearners
from .row_order import write_in_order

log = logging.getLogger(__name__)

TASKS_SHOWN_SECONDS = 3600
"""Ended tasks are told about for this long."""

_CLAIM_SECONDS = 3.0
_MEMORY_BYTES = 4_000_000


def get_course(course_id: str) -> Course:
    """Return the course run of this id. Raises CourseNotFound for a malformed id or one not on this site."""
    return platform_api.get_course(course_id)


def describe_course(course_key: CourseKey) -> CourseState:
    """Return what the learner data of a course consists of at this moment."""
    count, limit = learners.count_learners(course_key), learner_table.learners_limit(course_key)
    return CourseState(
        learner_count=count,
        learners_limit=limit,
        table_available=count < limit,
        cohorts=platform_api.has_cohorts(course_key),
        teams=platform_api.has_teams(course_key),
        formats=spreadsheets.available_formats(),
    )


def list_learners(course_key: CourseKey, *, selection: Selection, by: Actor) -> LearnerTable:
    """Return the learners of a small course. Raises TooManyLearners, InvalidSelection, UnknownColumn."""
    table = learner_table.read_table(course_key, selection)
    keys = [column.key for column in table.columns]
    audit.record(audit.Action.LISTED, course_key, by=by, columns=keys, rows=len(table.learners))
    return table


def request_report(
    request: HttpRequest,
    course_key: CourseKey,
    *,
    report: Report,
    file_format: FileFormat,
    selection: Selection,
    by: Actor,
) -> RequestedReport:
    """Have a report made in the background, or answer the one that is being made already.

    Must not be called inside a transaction. Raises FormatUnavailable, InvalidSelection, UnknownColumn, TooManyLearners (an
    order was asked for in a large course), and QueueUnavailable, after which nothing is left running.
    """
    _check_request(course_key, report=report, file_format=file_format, selection=selection)
    lost_runs.clear(course_key)
    deadline = time.monotonic() + _CLAIM_SECONDS
    while (
        run := report_runs.claim(course_key, report=report, file_format=file_format, selection=selection, by=by)
    ) is None:
        # None is under way any more if the one in our way ended while we looked: then its place is free again.
        if (running := _await_task_id(course_key, report, deadline)) is not None:
            return running
        if time.monotonic() > deadline:
            raise QueueUnavailable
        time.sleep(0.02)
    audit.record_run(run, audit.Action.REQUESTED)
    try:
        return _submit(request, run)
    except BaseException as error:
        failure = "queue_unavailable" if isinstance(error, QueueUnavailable) else "unexpected"
        if report_runs.fail(run, failure):  # a quick worker may have finished it by now
            audit.record_run(run, audit.Action.FAILED, detail=failure)
        raise


def list_tasks(course_key: CourseKey) -> list[TaskStatus]:
    """Return the reports that are queued or running and those that ended in the last hour, newest first."""
    lost_runs.clear(course_key)
    runs = report_runs.recent(course_key, seconds=TASKS_SHOWN_SECONDS)
    return report_runs.statuses(runs)


def list_reports(course_key: CourseKey) -> list[StoredReport]:
    """Return the stored reports of a course, newest first (1 query)."""
    return [report_files.describe(file) for file in report_files.list_files(course_key)]


def list_reports_page(course_key: CourseKey, *, start: int, stop: int) -> tuple[list[StoredReport], int]:
    """Return a slice of the stored reports of a course, newest first, and how many there are (2 queries)."""
    files = report_files.list_files(course_key)
    return [report_files.describe(file) for file in files[start:stop]], files.count()


def open_report(course_key: CourseKey, name: str, *, by: Actor) -> tuple[StoredReport, IO[bytes]]:
    """Return a stored report and its content, open for reading. Raises ReportNotFound."""
    file = report_files.get_file(course_key, name)
    content = report_files.open_file(file)
    audit.record(audit.Action.DOWNLOADED, course_key, by=by, file=file)
    return report_files.describe(file), content


def delete_report(course_key: CourseKey, name: str, *, user: Any, by: Actor) -> None:
    """Delete a stored report for good. Raises ReportNotFound, and DeletionRefused for one that others asked for."""
    file = report_files.get_file(course_key, name)
    if file.run.requester_id != user.pk and not permissions.can_delete_any_report(user, course_key):
        raise DeletionRefused
    removal.remove(file, audit.Action.DELETED, by=by)


def open_anonymized_ids(course_key: CourseKey, *, by: Actor) -> IO[bytes]:
    """Return the anonymized IDs of everyone who ever enrolled, a complete CSV file that is open for reading.

    Raises TooManyLearners where so many ever enrolled that the report is to be used instead. Missing IDs are created and
    stored, so it should not be called inside a transaction.
    """
    count = anonymous_ids.count_ever_enrolled(course_key)
    limit = configuration.value("ANONYMIZED_IDS_ON_PAGE", org=course_key.org)
    if count >= limit:
        raise TooManyLearners(count=count, limit=limit)
    batch_size = configuration.value("BATCH_SIZE", org=course_key.org)
    file = SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115  (the caller closes it)
    try:
        with spreadsheets.open_writer(file, FileFormat.CSV, anonymous_ids.HEADER) as writer:
            rows = write_in_order(
                writer, batches=anonymous_ids.read_anonymous_ids(course_key, batch_size=batch_size, expected=count)
            )
        header, made = anonymous_ids.HEADER, FileFormat.CSV
        audit.record(audit.Action.ANONYMIZED_IDS, course_key, by=by, rows=rows, columns=header, file_format=made)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def anonymized_ids_file_name(course_key: CourseKey) -> str:
    """``{course-id}-anon-id.csv``; the slashes of an old-style id become dashes."""
    return f"{course_key}-anon-id.csv".replace("/", "-")


def read_statistics(course_key: CourseKey) -> CourseStatistics:
    """Return the charts of a course, in which no group of fewer than MIN_GROUP_SIZE learners can be told."""
    return statistics.read_all(course_key)


def draw_chart(chart: Chart) -> str:
    """Return a chart as an SVG element in the reader's language; '' if it has no rows."""
    return charts.draw(chart)


def open_chart_csv(course_key: CourseKey, name: str) -> IO[bytes]:
    """Return the numbers behind a chart as a CSV file, open for reading. Raises ChartNotFound."""
    file = BytesIO()
    statistics.write_csv(statistics.read_chart(course_key, name), file)
    file.seek(0)
    return file


def chart_file_name(course_key: CourseKey, name: str) -> str:
    """``{org}_{course}_{run}_{name}.csv``."""
    return f"{platform_api.file_name_prefix(course_key)}_{name}.csv"


def _check_request(course_key: CourseKey, *, report: Report, file_format: FileFormat, selection: Selection) -> None:
    if file_format not in spreadsheets.available_formats():
        raise FormatUnavailable
    if report is Report.PROFILE:
        learner_table.check_selection(course_key, selection)
        if selection.sort:
            learner_table.require_small(course_key)


def _submit(request: HttpRequest, run: report_runs.ReportRun) -> RequestedReport:
    report = Report(run.report)
    task_type = report_runs.TASK_TYPES[report]

    def submit() -> RequestedReport:
        row = platform_api.submit_task(
            request,
            task=tasks.TASKS[report],
            task_type=task_type,
            course_key=run.course_id,
            # The platform logs a task's input: what was searched for stays in the run.
            task_input={"run": run.pk, "report": report.value, "format": run.file_format},
        )
        report_runs.submitted(run, row.task_id)
        state = platform_api.task_states([row.task_id]).get(row.task_id, platform_api.QUEUING)
        return RequestedReport(row.task_id, report, state, already_running=False)

    try:
        return submit()
    except platform_api.TaskAlreadyRunning:
        # The place was free, so whatever row there is has nobody working on it.
        for task_id in platform_api.running_task_ids(run.course_id, task_type):
            platform_api.fail_task(task_id, report_runs.sentence("superseded"))
        return submit()


def _await_task_id(course_key: CourseKey, report: Report, deadline: float) -> RequestedReport | None:
    """The run that is under way, once the request that claimed it has queued its task; None if none is."""
    while (run := report_runs.current(course_key, report)) is not None:
        if run.task_id:
            if report_runs.is_to_be_queued_again(run):
                _queue_again(run)
            state = platform_api.task_states([run.task_id]).get(run.task_id, platform_api.QUEUING)
            return RequestedReport(run.task_id, report, state, already_running=True)
        if time.monotonic() > deadline:
            raise QueueUnavailable
        time.sleep(0.05)
    return None


def _queue_again(run: report_runs.ReportRun) -> None:
    """Send the message of a queued run once more, in case a broker has lost it. Workers ignore what they have twice."""
    try:
        platform_api.queue_again(tasks.TASKS[Report(run.report)], run.task_id)
    except Exception as error:  # of the broker; the run goes on waiting
        log.warning("Task %s was not queued again: %s.", run.task_id, type(error).__name__)
