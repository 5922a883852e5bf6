"""Writing rows to CSV and XLSX files, with cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import pickle
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import IO, Any, Protocol

from django.utils.translation import gettext as _

from .data import FileFormat
from .exceptions import FormatUnavailable
from .scratch import ScratchFolder

CONTENT_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

TRIGGERS = "=+-@\t\r\0" + "＝＋－＠"
"""Characters with which a spreadsheet may begin to calculate; a text that starts with one gets an apostrophe before it.

The full-width forms are for Excel in East Asian languages, which takes them for the others. Blanks, quotes and line feeds are
not among them: what follows them in a cell is text to Excel and LibreOffice.
"""

_NEEDS_GUARD = re.compile(f"'*[{re.escape(TRIGGERS)}]")
_FIRST = frozenset(TRIGGERS + "'")

XLSX_ROWS = 1_048_576
XLSX_CELL_CHARACTERS = 32_767
XLSX_EXACT = 10**15
"""Excel keeps 15 digits of a number."""


Batch = Sequence[Sequence[Any]]
"""Some rows, column by column: one sequence of cells for each column, all of one length."""


class Writer(Protocol):
    """Writes a table to a binary file, batch by batch, holding no more than a batch.

    As a context manager it finishes the file, or after an error lets go of what it holds.
    """

    def encode(self, batch: Batch) -> list[bytes]:
        """Return each row of a batch in a form that ``write`` takes."""

    def write(self, rows: Sequence[bytes]) -> None:
        """Add rows that ``encode`` returned."""

    def close(self) -> None:
        """Finish the file; it stays open."""

    def __enter__(self) -> Writer: ...

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None: ...


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


def _may_need_guard(lines: str, number: int) -> bool:
    """Whether a cell of these lines may need a guard; each cell is quoted, so that it would begin after a quote.

    Seldom True: then, too, where a text holds a quote and such a character after it.
    """
    if lines.count('"\r') > number:  # each line ends with one
        return True
    return any(first in lines and f'"{first}' in lines for first in _FIRST if first != "\r")


def csv_writer(text: Any, header: Sequence[str]) -> Any:
    """Write the header and return a ``csv.writer`` for the rows, as Excel writes CSV but with every cell quoted.

    Programs that also split at semicolons or tabs, as LibreOffice's import does, then find the same cells, and nothing in the
    middle of a learner's text begins one. Those that do *not* split at commas cannot be helped: for them there is XLSX.
    """
    csv.writer(text).writerow(header)
    return csv.writer(text, quoting=csv.QUOTE_ALL)


class CsvWriter:
    """CSV in UTF-8 without byte order mark; every learner's text is guarded."""

    def __init__(self, file: IO[bytes], header: Sequence[str]) -> None:
        self._file = file
        self._lines = _Lines()
        self._rows = csv_writer(self._lines, [guard(name) for name in header])
        self.write(list(map(_encoded, self._lines.take())))

    def encode(self, batch: Batch) -> list[bytes]:
        self._rows.writerows(zip(*batch, strict=True))
        lines = self._lines.take()
        if _may_need_guard("".join(lines), len(lines)):
            self._rows.writerows(zip(*map(_guarded, batch), strict=True))
            lines = self._lines.take()
        return [_encoded(line) for line in lines]

    def write(self, rows: Sequence[bytes]) -> None:
        self._file.write(b"".join(rows))

    def close(self) -> None:
        """Nothing is left to write."""

    def __enter__(self) -> CsvWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Lines:
    """What a ``csv.writer`` writes to: it hands over one line at a time."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.write = self._lines.append

    def take(self) -> list[str]:
        lines = self._lines.copy()
        self._lines.clear()
        return lines


def _encoded(text: str) -> bytes:
    """UTF-8; half of a surrogate pair, which has no such form, becomes ``?`` rather than ending the report."""
    return text.encode("utf-8", "replace")


def _guarded(cells: Sequence[Any]) -> Sequence[Any]:
    """Guard one column. Most columns hold nothing to guard, and are handed on as they are."""
    try:
        if _FIRST.isdisjoint({cell[:1] for cell in cells}):
            return cells
    except TypeError:  # numbers or moments among them
        pass
    return [guard(cell) if isinstance(cell, str) else cell for cell in cells]


class XlsxWriter:
    """One sheet (and a further one past Excel's row limit) with a frozen header; numbers and dates are real ones.

    What no XLSX cell can hold differs from the CSV: a text past 32,767 characters is shortened and says so, a number of more
    than 15 digits and a moment before 1900 are text. Control characters stand there in Excel's own escapes (``_x0001_``).
    """

    _WIDTHS = {"id": 9, "email": 32, "name": 28, "username": 24, "goals": 48, "mailing_address": 32}

    def __init__(self, file: IO[bytes], header: Sequence[str]) -> None:
        import xlsxwriter

        # constant_memory writes each row out when the next begins; without in_memory that goes to files in this folder.
        self._folder = ScratchFolder()
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "tmpdir": self._folder.name,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "yyyy-mm-dd hh:mm:ss",
                "use_zip64": True,  # takes effect past 4 GB only
            },
        )
        self._header = header
        self._bold = self._book.add_format({"bold": True})
        self._add_sheet()

    def encode(self, batch: Batch) -> list[bytes]:
        return [pickle.dumps(row, pickle.HIGHEST_PROTOCOL) for row in zip(*batch, strict=True)]

    def write(self, rows: Sequence[bytes]) -> None:
        for row in map(pickle.loads, rows):
            if self._row == XLSX_ROWS:
                self._add_sheet()
            for place, cell in enumerate(row):
                self._write_cell(place, cell)
            self._row += 1

    def close(self) -> None:
        """Finish the file. Raises OSError if it cannot be written."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error
        finally:
            self._let_go()

    def __enter__(self) -> XlsxWriter:
        return self

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        if error_type is None:
            self.close()
        else:
            self._let_go()

    def _let_go(self) -> None:
        """Remove the rows that stand in temporary files; they are learners' data."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()
        self._folder.cleanup()

    def _add_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for place, name in enumerate(self._header):
            self._sheet.set_column(place, place, self._WIDTHS.get(name, max(12, len(name) + 2)))
        for place, name in enumerate(self._header):
            self._sheet.write_string(0, place, _fit(guard(name)), self._bold)
        self._row = 1

    def _write_cell(self, place: int, cell: Any) -> None:
        if cell == "":
            return
        if isinstance(cell, datetime):
            moment = cell.astimezone(UTC).replace(tzinfo=None) if cell.tzinfo else cell
            if moment.year >= 1900:
                self._sheet.write_datetime(self._row, place, moment)
            else:
                self._write_text(place, str(cell))
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < XLSX_EXACT:
            self._sheet.write_number(self._row, place, cell)
        else:
            self._write_text(place, str(cell))

    def _write_text(self, place: int, text: str) -> None:
        text = _fit(guard(text))
        if text.startswith("<r>") and text.endswith("</r>"):
            # xlsxwriter takes such a text for finished XML of its own and would put it into the sheet as it stands, formulas
            # included. Given to it in pieces, it is text.
            self._sheet.write_rich_string(self._row, place, text[:1], text[1:2], text[2:])
        else:
            self._sheet.write_string(self._row, place, text)


def _fit(text: str) -> str:
    """A text that an XLSX cell can hold; one that had to be shortened says so."""
    if not text.isascii():
        text = _encoded(text).decode()
    # Excel counts UTF-16 units, at most two a character.
    if len(text) <= XLSX_CELL_CHARACTERS // 2 or len(text.encode("utf-16-le")) // 2 <= XLSX_CELL_CHARACTERS:
        return text
    note = " " + _("[shortened: an XLSX cell cannot hold it all, the CSV does]")
    units = (XLSX_CELL_CHARACTERS - len(note)) * 2
    return text.encode("utf-16-le")[:units].decode("utf-16-le", "ignore") + note
