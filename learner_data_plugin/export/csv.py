"""Comma-separated values, with every learner's text guarded against being taken for a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import IO, Any

from .base import Batch, Format, Writer, encoded
from .formulas import FIRST_CHARACTERS, guard, guard_parts, may_have_parts, splits_at_semicolons, unguard

_CELL = rb'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n]*+)'


class CsvFormat(Format):
    """CSV as Excel writes it, in UTF-8, but with every cell quoted.

    Programs that also split at semicolons or tabs, as LibreOffice's import does, then find the same cells, and nothing in the
    middle of a learner's text begins one. Those that split at semicolons *instead*, as Excel does in many languages, find cells
    of their own in a text: where the installation speaks such a language, these are guarded as well.
    """

    name = extension = "csv"
    label = "CSV"
    content_type = "text/csv; charset=utf-8"
    takes_byte_order_mark = True

    def open_writer(self, file: IO[bytes], header: Sequence[str], *, title: str = "", subject: str = "") -> CsvWriter:
        return CsvWriter(file, header)

    def copy_without(self, content: IO[bytes], kept: IO[bytes], *, column: str, cells: Collection[str]) -> int:
        # Not with csv.reader, which has a limit for cells that only the whole process can be given another of.
        records, removed, wanted = _records(content), 0, {cell.encode() for cell in cells}
        header = next(records, b"")
        names = next(csv.reader([header.decode()]), [])
        cell_of = re.compile(rb"(?:%s,){%d}(%s)" % (_CELL, names.index(column), _CELL))
        kept.write(header)
        for record in records:
            found = cell_of.match(record)
            if found is None:
                raise ValueError("A row has too few cells.")
            if found[1].strip(b'"') in wanted:
                removed += 1
            else:
                kept.write(record)
        return removed

    def read_rows(self, content: IO[bytes]) -> Iterator[list[str]]:
        records = _records(content)
        next(records, b"")
        for record in records:
            cells = record.rstrip(b"\r\n")[1:-1].split(b'","') if b'""' not in record else _split(record)
            yield [unguard(cell.decode()) for cell in cells]


def _split(record: bytes) -> list[bytes]:
    """The cells of a row of which each is quoted."""
    return [cell.replace(b'""', b'"') for cell in re.findall(rb'"([^"]*+(?:""[^"]*+)*+)"(?:,|\r?\n|\Z)', record)]


def _records(content: IO[bytes]) -> Iterator[bytes]:
    """Yield the rows of a CSV file as they stand there, line breaks in their cells included."""
    lines, quotes = [], 0
    for line in iter(content.readline, b""):
        lines.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield b"".join(lines)
            lines.clear()
    if lines:
        raise ValueError("A cell does not end.")


class CsvWriter(Writer):
    """CSV in UTF-8 without byte order mark."""

    def __init__(self, file: IO[bytes], header: Sequence[str]) -> None:
        self._file = file
        self._lines = _Lines()
        self._guards_parts = splits_at_semicolons()
        self._rows = _open_rows(self._lines, [guard(name) for name in header])
        self.write([])

    def write(self, batch: Batch) -> None:
        lines = self._lines_of(batch)
        if self._guards_parts and may_have_parts(lines):
            lines = self._lines_of([_guarded_in_parts(cells) for cells in batch])
        elif _may_need_guard(lines, len(batch[0]) if batch else 0):
            lines = self._lines_of([_guarded(cells) for cells in batch])
        self._file.write(encoded(lines))

    def _lines_of(self, batch: Batch) -> str:
        self._rows.writerows(zip(*batch, strict=True))
        return "".join(self._lines.take())


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a table as lines of a CSV file, with guarded cells; one row stands in memory at a time."""
    lines = _Lines()
    writer = _open_rows(lines, header)
    yield from lines.take()
    for row in rows:
        writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
        yield from lines.take()


class _Lines:
    """What a ``csv.writer`` writes to: it hands over one line at a time."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.write = self._lines.append

    def take(self) -> list[str]:
        lines = self._lines.copy()
        self._lines.clear()
        return lines


def _open_rows(text: Any, header: Sequence[str]) -> Any:
    """Write the header, unquoted, and return a ``csv.writer`` that quotes every cell of the rows."""
    csv.writer(text).writerow(header)
    return csv.writer(text, quoting=csv.QUOTE_ALL)


def _may_need_guard(lines: str, number: int) -> bool:
    """Whether a cell of these lines may need a guard; each cell is quoted, so that it would begin after a quote.

    Seldom True: then, too, where a text holds a quote and such a character after it.
    """
    if lines.count('"\r') > number:  # each line ends with one
        return True
    return any(first in lines and f'"{first}' in lines for first in FIRST_CHARACTERS if first != "\r")


def _guarded(cells: Sequence[Any]) -> Sequence[Any]:
    """Guard one column. Most columns hold nothing to guard, and are handed on as they are."""
    try:
        if FIRST_CHARACTERS.isdisjoint({cell[:1] for cell in cells}):
            return cells
    except TypeError:  # numbers or moments among them
        pass
    return [guard(cell) if isinstance(cell, str) else cell for cell in cells]


def _guarded_in_parts(cells: Sequence[Any]) -> Sequence[Any]:
    return [guard_parts(cell) if isinstance(cell, str) else cell for cell in cells]
