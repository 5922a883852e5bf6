"""What changed since an earlier stored report of the same kind: a report of its own, made from that report's file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..exceptions import InvalidSelection, UnknownColumn, UnknownFormat, UnknownReport
from ..export.base import Batch, Format, require_available
from ..export.sorting import in_order
from ..learners.erased import without_erased
from ..learners.parameters import TextField
from ..models import ReportFile
from ..platform.streaming import closed_at_the_end
from . import files, report_store
from .base import Report, ReportColumn, StoredSelection, get_report
from .comparing import KINDS, Difference, Places, differences

_ROWS_AT_ONCE = 900
"""From 1,000 values on MariaDB makes a temporary table of a list."""


class ChangeNumbers:
    """Counts how many learners joined, left and changed; the rows of a learner stand together."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(KINDS, 0)
        self._last: tuple[str, int] | None = None

    def add(self, batch: Batch) -> None:
        for user_id, kind in zip(batch[0], batch[1], strict=True):
            if (kind, user_id) != self._last:
                self._counts[kind] += 1
                self._last = (kind, user_id)

    @property
    def numbers(self) -> Mapping[str, int]:
        return dict(self._counts)


@dataclass(frozen=True)
class _Compared:
    """The earlier report, the later one (None: as it would be made now), and what of them is compared."""

    report: Report
    file_format: Format
    earlier: ReportFile
    later: ReportFile | None
    chosen: StoredSelection
    header: tuple[str, ...]
    key: str
    name: str
    columns: tuple[str, ...]

    def places(self, header: Sequence[str]) -> Places:
        name = header.index(self.name) if self.name else None
        return Places(header.index(self.key), name, [header.index(column) for column in self.columns])

    @property
    def is_by_account(self) -> bool:
        return self.key == self.report.id_column


class ChangesReport(Report):
    """A row for each learner who joined or left, and for each cell that is another now; joined first, then left, then changed.

    Compared are the columns that both files have and that the course still offers. Who was erased is in neither.
    """

    name = "changes"
    label = _("What changed")
    file_stem = "changes"
    id_column = "id"
    parameters = {
        "earlier": TextField(help_text="Of a difference (changes): name of the earlier stored report."),
        "later": TextField(help_text="Of a difference (changes): name of the later one; as it would be made now unless given."),
    }
    offered_on_page = False
    rhythms = ()
    counter = ChangeNumbers

    def sources(self, selection: StoredSelection) -> Sequence[str]:
        return [selection[name] for name in ("earlier", "later") if selection.get(name)]

    def columns(self, course_key: CourseKey, selection: StoredSelection) -> Sequence[ReportColumn]:
        compared = _find(course_key, selection)
        key = self.id_column if compared.is_by_account else compared.key
        named = (key, compared.name) if compared.name else (key,)
        return [ReportColumn(name) for name in ("change", *named, "column", "before", "after")]

    def count(self, course_key: CourseKey, selection: StoredSelection) -> int:
        return _find(course_key, selection).earlier.rows

    def batches(self, course_key: CourseKey, selection: StoredSelection, *, columns: Sequence[Any]) -> Iterable[Batch]:
        compared = _find(course_key, selection)
        found = in_order(_keyed(course_key, compared), size=configuration.value("BATCH_SIZE", org=course_key.org))
        if compared.name:
            return found
        return ([*batch[:3], *batch[4:]] for batch in found)


def _find(course_key: CourseKey, selection: StoredSelection) -> _Compared:
    """Find what is to be compared. Raises InvalidSelection, and ReportNotFound for a file that is gone."""
    if not selection.get("earlier"):
        raise InvalidSelection(_("Name the earlier report, in 'earlier'."))
    earlier = files.get_file(course_key, selection["earlier"])
    later = files.get_file(course_key, selection["later"]) if selection.get("later") else None
    try:
        report, file_format = get_report(earlier.run.report), require_available(earlier.run.file_format)
    except (UnknownReport, UnknownFormat):  # of a plugin that is gone
        raise InvalidSelection(_("Reports of this kind cannot be compared.")) from None
    if later is not None:
        is_alike = (later.run.report, later.run.file_format) == (earlier.run.report, earlier.run.file_format)
        if not is_alike or not report.has_same_keys(earlier.run.selection, later.run.selection):
            raise InvalidSelection(_("Only two files of the same report and format can be compared."))
        if later.created <= earlier.created:
            raise InvalidSelection(_("The earlier report was made after the later one."))
        chosen = _still_offered(report, course_key, _again(later))
        header = tuple(later.columns)
    else:
        if report.is_of_a_period or _is_not_to_be_had_again(earlier.run.selection):
            raise InvalidSelection(_("This report cannot be made again as it was. Name a later one, in 'later'."))
        chosen = _still_offered(report, course_key, _again(earlier))
        header = tuple(column.key for column in report.columns(course_key, chosen))
    # Asked again: what a file has may be private by now.
    offered = {column.key for column in report.columns(course_key, chosen)}
    both = [name for name in header if name in offered and name in earlier.columns]
    keys = [name for name in report.key_columns if name in both]
    if not keys or not file_format.can_be_read:
        raise InvalidSelection(_("That file has no column by which learners can be told apart, such as their username."))
    compared = [name for name in both if name != keys[0] and name not in report.not_compared]
    return _Compared(
        report, file_format, earlier, later, chosen, header, keys[0], keys[1] if len(keys) > 1 else "", tuple(compared)
    )


def _is_not_to_be_had_again(selection: StoredSelection) -> bool:
    """Whether learners were searched for, or were ticked by name: these names are forgotten once somebody is erased."""
    return bool(selection.get("search")) or selection.get("usernames") == []


def _again(file: ReportFile) -> StoredSelection:
    return {name: value for name, value in file.run.selection.items() if name != "sort"}


def _still_offered(report: Report, course_key: CourseKey, chosen: StoredSelection) -> StoredSelection:
    """Return a selection without the columns in it that the course does not offer any more."""
    while True:
        try:
            report.columns(course_key, chosen)
        except UnknownColumn as gone:
            kept = [key for key in chosen.get("columns", ()) if key[:100] != getattr(gone, "key", "")]
            if len(kept) == len(chosen.get("columns", ())):
                raise
            chosen = {**chosen, "columns": kept}
        else:
            return chosen


def _keyed(course_key: CourseKey, compared: _Compared) -> Iterator[tuple[list[bytes], Batch]]:
    """Yield the differences in batches, each row with its place in the file: kind by kind, and learner by learner."""
    number = 0
    with _rows(course_key, compared) as (earlier, later):
        was, now = compared.places(compared.earlier.columns), compared.places(compared.header)
        found = differences(earlier, later, was=was, now=now)
        while some := list(islice(found, _ROWS_AT_ONCE)):
            accounts = compared.report.accounts(course_key, compared.key, list({row.key for row in some}))
            kept = [row for row in some if row.key in accounts]  # of an account that is gone nothing is told
            keys = [b"%d%015d" % (KINDS.index(row.kind), number + place) for place, row in enumerate(kept)]
            number += len(kept)
            if kept:
                yield keys, _as_batch(kept, accounts, compared)


def _as_batch(rows: Sequence[Difference], accounts: Mapping[str, int], compared: _Compared) -> Batch:
    return [
        [accounts[row.key] for row in rows],
        [row.kind for row in rows],
        [accounts[row.key] if compared.is_by_account else row.key for row in rows],
        [row.name for row in rows],
        [compared.columns[row.column] if row.column >= 0 else "" for row in rows],
        [row.before for row in rows],
        [row.after for row in rows],
    ]


@contextmanager
def _rows(course_key: CourseKey, compared: _Compared) -> Iterator[tuple[Iterable[list[str]], Iterable[list[str]]]]:
    read = compared.file_format.read_rows
    with report_store.fetched(compared.earlier) as earlier:
        if compared.later is not None:
            with report_store.fetched(compared.later) as later:
                yield read(earlier), read(later)
            return
        # As a file as well, so that both went the same way: what differs then differs in the course.
        with TemporaryFile(prefix="learner_data_") as made:
            _write(course_key, compared, made)
            made.seek(0)
            yield read(earlier), read(made)


def _write(course_key: CourseKey, compared: _Compared, file: IO[bytes]) -> None:
    columns = compared.report.columns(course_key, compared.chosen)
    begun = closed_at_the_end(compared.report.batches(course_key, compared.chosen, columns=columns))
    with begun as batches, compared.file_format.open_writer(file, compared.header) as writer:
        for batch in without_erased(chain(batches)):
            writer.write(batch[1:])
