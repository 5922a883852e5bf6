"""What a report is: declared once, and buttons, choices of the API, file names and erasure follow from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from rest_framework.fields import Field

from ..exceptions import UnknownReport
from ..export.base import Batch, Format
from ..platform import api as platform_api

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from ..columns.base import Column

StoredSelection = Mapping[str, Any]
"""What was chosen for a report: name of a parameter -> value, as JSON keeps it. What was not chosen is not in it."""


class HasKey(Protocol):
    """What a column of a report has at least; the key is its header cell."""

    @property
    def key(self) -> str: ...


@dataclass(frozen=True)
class ReportColumn:
    """A column of a report of its own, beside those of the catalogue."""

    key: str


class Counter(Protocol):
    """Counts something while a report's rows go by, that is told beside its file."""

    def add(self, batch: Batch) -> None: ...

    @property
    def numbers(self) -> Mapping[str, int]: ...


class Report(ABC):
    """A report of one course that is made in the background.

    ``name`` is what the REST API calls it (at most 32 letters, digits and underscores), ``file_stem`` stands in file names and
    in the platform's tracking event. ``parameters`` are the fields of a request besides ``report`` and ``format``: Django REST
    framework's own, which read and document them. ``id_column`` is the header cell under which account IDs stand: by it a
    learner who is erased is taken out of stored files; without it those files are destroyed.
    """

    name: ClassVar[str]
    label: ClassVar[str | _StrPromise]
    file_stem: ClassVar[str]
    id_column: ClassVar[str | None] = None
    parameters: ClassVar[Mapping[str, Field]] = {}
    has_codebook: ClassVar[bool] = False
    """Whether a file that says what its columns are is offered beside it; they are columns of the catalogue then."""
    offered_on_page: ClassVar[bool] = True
    """Whether the panel Reports has a button for it in each format; the REST API has it in any case."""
    button_labels: ClassVar[Mapping[str, str | _StrPromise]] = {}
    """Name of a format -> what its button says, where that is not just report and format."""

    rhythms: ClassVar[Sequence[str]] = ("day", "week", "month")
    """How often it can be made by itself."""
    is_of_a_period: ClassVar[bool] = False
    """Whether each due time has a report of its own, which is made later where nothing ran in time; others are as of now."""
    period_parameters: ClassVar[Sequence[str]] = ()
    """The parameters that a due time decides."""
    key_columns: ClassVar[Sequence[str]] = ()
    """Columns by which a learner in one file is found in another of the same report; the first that is there counts."""
    not_compared: ClassVar[Sequence[str]] = ()
    """Columns that are different in each file."""
    counter: ClassVar[type[Counter] | None] = None
    """What counts something while the report is made."""

    @property
    def task_type(self) -> str:
        """The type of its instructor tasks."""
        return f"learner_data_{self.name}_csv"

    def button_label(self, file_format: Format) -> str:
        """Return what the button for a format says."""
        label = self.button_labels.get(file_format.name) or _("{report} as {format}")
        return str(label).format(report=self.label, format=file_format.label)

    def file_name_part(self, selection: StoredSelection, *, made: datetime) -> str:
        """Return what stands in a file's name between the course and the extension."""
        return f"{self.file_stem}_{made.astimezone(UTC):%Y-%m-%d-%H%M}"

    def note(self, course_key: CourseKey) -> str:
        """Return what has to be said on the page about this report of a course; '' for nothing."""
        return ""

    def is_partial(self, selection: StoredSelection) -> bool:
        """Whether the selection leaves out learners or columns, which the list of files says."""
        return False

    def contents(self, course_key: CourseKey, selection: StoredSelection) -> list[str]:
        """Return what was chosen for a report, in words, for the list of files; without anybody's name."""
        return []

    def completed(self, selection: StoredSelection) -> StoredSelection:
        """Return a selection with what was not chosen, where that depends on the day of the request."""
        return selection

    def due_on(self, selection: StoredSelection, day: date) -> StoredSelection:
        """Return the selection of a recurring report that is due on a day (UTC)."""
        return selection

    def has_same_keys(self, earlier: StoredSelection, later: StoredSelection) -> bool:
        """Whether a learner stands under the same key in two files of these selections."""
        return True

    def takes_column(self, column: Column) -> bool:
        """Whether a column of the table can be chosen for this report, where ``columns`` is among its parameters."""
        return True

    def sources(self, selection: StoredSelection) -> Sequence[str]:
        """Return the names of the stored reports that it is made from: whoever requests it has to see them."""
        return ()

    def accounts(self, course_key: CourseKey, column: str, keys: Sequence[str]) -> Mapping[str, int]:
        """Return the account ID of each learner by what stands in one of the ``key_columns``; accounts that are gone lack."""
        if column == self.id_column:
            return {key: int(key) for key in keys}
        return platform_api.account_numbers(keys)

    def check(self, course_key: CourseKey, selection: StoredSelection) -> None:
        """Raise InvalidSelection, or another LearnerDataError, for what cannot be had in this course at this moment."""
        self.columns(course_key, selection)

    @abstractmethod
    def columns(self, course_key: CourseKey, selection: StoredSelection) -> Sequence[HasKey]:
        """Return the columns in their order. Raises InvalidSelection."""

    @abstractmethod
    def count(self, course_key: CourseKey, selection: StoredSelection) -> int:
        """Count the rows, or about so; for the progress bar."""

    @abstractmethod
    def batches(
        self, course_key: CourseKey, selection: StoredSelection, *, columns: Sequence[Any]
    ) -> Iterable[Batch]:
        """Yield the rows in the order of the file, batch by batch.

        A batch is ``[account IDs, cells of the first column, …]``: the account IDs serve the index of whom the file holds.
        ``columns`` is what that method answered.
        """


_REPORTS: dict[str, Report] = {}


def register_report(report: Report) -> None:
    """Make a report known. Raises ValueError for a name that another report has, or that is too long or no identifier."""
    known = _REPORTS.get(report.name)
    if not report.name.isidentifier() or len(report.name) > 32 or type(known) not in (type(report), type(None)):
        raise ValueError(f"'{report.name}' is the name of another report, is no identifier, or is longer than 32 characters.")
    _REPORTS[report.name] = report


def reports() -> tuple[Report, ...]:
    """Every registered report, in the order of registration."""
    return tuple(_REPORTS.values())


def get_report(name: str) -> Report:
    """Return the report of this name. Raises UnknownReport."""
    try:
        return _REPORTS[name]
    except KeyError:
        raise UnknownReport(names=", ".join(_REPORTS)) from None
