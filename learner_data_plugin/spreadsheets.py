"""Writing rows to CSV and XLSX files, with cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import IO, Any, Protocol

from django.utils.translation import gettext as _

from .data import FileFormat
from .exceptions import FormatUnavailable

CONTENT_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

TRIGGERS = "=+-@\t\r\0"
"""Characters with which a spreadsheet may begin to calculate; a text that starts with one gets an apostrophe before it."""

_NEEDS_GUARD = re.compile(f"'*[{re.escape(TRIGGERS)}]")
_FIRST = frozenset(TRIGGERS + "'")

XLSX_ROWS = 1_048_576
XLSX_CELL_CHARACTERS = 32_767


class Writer(Protocol):
    """Writes a table to a binary file, batch by batch, holding no more than a batch."""

    def write(self, batch: Sequence[Sequence[Any]]) -> int:
        """Add a batch given column by column; returns the number of rows."""

    def close(self) -> None:
        """Finish the file; it stays open."""


def available_formats() -> tuple[FileFormat, ...]:
    """Formats that can be written here; XLSX needs the package of the extra ``[xlsx]``."""
    return tuple(FileFormat) if find_spec("xlsxwriter") else (FileFormat.CSV,)


def open_writer(file: IO[bytes], file_format: FileFormat, header: Sequence[str]) -> Writer:
    """Return a writer that has written the header. Raises FormatUnavailable."""
    if file_format not in available_formats():
        raise FormatUnavailable
    return XlsxWriter(file, header) if file_format is FileFormat.XLSX else CsvWriter(file, header)


def guard(text: str) -> str:
    """Return a text that stands in a CSV cell as text.

    Apostrophes that already stand before a trigger get one more, so that taking one away from ``'=``, ``''=``, … always
    gives the original.
    """
    if text and text[0] in _FIRST and _NEEDS_GUARD.match(text):
        return "'" + text
    return text


class CsvWriter:
    """CSV as Excel writes it, in UTF-8 without byte order mark; every learner's text is guarded."""

    def __init__(self, file: IO[bytes], header: Sequence[str]) -> None:
        # A lone surrogate has no UTF-8 form; it becomes "?" rather than ending the report.
        self._text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=False)
        self._rows = csv.writer(self._text)
        self._rows.writerow([guard(name) for name in header])

    def write(self, batch: Sequence[Sequence[Any]]) -> int:
        guarded = [_guarded(cells) for cells in batch]
        self._rows.writerows(zip(*guarded, strict=True))
        return len(batch[0]) if batch else 0

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


def _guarded(cells: Sequence[Any]) -> Sequence[Any]:
    """Guard one column. Most columns hold nothing to guard, and are handed on as they are."""
    first = _FIRST
    if any(type(cell) is not str or (cell and cell[0] in first) for cell in cells):
        return [guard(cell) if isinstance(cell, str) else cell for cell in cells]
    return cells


class XlsxWriter:
    """One sheet (and a further one past Excel's row limit) with a frozen header; numbers and dates are real ones."""

    _WIDTHS = {"id": 9, "email": 32, "name": 28, "username": 24, "goals": 48, "mailing_address": 32}

    def __init__(self, file: IO[bytes], header: Sequence[str]) -> None:
        import xlsxwriter

        self._file = file
        # constant_memory writes each row out when the next begins; without in_memory that goes to a temporary file.
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "yyyy-mm-dd hh:mm:ss",
            },
        )
        self._header = header
        self._bold = self._book.add_format({"bold": True})
        self._add_sheet()

    def write(self, batch: Sequence[Sequence[Any]]) -> int:
        for row in zip(*batch, strict=True):
            if self._row == XLSX_ROWS:
                self._add_sheet()
            for place, cell in enumerate(row):
                self._write_cell(place, cell)
            self._row += 1
        return len(batch[0]) if batch else 0

    def close(self) -> None:
        self._book.close()

    def _add_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for place, name in enumerate(self._header):
            self._sheet.set_column(place, place, self._WIDTHS.get(name, max(12, len(name) + 2)))
        for place, name in enumerate(self._header):
            self._sheet.write_string(0, place, name, self._bold)
        self._row = 1

    def _write_cell(self, place: int, cell: Any) -> None:
        if cell == "":
            return
        if isinstance(cell, bool) or not isinstance(cell, (int, float, datetime)):
            self._sheet.write_string(self._row, place, _fit(guard(str(cell))))
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(self._row, place, cell.astimezone(UTC).replace(tzinfo=None))
        else:
            self._sheet.write_number(self._row, place, cell)


def _fit(text: str) -> str:
    """Shorten a text that no XLSX cell can hold, saying so in the cell."""
    # Excel counts UTF-16 units.
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 <= XLSX_CELL_CHARACTERS:
        return text
    note = " " + _("[shortened: an XLSX cell cannot hold it all, the CSV does]")
    units = (XLSX_CELL_CHARACTERS - len(note)) * 2
    return text.encode("utf-16-le", "surrogatepass")[:units].decode("utf-16-le", "ignore") + note
