"""What a table is, whatever file it stands in: header rows, rows, and a writer of a file of the same kind."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from ...exceptions import FileTooLarge, UnreadableFile

IsValue = Callable[[str], bool]
"""Tells a cell that cannot stand in a header, by which a file without one is recognized."""

MOST_COLUMNS = 5_000
MOST_CELLS = 20_000_000
"""A row of an XLSX file is as long as its last cell says, however few it has."""

_QUALTRICS_HEADERS = 3


class Row(NamedTuple):
    """The cells of a row as text, and what its file holds of it: a text or, in XLSX, values."""

    cells: Sequence[str]
    source: Any


class TableWriter(ABC):
    """Writes rows of a table to a file of the same kind."""

    @abstractmethod
    def append(self, row: Row, more: Sequence[str]) -> None:
        """Write a row as it is with more cells after it."""

    @abstractmethod
    def rearrange(self, row: Row, places: Sequence[int], others: Mapping[int, str]) -> None:
        """Write the cells of a row that stand in these places, or what stands there in ``others``."""

    def close(self) -> None:  # noqa: B027
        """Finish the file; it stays open."""


class Table(ABC):
    """A table of at most ``most_rows`` rows. ``headers`` are its first rows: none, one, or the three of Qualtrics."""

    extension: str
    content_type: str

    def __init__(self, *, most_rows: int, is_value: IsValue) -> None:
        first = list(islice(self._read(), _QUALTRICS_HEADERS))
        if not first or not any(first[0].cells):
            raise UnreadableFile(_("The first row of the file is empty."))
        self.width = len(first[0].cells)
        if self.width > MOST_COLUMNS:
            raise FileTooLarge(_("The file has more than {limit} columns. Divide it."), MOST_COLUMNS)
        self._most_rows = min(most_rows, MOST_CELLS // self.width)
        is_qualtrics = len(first) == _QUALTRICS_HEADERS and _holds_import_ids(first[2])
        number = 0 if any(map(is_value, first[0].cells)) else _QUALTRICS_HEADERS if is_qualtrics else 1
        self.headers = first[:number]

    @cached_property
    def names(self) -> list[str]:
        """The name of each column, '' where it has none."""
        return [name.strip() for name in self.headers[0].cells] if self.headers else [""] * self.width

    def rows(self) -> Iterator[Row]:
        """Yield the rows under the header; empty ones have no cells. Raises UnreadableFile or FileTooLarge."""
        headers = len(self.headers)
        for number, row in enumerate(self._read()):
            if number >= self._most_rows + headers:
                raise FileTooLarge(_("The file has more than {limit} rows. Divide it."), self._most_rows)
            if len(row.cells) > self.width:
                raise UnreadableFile(_("Row {number} has more cells than the header.").format(number=number + 1))
            if number >= headers:
                yield row

    def header_cells(self, names: Sequence[str]) -> Iterator[tuple[Row, list[str]]]:
        """Yield each header row with the cells that columns of these names have in it."""
        for row in self.headers:
            yield row, [json.dumps({"ImportId": name}) for name in names] if _holds_import_ids(row) else list(names)

    @abstractmethod
    def _read(self) -> Iterator[Row]:
        """Yield all rows from the first one on; may be called again."""

    @abstractmethod
    def open_writer(self, file: IO[bytes]) -> TableWriter:
        """Return a writer of a file of the same kind."""


def _holds_import_ids(row: Row) -> bool:
    return bool(row.cells) and row.cells[0].startswith('{"ImportId"')
