"""Reading tracking logs: the lines of a file, plain or compressed, as events."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

LONGEST_LINE = 1 << 20
"""Bytes. The platform writes no event of more than 50,000 characters."""

_GZIP = b"\x1f\x8b"


class BrokenFile(Exception):
    """The file ends before its compressed content does, or is damaged; what came before was whole."""


class Line(NamedTuple):
    """A line by its number, from 1 on; ``event`` None for one that holds no event."""

    number: int
    event: dict[str, Any] | None


class TrackingLog:
    """A file of a tracking log, recognized as compressed by its content, not by its name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] = path.open("rb")
        self.size = path.stat().st_size

    @property
    def position(self) -> int:
        """How many bytes of the file have been read."""
        return self._file.tell()

    def lines(self) -> Iterator[Line]:
        """Yield the lines that are not blank, then close the file. Raises BrokenFile, OSError."""
        number = 0
        with self._file:
            try:
                content = gzip.GzipFile(fileobj=self._file) if self._is_compressed() else self._file
                while raw := content.readline(LONGEST_LINE):
                    number += 1
                    if raw.isspace():
                        continue
                    if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                        while (raw := content.readline(LONGEST_LINE)) and not raw.endswith(b"\n"):
                            pass
                        yield Line(number, None)
                    else:
                        yield Line(number, _event_in(raw))
            except (EOFError, gzip.BadGzipFile, zlib.error):
                raise BrokenFile from None

    def _is_compressed(self) -> bool:
        is_compressed = self._file.read(len(_GZIP)) == _GZIP
        self._file.seek(0)
        return is_compressed


def _event_in(raw: bytes) -> dict[str, Any] | None:
    """The event in a line, which may have something before it, such as syslog's time and host."""
    start = raw.find(b"{")
    if start < 0:
        return None
    try:
        return json.loads(raw[start:].decode())
    except (ValueError, RecursionError):
        return None
