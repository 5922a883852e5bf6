"""Making a report: rows from the database, through a writer, into a temporary file and from there to the report store."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

from django.db import DatabaseError, InterfaceError

from ..exceptions import (
    FormatUnavailable,
    InvalidSelection,
    ReportDamaged,
    ReportFailed,
    ReportNotFound,
    StorageUnavailable,
    TooManyLearners,
    UnknownFormat,
    UnknownReport,
    frames,
)
from ..export.base import require_available
from ..learners.erased import without_erased
from ..models import ReportFile, ReportRun
from ..platform.deadlocks import failure_of
from ..platform.streaming import closed_at_the_end
from . import files
from .base import get_report
from .disclosures import Disclosed
from .learner_index import Digests

log = logging.getLogger(__name__)

_ATTEMPTS = 3

OnProgress = Callable[[int, int], None]
"""Told rows done and rows in all after each batch."""


def build_report(run: ReportRun, *, on_progress: OnProgress) -> ReportFile:
    """Make a run's file and store it. Memory is that of a batch and 9 bytes a learner, nearly all for the indexes.

    Raises ReportFailed with the cause; nothing half-made is left then, in the store or in the list.
    """
    try:
        return _build_again(run, on_progress)
    except (InvalidSelection, TooManyLearners):
        raise ReportFailed("selection_outdated") from None
    except (ReportNotFound, ReportDamaged):
        raise ReportFailed("earlier_gone") from None
    except StorageUnavailable:
        raise ReportFailed("storage") from None
    except UnknownReport:
        raise ReportFailed("report_unavailable") from None
    except (FormatUnavailable, UnknownFormat):
        raise ReportFailed("format_unavailable") from None
    except (DatabaseError, InterfaceError) as error:
        # Its text can quote values of the query.
        log.error("Report of course %s: %s\n%s", run.course_id, type(error).__name__, frames(error))
        raise ReportFailed(failure_of(error)) from None
    except OSError as error:
        log.error("Report of course %s could not be written: %s\n%s", run.course_id, type(error).__name__, frames(error))
        raise ReportFailed("storage") from None


def _build_again(run: ReportRun, on_progress: OnProgress) -> ReportFile:
    """Make a file from which no learner can be taken out anew, if one in it was erased meanwhile."""
    for _attempt in range(_ATTEMPTS - 1):
        try:
            return _build(run, on_progress)
        except ReportFailed as failure:
            if failure.code != "learner_erased":
                raise
    return _build(run, on_progress)


def _build(run: ReportRun, on_progress: OnProgress) -> ReportFile:
    report, file_format = get_report(run.report), require_available(run.file_format)
    # Asked again: the site and the course may offer less by now than when the report was requested.
    columns = report.columns(run.course_id, run.selection)
    header = [column.key for column in columns]
    begun = closed_at_the_end(report.batches(run.course_id, run.selection, columns=columns))
    with begun as batches, TemporaryFile(prefix="learner_data_") as file, _no_search_for_cycles():
        total, done = report.count(run.course_id, run.selection), 0  # while the database sorts the rows
        digests, disclosed = Digests(run), Disclosed(total)
        counter = report.counter() if report.counter else None
        on_progress(0, total)
        with file_format.open_writer(file, header, title=str(report.label), subject=str(run.course_id)) as writer:
            for user_ids, *cells in without_erased(batches):
                for index in (digests, disclosed):
                    index.add(user_ids)
                if counter is not None:
                    counter.add([user_ids, *cells])
                writer.write(cells)
                done += len(user_ids)
                on_progress(done, max(done, total))
        if done < total:
            on_progress(done, done)
        numbers = counter.numbers if counter is not None else {}
        return files.enter(
            run, file, rows=done, columns=header, digests=digests, disclosed=disclosed, numbers=numbers
        )


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Have Python's collector rest: of rows, which hold no cycles, it would look through some hundred thousand again and again.

    What it goes through besides is all that a worker has loaded. Objects without cycles are freed as ever.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
