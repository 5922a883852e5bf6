"""Making a report: rows from the database, through a writer, into a temporary file and from there to the report store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
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
from .row_order import KeyedBatch, write_in_order
from .spreadsheets import Batch, Writer

log = logging.getLogger(__name__)

OnProgress = Callable[[int, int], None]
"""Told rows done and rows in all after each batch."""


@dataclass(frozen=True)
class _Content:
    """A report's table: header cells, how many rows it is expected to have, its rows with the user ID first.

    Without ``shows_user_ids`` the user IDs are for the report's index only.
    """

    header: Sequence[str]
    total: int
    batches: Iterable[KeyedBatch]
    shows_user_ids: bool


def build_report(run: ReportRun, *, on_progress: OnProgress) -> ReportFile:
    """Make a run's file and store it. Memory is that of two batches and 5 bytes a learner, nearly all for the index.

    Raises ReportFailed with the cause; nothing half-made is left then, in the store or in the list.
    """
    try:
        content = _CONTENTS[Report(run.report)](run)
        digests = Digests(run)

        def on_rows(read: int, written: int) -> None:
            # Each row is read and then written, so that both together are how far the report is.
            on_progress((read + written) // 2, max(read, content.total))

        with TemporaryFile(prefix="learner_data_") as file:
            on_rows(0, 0)
            with spreadsheets.open_writer(file, FileFormat(run.file_format), content.header) as writer:
                encode = _Indexing(writer, digests, shows_user_ids=content.shows_user_ids)
                done = write_in_order(writer, batches=content.batches, encode=encode, on_rows=on_rows)
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
    size, total = _batch_size(run.course_id), learners.count_learners(run.course_id, selection)
    if selection.sort:
        learner_table.require_small(run.course_id)
        rows = learner_table.read_sorted(run.course_id, columns=read, selection=selection)
        keys = [place.to_bytes(8, "big") for place in range(len(rows))]
        batches: Iterable[KeyedBatch] = [(keys, list(zip(*rows, strict=True)))] if rows else []
    else:
        batches = learners.read_learners(
            run.course_id, columns=read, selection=selection, batch_size=size, expected=total
        )
    return _Content(
        header=[column.key for column in columns],
        total=total,
        batches=batches,
        shows_user_ids=False,
    )


def _anonymized_ids(run: ReportRun) -> _Content:
    size, total = _batch_size(run.course_id), anonymous_ids.count_ever_enrolled(run.course_id)
    return _Content(
        header=anonymous_ids.HEADER,
        total=total,
        batches=anonymous_ids.read_anonymous_ids(run.course_id, batch_size=size, expected=total),
        shows_user_ids=True,
    )


class _Indexing:
    """Enters learners in the report's index on their way to the writer."""

    def __init__(self, writer: Writer, digests: Digests, *, shows_user_ids: bool) -> None:
        self._writer = writer
        self._digests = digests
        self._first = 0 if shows_user_ids else 1

    def __call__(self, batch: Batch) -> list[bytes]:
        self._digests.add(batch[0])
        return self._writer.encode(batch[self._first :])


_CONTENTS: dict[Report, Callable[[ReportRun], _Content]] = {
    Report.PROFILE: _profile,
    Report.ANONYMIZED_IDS: _anonymized_ids,
}


def _batch_size(course_key: CourseKey) -> int:
    return configuration.value("BATCH_SIZE", org=course_key.org)
