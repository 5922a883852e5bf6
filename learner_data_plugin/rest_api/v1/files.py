"""Handing a file to a browser or a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from rest_framework.request import Request

from ... import configuration
from ...data import Course, FileFormat
from ...spreadsheets import CONTENT_TYPES
from .errors import InvalidParameter
from .parameters import refuse_unknown

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


def byte_order_mark(request: Request, course: Course) -> bytes:
    """Return what a CSV is to start with: a byte order mark for ``bom=1``, unless the site has CSV_BOM off; else nothing.

    The page's links ask for it, because Excel misreads a file without one; programs need not. Raises UnknownParameter or
    InvalidParameter for anything else in the query.
    """
    refuse_unknown(request.query_params, ("bom",))
    asked = request.query_params.get("bom")
    if asked not in (None, "1"):
        raise InvalidParameter("bom", _("1, or left out"))
    return BOM if asked and configuration.value("CSV_BOM", org=course.org) else b""


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
