"""Finding out how a text file of rows is written: encoding, separator, and what stands before the first row."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from ...exceptions import UnreadableFile

ANY_8_BIT = "latin-1"
"""Stands for an encoding that nothing in a file tells: every byte has a character in it, and comes back as it was."""

_MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_SEPARATORS = ",;\t|"
_SAMPLE_BYTES = 64_000
_SAMPLE_ROWS = 50
_PREAMBLE = re.compile("\ufeff?(?:sep=([,;\t|])(?:\r\n|\n|\r))?")
"""A byte order mark, and the line by which Excel is told the separator."""


@dataclass(frozen=True)
class Dialect:
    """How a file is written; ``preamble`` stands before its first row."""

    encoding: str
    separator: str
    preamble: str


def find_dialect(file: IO[bytes]) -> Dialect:
    """Read a file once to find out how it is written. Raises UnreadableFile for one that is no text."""
    file.seek(0)
    start = file.read(_SAMPLE_BYTES)
    encoding = _find_encoding(file, start)
    sample = start.decode(encoding, "ignore")
    preamble = next(_PREAMBLE.finditer(sample))  # at the start, where it also finds nothing
    return Dialect(encoding, preamble[1] or _find_separator(sample[preamble.end() :]), preamble[0])


def _find_encoding(file: IO[bytes], start: bytes) -> str:
    encoding = next((name for name, mark in _MARKS.items() if start.startswith(mark)), "")
    if not encoding and b"\0" in start:
        # Letters of ASCII have a zero beside them in UTF-16.
        first, second = start[::2].count(0), start[1::2].count(0)
        if max(first, second) * 4 < len(start):
            raise UnreadableFile(_("The file is no table. Save it as CSV in UTF-8, or as XLSX."))
        encoding = "utf-16-le" if second > first else "utf-16-be"
    if _is_encoded_in(file, encoding or "utf-8"):
        return encoding or "utf-8"
    if encoding:
        raise UnreadableFile(_("The file is damaged. Save it again as CSV in UTF-8."))
    return ANY_8_BIT


def _is_encoded_in(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := file.read(_SAMPLE_BYTES):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _find_separator(sample: str) -> str:
    """The separator by which the rows of a sample have the most cells, and as many as the first row."""

    def fit(separator: str) -> tuple[float, int]:
        rows = []
        try:
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
                rows.append(len(row))
                if len(rows) > _SAMPLE_ROWS:
                    break
        except csv.Error:  # of a cell too long, which is told when the file is read
            pass
        rows = [width for width in (rows[:-1] or rows) if width]  # the sample may end within its last row
        width = rows[0] if rows else 1
        return (sum(found == width for found in rows) / len(rows) if width > 1 else 0.0), width

    return max(_SEPARATORS, key=fit)
