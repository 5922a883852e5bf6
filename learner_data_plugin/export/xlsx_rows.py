"""Taking rows out of a workbook that this plugin wrote, without reading it into memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterator
from copy import copy
from typing import IO
from xml.sax.saxutils import escape, unescape

_SHEET = "xl/worksheets/"
_PIECE = 64 * 1024
_NUMBERS = re.compile(rb'(<row r="|<c r="[A-Z]+)\d+')
_DIMENSION = re.compile(rb"<dimension [^>]*/>")


def copy_workbook(content: IO[bytes], kept: IO[bytes], *, column: str, cells: Collection[str]) -> int:
    """Copy a workbook without the rows that have one of these numbers in a column; returns how many these were.

    The rows after them move up, so that no gap tells where they were. Raises ValueError for any other workbook.
    """
    removed, wanted = 0, {cell.encode() for cell in cells}
    try:
        with zipfile.ZipFile(content) as book, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as copied:
            for entry in book.infolist():
                with book.open(entry) as source, copied.open(_blank(entry), "w", force_zip64=True) as target:
                    if not entry.filename.startswith(_SHEET):
                        target.write(source.read())
                        continue
                    sheet = _Sheet(escape(column).encode(), wanted)
                    for part in sheet.parts_kept(source):
                        target.write(part)
                    removed += sheet.removed
    except (zipfile.BadZipFile, EOFError) as error:
        raise ValueError(type(error).__name__) from None
    return removed


_CELL = re.compile(rb'<c r="([A-Z]+)\d+"(?: s="(\d+)")?(?: t="inlineStr")?>(?:<is><t[^>]*>([^<]*)</t></is>|<v>([^<]*)</v>)')
_ESCAPED = re.compile("_x([0-9A-F]{4})_")
NUMBER = "0"
"""The style of a number that has none."""


def read_workbook(content: IO[bytes]) -> Iterator[list[tuple[str, str]]]:
    """Yield the rows of all sheets, without headers: of each cell its text and '', or its number and its style.

    Raises ValueError for any other workbook.
    """
    try:
        with zipfile.ZipFile(content) as book:
            for entry in sorted(book.namelist(), key=lambda name: (len(name), name)):
                if entry.startswith(_SHEET):
                    with book.open(entry) as source:
                        yield from _read_sheet(source)
    except (zipfile.BadZipFile, EOFError) as error:
        raise ValueError(type(error).__name__) from None


def _read_sheet(source: IO[bytes]) -> Iterator[list[tuple[str, str]]]:
    width, rest = 0, b""
    while piece := source.read(_PIECE):
        *rows, rest = (rest + piece).split(b"</row>")
        for row in rows:
            cells = {_place(letters): _value(*found) for letters, *found in _CELL.findall(row)}
            if width:
                yield [cells.get(place, ("", "")) for place in range(width)]
            width = width or max(cells, default=-1) + 1


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _value(style: bytes, text: bytes, number: bytes) -> tuple[str, str]:
    if number:
        return number.decode(), style.decode() or NUMBER
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unescape(text.decode())), ""


class _Sheet:
    """The sheet of a workbook, in which every row and cell says where it stands, and texts stand in their cells."""

    def __init__(self, column: bytes, cells: Collection[bytes]) -> None:
        self._column = column
        self._cells = cells
        self.removed = 0

    def parts_kept(self, source: IO[bytes]) -> Iterator[bytes]:
        """Yield what is kept of the sheet's XML. In a text there is no ``<``, so that tags are told by their letters."""
        cell_of, rest, number = None, b"", 0
        while piece := source.read(_PIECE):
            *rows, rest = (rest + piece).split(b"</row>")
            for row in rows:
                if cell_of is None:
                    cell_of, row = self._cell_pattern(row), _DIMENSION.sub(b"", row)
                elif (found := cell_of.search(row)) is not None and found[1] in self._cells:
                    self.removed += 1
                    continue
                number += 1
                yield (_NUMBERS.sub(rb"\g<1>%d" % number, row) if self.removed else row) + b"</row>"
        yield rest

    def _cell_pattern(self, header: bytes) -> re.Pattern[bytes]:
        place = re.search(rb'<c r="([A-Z]+)1"[^>]*><is><t[^>]*>%s</t>' % re.escape(self._column), header)
        if place is None:
            raise ValueError("The column is not there.")
        return re.compile(rb'<c r="%s\d+"[^>]*><v>([^<]*)</v>' % place[1])


def _blank(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The entry without the sizes that it had."""
    blank = copy(entry)
    blank.file_size = blank.compress_size = 0
    return blank
