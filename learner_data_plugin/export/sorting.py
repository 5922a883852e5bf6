"""Rows that come in one order and are written in another, for reports that the database cannot sort."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from .base import Batch

KeyedBatch = tuple[Sequence[bytes], Batch]
"""Some rows column by column, and of each the bytes by which it is put in order; rows may come in any order."""


def in_order(batches: Iterable[KeyedBatch], *, size: int) -> Iterator[Batch]:
    """Yield the rows in the order of their keys, ``size`` at a time, once all have come.

    They wait in a temporary database, of which SQLite holds a little in memory and the rest in a file without a name: whatever
    happens to this process, no learner's data stays behind on its disk.
    """
    with closing(sqlite3.connect("")) as rows:
        rows.execute("PRAGMA journal_mode = OFF")
        rows.execute("CREATE TABLE row (key BLOB, cells BLOB)")
        for keys, batch in batches:
            cells = map(pickle.dumps, zip(*batch, strict=True))
            rows.executemany("INSERT INTO row VALUES (?, ?)", zip(keys, cells, strict=True))
        in_order = rows.execute("SELECT cells FROM row ORDER BY key")
        while found := in_order.fetchmany(size):
            yield list(zip(*(pickle.loads(cells) for (cells,) in found), strict=True))
