"""The first sheet of an XLSX file, opened with the package of the extra ``[xlsx]``: values, neither formulas nor looks."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from typing import IO, Any
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as _

from ...exceptions import FormatUnavailable, UnreadableFile
from ...export.base import Writer, get_format
from .base import IsValue, Row, Table, TableWriter
from .sheet import SheetReader

MOST_UNPACKED_BYTES = 200_000_000
_MOST_TEXT_BYTES = 30_000_000  # of the texts that openpyxl keeps in memory
_ROWS_AT_ONCE = 500
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, ExpatError, SyntaxError),
    *(KeyError, ValueError, IndexError, TypeError, StopIteration, OSError),  # of what is missing, or not what it should be
)


class Workbook(Table):
    """An XLSX file; it comes back with its first sheet alone."""

    def __init__(self, file: IO[bytes], *, most_rows: int, is_value: IsValue) -> None:
        _check_size(file)
        self._file = file
        self._sheet: SheetReader | None = None
        file_format = get_format("xlsx")
        self.extension, self.content_type = file_format.extension, file_format.content_type
        super().__init__(most_rows=most_rows, is_value=is_value)

    def open_writer(self, file: IO[bytes]) -> WorkbookWriter:
        return WorkbookWriter(file, self.width)

    def _read(self) -> Iterator[Row]:
        try:
            if self._sheet is None:  # opened once: the texts of all cells are read with it
                self._sheet = SheetReader(self._file)
            for values in self._sheet.rows():
                cells = ["" if value is None else str(value) for value in values]
                yield Row(cells if any(cells) else [], values)
        except ImportError:
            raise FormatUnavailable(format="XLSX") from None
        except _DAMAGED:
            raise UnreadableFile(_("The XLSX file is damaged or has a password. Save it as CSV in UTF-8.")) from None


class WorkbookWriter(TableWriter):
    """Writes rows with our own writer of XLSX; numbers and dates stay what they are."""

    def __init__(self, file: IO[bytes], width: int) -> None:
        self._file = file
        self._width = width
        self._writer: Writer | None = None
        self._rows: list[Sequence[Any]] = []

    def append(self, row: Row, more: Sequence[str]) -> None:
        self._write([*self._filled(row), *more] if row.cells else [""] * self._width)

    def rearrange(self, row: Row, places: Sequence[int], others: Mapping[int, str]) -> None:
        values = self._filled(row)
        self._write([others[place] if place in others else values[place] for place in places])

    def close(self) -> None:
        if self._writer is not None:
            self._write_rows(self._writer)
            self._writer.close()

    def _filled(self, row: Row) -> list[Any]:
        """The values of a row, as many as the table has columns."""
        values = [value if type(value) is str else _value(value) for value in row.source]
        return [*values, *[""] * (self._width - len(values))]

    def _write(self, cells: Sequence[Any]) -> None:
        if self._writer is None:
            self._writer = get_format("xlsx").open_writer(self._file, [str(cell) for cell in cells])
            return
        self._rows.append(cells)
        if len(self._rows) == _ROWS_AT_ONCE:
            self._write_rows(self._writer)

    def _write_rows(self, writer: Writer) -> None:
        """Write the rows that are waiting, column by column."""
        writer.write(list(zip_longest(*self._rows, fillvalue="")))
        self._rows = []


def _value(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return "" if value is None else value if isinstance(value, (str, int, float, datetime)) else str(value)


def _check_size(file: IO[bytes]) -> None:
    """Refuse what would unpack to more than any table of this size has. Raises UnreadableFile."""
    try:
        sizes = {entry.filename: entry.file_size for entry in zipfile.ZipFile(file).infolist()}
    except zipfile.BadZipFile:
        raise UnreadableFile(_("The XLSX file is damaged or has a password. Save it as CSV in UTF-8.")) from None
    if sum(sizes.values()) > MOST_UNPACKED_BYTES or sizes.get("xl/sharedStrings.xml", 0) > _MOST_TEXT_BYTES:
        raise UnreadableFile(_("The XLSX file is too large. Save it as CSV in UTF-8."))
