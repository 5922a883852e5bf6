"""IDs without a file: a JSON list, which comes back as CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from ...exceptions import UnreadableFile
from ...export.base import get_format
from .base import IsValue, Row, Table
from .delimited import DelimitedWriter, quote
from .dialect import Dialect

HEADER = "anonymized_id"
_SPECIAL = re.compile(r'[",\r\n]')


class IdList(Table):
    """A list of IDs."""

    extension = "csv"

    def __init__(self, ids: Any, *, most_rows: int, is_value: IsValue) -> None:
        if not isinstance(ids, list) or not all(isinstance(text, str) for text in ids):
            raise UnreadableFile(_("The JSON is no list of texts."))
        try:
            "".join(ids).encode()
        except UnicodeEncodeError:  # halves of characters, which JSON can hold
            raise UnreadableFile(_("The JSON is no list of texts.")) from None
        self._ids = ids
        self.content_type = get_format("csv").content_type
        super().__init__(most_rows=most_rows, is_value=is_value)

    def open_writer(self, file: IO[bytes]) -> DelimitedWriter:
        return DelimitedWriter(file, Dialect("utf-8", ",", ""), width=1)

    def _read(self) -> Iterator[Row]:
        yield self._row(HEADER)
        yield from map(self._row, self._ids)

    def _row(self, text: str) -> Row:
        return Row([text], f"{quote(text) if _SPECIAL.search(text) else text}\r\n")
