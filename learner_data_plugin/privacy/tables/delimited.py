"""CSV and the like: rows that nothing was done to come back byte by byte."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from django.utils.translation import gettext as _

from ...exceptions import UnreadableFile
from ...export.formulas import guard, guard_file_cell, guard_parts, may_have_parts, needs_guard, splits_at_semicolons
from .base import IsValue, Row, Table, TableWriter
from .dialect import ANY_8_BIT, Dialect, find_dialect

_LONGEST_LINE = 1_000_000


class DelimitedTable(Table):
    """A text file of rows, in any encoding and with any separator that ``find_dialect`` knows."""

    def __init__(self, file: IO[bytes], *, most_rows: int, is_value: IsValue) -> None:
        self._file = file
        self.dialect = find_dialect(file)
        self.extension = "tsv" if self.dialect.separator == "\t" else "csv"
        charset = self.dialect.encoding.removesuffix("-le").removesuffix("-be")
        charset = "" if self.dialect.encoding == ANY_8_BIT else f"; charset={charset}"
        self.content_type = f"text/{'tab-separated-values' if self.extension == 'tsv' else 'csv'}{charset}"
        super().__init__(most_rows=most_rows, is_value=is_value)

    def open_writer(self, file: IO[bytes]) -> DelimitedWriter:
        return DelimitedWriter(file, self.dialect, self.width)

    def _read(self) -> Iterator[Row]:
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, encoding=self.dialect.encoding, newline="")
        taken: list[str] = []
        number = 0
        try:
            text.read(len(self.dialect.preamble))
            for cells in csv.reader(_lines(text, taken), delimiter=self.dialect.separator, strict=True):
                number += 1
                source = "".join(taken)
                taken.clear()
                yield Row(cells, source)
        except csv.Error:
            sentence = _("Row {number} cannot be read: its quotes do not match, or a cell is too long.")
            raise UnreadableFile(sentence.format(number=number + 1)) from None
        finally:
            text.detach()  # or closing it would close the file


def _lines(text: io.TextIOWrapper, taken: list[str]) -> Iterator[str]:
    """Yield lines with their ends, and tell each to ``taken``."""
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise csv.Error
        taken.append(line)
        yield line


class DelimitedWriter(TableWriter):
    """Writes in a file's own dialect; of a row that holds a formula all cells are written anew, with a guard.

    So is one that holds a formula for programs which split at other separators, or at several: see ``CsvFormat``.
    """

    def __init__(self, file: IO[bytes], dialect: Dialect, width: int) -> None:
        self._text = io.TextIOWrapper(file, encoding=dialect.encoding, newline="")
        self._width = width
        self._separator = dialect.separator
        self._is_special = re.compile(f'["\r\n{re.escape(dialect.separator)}]').search
        self._guards_parts = splits_at_semicolons()
        self._takes_ascii_only = dialect.encoding == ANY_8_BIT
        self._text.write(dialect.preamble)

    def append(self, row: Row, more: Sequence[str]) -> None:
        if not row.cells:
            self._text.write(row.source)
            return
        body, end = _split_end(row.source)
        if needs_guard(row.cells) or may_have_parts(row.source):
            cells = [self._guarded(guard_file_cell(cell)) for cell in row.cells]
            if cells != row.cells or any(may_have_parts(cell) and quote(cell) not in row.source for cell in cells):
                body = self._join(cells)
        missing = self._separator * (self._width - len(row.cells))
        added = self._join([self._guarded(guard(cell)) for cell in more])
        if self._takes_ascii_only and not added.isascii():
            raise UnreadableFile(_("The file's encoding is not known, so names cannot be added. Save it as CSV in UTF-8."))
        self._text.write(f"{body}{missing}{self._separator}{added}{end}")

    def rearrange(self, row: Row, places: Sequence[int], others: Mapping[int, str]) -> None:
        cells = [others[place] if place in others else row.cells[place] for place in places if place < len(row.cells)]
        body = self._join([self._guarded(guard_file_cell(cell)) for cell in cells]) or '""' if row.cells else ""
        self._text.write(body + _split_end(row.source)[1])

    def close(self) -> None:
        self._text.flush()
        self._text.detach()

    def _guarded(self, cell: str) -> str:
        return guard_parts(cell) if self._guards_parts and may_have_parts(cell) else cell

    def _join(self, cells: Sequence[str]) -> str:
        return self._separator.join(
            [quote(cell) if self._is_special(cell) or may_have_parts(cell) else cell for cell in cells]
        )


def _split_end(source: str) -> tuple[str, str]:
    """A row, and the line break that ends it."""
    body = source.rstrip("\r\n")
    return body, source[len(body) :]


def quote(cell: str) -> str:
    """Return a cell in quotes."""
    return '"' + cell.replace('"', '""') + '"'
