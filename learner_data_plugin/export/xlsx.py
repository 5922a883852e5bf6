"""Excel workbooks, with cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from io import BytesIO
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _

from .base import Batch, Format, Writer, encoded
from .formulas import FIRST_CHARACTERS, guard, unguard
from .xlsx_rows import copy_workbook, read_workbook

XLSX_ROWS = 1_048_576
XLSX_CELL_CHARACTERS = 32_767
XLSX_EXACT = 10**15
"""Excel keeps 15 digits of a number."""

SHEET_BYTES = 1_900_000_000
"""A sheet past this size goes on in a further one: a larger part would need an archive that Excel offers to repair."""

_ROWS_AT_ONCE = 500
_COMPRESSION = 1
"""The level that is fastest."""

_DAY_0 = datetime(1899, 12, 30)
_FIRST_DAY = datetime(1900, 3, 1)
"""Excel's days before count one less, since it knows a 29 February 1900."""

_MOMENT_STYLE, _DAY_STYLE = "2", "3"
"""How xlsxwriter numbers the styles of a sheet, in the order of ``XlsxWriter._frame``."""

_MARKUP = ("&", "<", ">", "_x")
_SPECIAL = re.compile("[&<>\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_NOT_AT_THE_ENDS = FIRST_CHARACTERS | {" "}
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


class XlsxFormat(Format):
    """XLSX, written with the package of the extra ``[xlsx]``."""

    name = extension = "xlsx"
    label = "XLSX (Excel)"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def is_available(self) -> bool:
        return find_spec("xlsxwriter") is not None

    def open_writer(self, file: IO[bytes], header: Sequence[str], *, title: str = "", subject: str = "") -> XlsxWriter:
        return XlsxWriter(file, header, title=title, subject=subject)

    def copy_without(self, content: IO[bytes], kept: IO[bytes], *, column: str, cells: Collection[str]) -> int:
        return copy_workbook(content, kept, column=column, cells=cells)

    def read_rows(self, content: IO[bytes]) -> Iterator[list[str]]:
        for cells in read_workbook(content):
            yield [_text(*cell) for cell in cells]


class XlsxWriter(Writer):
    """One sheet (and a further one past Excel's row limit) with a frozen header; numbers and dates are real ones.

    What no XLSX cell can hold differs from the CSV: a text past 32,767 characters is shortened and says so, a number of more
    than 15 digits and a moment before March 1900 are text. Line breaks are line feeds, and control characters stand there in
    Excel's own escapes (``_x0001_``).

    xlsxwriter makes the workbook; the rows between the beginning and the end of its sheets are made here, in a tenth of its
    time, and go straight into the archive.
    """

    _WIDTHS = {"id": 9, "email": 32, "name": 28, "username": 24, "goals": 48, "mailing_address": 32}

    def __init__(self, file: IO[bytes], header: Sequence[str], *, title: str, subject: str) -> None:
        self._header, self._properties = header, {"title": title, "subject": subject}
        self._archive = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION)
        self._open: tuple[Any, ...] = (self._archive,)
        self._rows: list[int] = []  # of each sheet

    def write(self, batch: Batch) -> None:
        start, end = 0, len(batch[0]) if batch else 0
        while start < end:
            if not self._rows:
                self._begin_sheet()
            elif self._rows[-1] == XLSX_ROWS or self._bytes > SHEET_BYTES:
                self._end_sheet()
                self._begin_sheet()
            stop = min(end, start + _ROWS_AT_ONCE, start + XLSX_ROWS - self._rows[-1])
            self._write_rows([column[start:stop] for column in batch], stop - start)
            start = stop

    def close(self) -> None:
        try:
            if not self._rows:
                self._begin_sheet()
            frame = self._end_sheet()
            for part in frame.namelist():
                if part not in self._archive.namelist():
                    self._archive.writestr(part, frame.read(part))
            self._archive.close()
        finally:
            self.discard()

    def discard(self) -> None:
        for part in self._open:
            with suppress(OSError, ValueError):
                part.close()

    def _begin_sheet(self) -> None:
        self._rows.append(0)
        head, cells, _tail = self._split(self._frame())
        self._bold, self._moment, self._day = re.findall(' s="([0-9]+)"', cells)
        self._sheet = self._archive.open(self._part, "w")
        self._open = (self._sheet, self._archive)
        # How far the sheet reaches is not known yet.
        self._bytes = self._sheet.write(re.sub("<dimension [^>]*>", "", head).encode())
        self._write_rows([[name] for name in self._header], 1, style=f' s="{self._bold}"')

    def _end_sheet(self) -> ZipFile:
        frame = self._frame()
        self._sheet.write(self._split(frame)[2].encode())
        self._sheet.close()
        return frame

    @property
    def _part(self) -> str:
        return f"xl/worksheets/sheet{len(self._rows)}.xml"

    def _split(self, frame: ZipFile) -> tuple[str, str, str]:
        """What comes before the rows of the last sheet, these, and what comes after."""
        head, begins, rest = frame.read(self._part).decode().partition("<sheetData>")
        cells, ends, tail = rest.partition("</sheetData>")
        return head + begins, cells, ends + tail

    def _frame(self) -> ZipFile:
        """A workbook of these sheets, each with a cell of every style and without its rows."""
        from xlsxwriter import Workbook

        file, last = BytesIO(), len(self._header) - 1
        with Workbook(file, {"in_memory": True}) as book:
            book.set_properties(self._properties)
            styles = [{"bold": True}, {"num_format": "yyyy-mm-dd hh:mm:ss"}, {"num_format": "yyyy-mm-dd"}]
            for number, rows in enumerate(self._rows, 1):
                title = _NO_SHEET_NAME.sub(" ", self._properties["title"])[:24].strip() or _("Learners")
                sheet = book.add_worksheet(title if number == 1 else f"{title} ({number})")
                sheet.freeze_panes(1, 0)
                sheet.autofilter(0, 0, max(0, rows - 1), last)
                for place, name in enumerate(self._header):
                    sheet.set_column(place, place, self._WIDTHS.get(name, max(12, len(name) + 2)))
                for place, style in enumerate(styles):
                    sheet.write_blank(0, place, None, book.add_format(style))
        return ZipFile(file)

    def _write_rows(self, columns: Batch, number: int, *, style: str = "") -> None:
        from xlsxwriter.utility import xl_col_to_name

        first = self._rows[-1] + 1
        numbers = range(first, first + number)
        cells = [self._cells(xl_col_to_name(place), column, numbers, style) for place, column in enumerate(columns)]
        rows = zip(numbers, zip(*cells, strict=True), strict=True)
        self._bytes += self._sheet.write("".join([f'<row r="{row}">{"".join(xml)}</row>' for row, xml in rows]).encode())
        self._rows[-1] += number

    def _cells(self, letter: str, column: Sequence[Any], rows: range, style: str) -> list[str]:
        """The cells of one column. Most columns hold nothing to take care of in any of their texts."""
        if _is_plain(column):
            return [
                f'<c r="{letter}{row}"{style} t="inlineStr"><is><t>{text}</t></is></c>' if text else ""
                for row, text in zip(rows, column, strict=True)
            ]
        return [self._cell(f'<c r="{letter}{row}"{style}', cell) for row, cell in zip(rows, column, strict=True)]

    def _cell(self, begun: str, cell: Any) -> str:
        if cell == "":
            return ""
        if isinstance(cell, date):
            moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
            moment = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
            if moment >= _FIRST_DAY:
                style = self._moment if isinstance(cell, datetime) else self._day
                return f'{begun} s="{style}"><v>{(moment - _DAY_0) / timedelta(days=1):.11f}</v></c>'
        elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < XLSX_EXACT:
            return f"{begun}><v>{cell!r}</v></c>"
        return f'{begun} t="inlineStr"><is><t xml:space="preserve">{_xml(str(cell))}</t></is></c>'


def _text(value: str, style: str) -> str:
    """The text of a cell, or the number, day or moment that it holds."""
    if style in (_MOMENT_STYLE, _DAY_STYLE):
        # To the second: what is stored is a part of a day.
        moment = _DAY_0 + timedelta(seconds=round(float(value) * 86_400))
        return str(moment if style == _MOMENT_STYLE else moment.date())
    return value if style else unguard(value)


def _is_plain(column: Sequence[Any]) -> bool:
    """Whether these are texts of which each may stand in a sheet's XML as it is."""
    try:
        text = "".join(column)
    except TypeError:
        return False
    return (
        text.isprintable()
        and not any(mark in text for mark in _MARKUP)
        and _NOT_AT_THE_ENDS.isdisjoint({cell[:1] for cell in column})
        and " " not in {cell[-1:] for cell in column}
        and max(map(len, column)) <= XLSX_CELL_CHARACTERS // 2
    )


def _xml(text: str) -> str:
    """A text as it stands in a sheet's XML."""
    text = _fit(guard(text)).replace("\r\n", "\n").replace("\r", "\n")
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found[0]) or f"_x{ord(found[0]):04X}_", text)


def _fit(text: str) -> str:
    """A text that an XLSX cell can hold; one that had to be shortened says so."""
    if not text.isascii():
        text = encoded(text).decode()
    units = text.encode("utf-16-le")  # which are what Excel counts, in two bytes each
    if len(units) <= XLSX_CELL_CHARACTERS * 2:
        return text
    note = " " + _("[shortened: an XLSX cell cannot hold it all, the CSV does]")
    return units[: (XLSX_CELL_CHARACTERS - len(note)) * 2].decode("utf-16-le", "ignore") + note
