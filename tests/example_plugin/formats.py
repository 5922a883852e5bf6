"""A file format: tab-separated values, as linguists' and old spreadsheets' programs read them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import IO

from learner_data_plugin.extending import Batch, Format, Writer, guard


class TabSeparatedFormat(Format):
    """One line a row; tabs and line breaks within a value become blanks."""

    name = extension = "tsv"
    label = "TSV"
    content_type = "text/tab-separated-values; charset=utf-8"

    def open_writer(self, file: IO[bytes], header: Sequence[str], *, title: str = "", subject: str = "") -> TabSeparatedWriter:
        return TabSeparatedWriter(file, header)

    def copy_without(self, content: IO[bytes], kept: IO[bytes], *, column: str, cells: Collection[str]) -> int:
        header = content.readline()
        place = header.decode().rstrip("\n").split("\t").index(column)
        kept.write(header)
        removed = 0
        for line in iter(content.readline, b""):
            if line.decode().rstrip("\n").split("\t")[place] in cells:
                removed += 1
            else:
                kept.write(line)
        return removed


class TabSeparatedWriter(Writer):
    """Writes UTF-8; values that look like formulas start with an apostrophe."""

    def __init__(self, file: IO[bytes], header: Sequence[str]) -> None:
        self._file = file
        self.write([[name] for name in header])

    def write(self, batch: Batch) -> None:
        lines = ("\t".join(map(_cell, row)) + "\n" for row in zip(*batch, strict=True))
        self._file.write("".join(lines).encode("utf-8", "replace"))


def _cell(value: object) -> str:
    text = guard(value) if isinstance(value, str) else str(value)
    return " ".join(text.split("\t")).replace("\r", " ").replace("\n", " ")
