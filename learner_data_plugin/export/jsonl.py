"""JSON Lines: one object a row, with numbers as numbers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any

from .base import Batch, Format, Writer, encoded


class JsonLinesFormat(Format):
    """One JSON object a row and line, its keys the header cells.

    Numbers and truth values are what they are, moments are texts in UTC (ISO 8601), a missing value is null. Nothing is
    guarded: a program that reads JSON calculates no cell. Half of a surrogate pair becomes ``?``.
    """

    name = extension = "jsonl"
    label = "JSON Lines"
    content_type = "application/jsonl"
    offered_on_page = False

    def open_writer(self, file: IO[bytes], header: Sequence[str], *, title: str = "", subject: str = "") -> JsonLinesWriter:
        return JsonLinesWriter(file, header)

    def copy_without(self, content: IO[bytes], kept: IO[bytes], *, column: str, cells: Collection[str]) -> int:
        removed = 0
        for line in iter(content.readline, b""):
            if str(json.loads(line)[column]) in cells:
                removed += 1
            else:
                kept.write(line)
        return removed

    def read_rows(self, content: IO[bytes]) -> Iterator[list[str]]:
        for line in iter(content.readline, b""):
            yield ["" if value is None else str(value) for value in json.loads(line).values()]


class JsonLinesWriter(Writer):
    """Writes no header: each row names its columns."""

    def __init__(self, file: IO[bytes], header: Sequence[str]) -> None:
        self._file = file
        self._header = tuple(header)
        self._object = json.JSONEncoder(default=_text, ensure_ascii=False).encode

    def write(self, batch: Batch) -> None:
        rows = ([None if cell == "" else cell for cell in row] for row in zip(*batch, strict=True))
        lines = [self._object(dict(zip(self._header, row, strict=True))) + "\n" for row in rows]
        self._file.write(encoded("".join(lines)))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
