"""Making tables from bytes, and bytes from tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from learner_data_plugin.privacy.id_columns import is_id
from learner_data_plugin.privacy.tables.base import Table
from learner_data_plugin.privacy.tables.opening import open_table


def table_of(content: bytes, *, most_rows: int = 1_000) -> Table:
    """The table in a file of this content."""
    return open_table(io.BytesIO(content), most_rows=most_rows, is_value=is_id)


def xlsx_of(*rows: Sequence[Any]) -> bytes:
    """A workbook with these rows, made by openpyxl."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def written(table: Table, *more: Sequence[str]) -> bytes:
    """The file that a table comes back as, with a column of these cells, of which the first ones are for its header."""
    file = io.BytesIO()
    writer = table.open_writer(file)
    cells = iter(more)
    for row in (*table.headers, *table.rows()):
        writer.append(row, next(cells) if row.cells else [])
    writer.close()
    return file.getvalue()
