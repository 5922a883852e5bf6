"""Opening whatever somebody brings along as a table."""

from __future__ import annotations

import json
from typing import IO

from .base import IsValue, Table
from .delimited import DelimitedTable
from .id_list import IdList
from .workbook import Workbook

_ZIP = b"PK\x03\x04"
_MOST_JSON_BYTES = 20_000_000


def open_table(file: IO[bytes], *, most_rows: int, is_value: IsValue) -> Table:
    """Return the table in a file: XLSX, a JSON list, or rows of text. Raises UnreadableFile or FormatUnavailable."""
    file.seek(0)
    start = file.read(64)
    if start.startswith(_ZIP):
        return Workbook(file, most_rows=most_rows, is_value=is_value)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
        file.seek(0)
        try:
            return IdList(json.loads(file.read(_MOST_JSON_BYTES)), most_rows=most_rows, is_value=is_value)
        except (ValueError, RecursionError):  # a header may begin like this, too
            pass
    return DelimitedTable(file, most_rows=most_rows, is_value=is_value)
