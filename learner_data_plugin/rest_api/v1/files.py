"""Handing a file to a browser or a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from ... import configuration
from ...data import Course, FileFormat
from ...spreadsheets import CONTENT_TYPES

BOM = b"\xef\xbb\xbf"
_PIECE = 64 * 1024


def attachment(
    content: Iterator[bytes], *, name: str, file_format: FileFormat, size_bytes: int | None = None
) -> StreamingHttpResponse:
    """Return a file that a browser saves under ``name`` and opens in nothing of its own."""
    response = StreamingHttpResponse(content, content_type=CONTENT_TYPES[file_format])
    response["Content-Disposition"] = content_disposition_header(True, name)
    if size_bytes is not None:
        response["Content-Length"] = str(size_bytes)
    return response


def wants_bom(request: Request, course: Course) -> bool:
    """Whether a CSV goes to a person who will open it in Excel: a browser that follows a link says it takes HTML."""
    return configuration.value("CSV_BOM", org=course.org) and "text/html" in request.headers.get("Accept", "")


class Pieces:
    """``before`` and then a file, in pieces. The file is closed at the end, and with the answer if that is never read."""

    def __init__(self, file: IO[bytes], before: bytes = b"") -> None:
        self._file = file
        self._before = before

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece, self._before = self._before or self._file.read(_PIECE), b""
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._file.close()
