"""Making a report: rows from the database, through a writer, into a temporary file and from there to the report store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile

from django.db import DatabaseError, InterfaceError
from opaque_keys.edx.keys import CourseKey

from . import anonymous_ids, configuration, learner_table, learners, report_files, report_runs, spreadsheets
from .columns import get_column
from .data import FileFormat, Report
from .exceptions import FormatUnavailable, InvalidSelection, ReportFailed, TooManyLearners
from .learner_index import Digests
from .models import ReportFile, ReportRun

log = logging.getLogger(__name__)

OnProgress = Callable[[int, int], None]
"""Told rows done and rows in all after each batch."""


@dataclass(frozen=True)
class _Content:
    """A report's table: header cells, how many rows it is expected to have, its batches, and the user IDs of each."""

    header: Sequence[str]
    total: int
    batches: Iterator[tuple[Sequence[int], learners.Batch]]


def build_report(run: ReportRun, *, on_progress: OnProgress) -> ReportFile:
    """Make a run's file and store it. Memory is that of one batch, whatever the course's size.

    Raises ReportFailed with the cause; nothing half-made is left then, in the store or in the list.
    """
    try:
        content = _CONTENTS[Report(run.report)](run)
        # A file without a name: whatever happens to this process, no learner's data stays behind on its disk.
        with TemporaryFile(prefix="learner_data_") as file:
            done, digests = 0, Digests(run)
            with spreadsheets.open_writer(file, FileFormat(run.file_format), content.header) as writer:
                on_progress(done, content.total)
                for user_ids, batch in content.batches:
                    digests.add(user_ids)
                    done += writer.write(batch)
                    on_progress(done, max(done, content.total))
            on_progress(done, done)
            stored = report_files.store(run, file, rows=done, columns=list(content.header), digests=digests)
    except ReportFailed:
        raise
    except (InvalidSelection, TooManyLearners):
        raise ReportFailed("selection_outdated") from None
    except FormatUnavailable:
        raise ReportFailed("format_unavailable") from None
    except (DatabaseError, InterfaceError) as error:
        # Its text can quote values of the query.
        log.error("Report of course %s ended by a database error: %s.", run.course_id, type(error).__name__)
        raise ReportFailed("database") from None
    except OSError as error:
        log.error("Report of course %s could not be written: %s.", run.course_id, type(error).__name__)
        raise ReportFailed("storage") from None
    return stored


def _profile(run: ReportRun) -> _Content:
    selection = report_runs.read_selection(run.selection)
    # Checked again: the site and the course may offer less by now than when the report was asked for.
    columns = learner_table.check_selection(run.course_id, selection)
    # The index of the report's learners needs their IDs, shown or not.
    read = (get_column("id"), *columns)
    if selection.sort:
        learner_table.require_small(run.course_id)
        batches = iter([learner_table.read_sorted(run.course_id, columns=read, selection=selection)])
    else:
        batches = learners.read_learners(
            run.course_id, columns=read, selection=selection, batch_size=_batch_size(run.course_id)
        )
    total = learners.count_learners(run.course_id, selection)
    return _Content(
        header=[column.key for column in columns],
        total=total,
        batches=((batch[0], batch[1:]) for batch in batches if batch),
    )


def _anonymized_ids(run: ReportRun) -> _Content:
    return _Content(
        header=anonymous_ids.HEADER,
        total=anonymous_ids.count_ever_enrolled(run.course_id),
        batches=(
            (batch[0], batch)
            for batch in anonymous_ids.read_anonymous_ids(run.course_id, batch_size=_batch_size(run.course_id))
        ),
    )


_CONTENTS: dict[Report, Callable[[ReportRun], _Content]] = {
    Report.PROFILE: _profile,
    Report.ANONYMIZED_IDS: _anonymized_ids,
}


def _batch_size(course_key: CourseKey) -> int:
    return configuration.value("BATCH_SIZE", org=course_key.org)
