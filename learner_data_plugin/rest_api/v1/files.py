"""Handing a file to a browser or a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from ... import configuration
from ...data import Course
from ...exceptions import UnknownFormat
from ...export.base import get_format
from .parameters import read_query
from .serializers import DownloadQuery

BOM = b"\xef\xbb\xbf"
_PIECE = 64 * 1024


def attachment(
    content: Iterator[bytes], *, name: str, file_format: str = "", content_type: str = "", size_bytes: int | None = None
) -> StreamingHttpResponse:
    """Return a file, of one of our formats or of another type, that a browser saves under ``name`` and opens in nothing."""
    response = StreamingHttpResponse(content, content_type=content_type or _content_type(file_format))
    response["Content-Disposition"] = content_disposition_header(True, name)
    if size_bytes is not None:
        response["Content-Length"] = str(size_bytes)
    return response


def byte_order_mark(request: Request, course: Course, query: type[Serializer] = DownloadQuery) -> bytes:
    """Return what a CSV is to start with: a byte order mark for ``bom=1``, unless the site has CSV_BOM off; else nothing.

    The page's links ask for it, because Excel misreads a file without one; programs need not. Raises UnknownParameter or
    InvalidParameter for anything in the query that the call does not know.
    """
    asked = read_query(request.query_params, query)
    return BOM if "bom" in asked and configuration.value("CSV_BOM", org=course.org) else b""


def _content_type(file_format: str) -> str:
    try:
        return get_format(file_format).content_type
    except UnknownFormat:  # of a plugin that is gone; its files are still there
        return "application/octet-stream"


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
