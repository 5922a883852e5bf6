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


def pieces(file: IO[bytes], before: bytes = b"") -> Iterator[bytes]:
    """Yield ``before`` and then the file, which is closed at the end or when the reader goes away."""
    try:
        if before:
            yield before
        while piece := file.read(_PIECE):
            yield piece
    finally:
        file.close()
