"""Rows read in the order in which the database keeps them, and written in another.

A database reads a course fastest along its index, without sorting and without lists of ids in its queries; people read a report
in the order of usernames. In between each row stands, encoded, in a temporary file; held in memory are 17 bytes a row.
"""

from __future__ import annotations

import os
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import accumulate
from tempfile import TemporaryFile
from typing import IO

from django.db.models import QuerySet

from .spreadsheets import Batch, Writer

KeyedBatch = tuple[Sequence[int], Batch]
"""Some rows column by column, and the key of each; keys ascend, from batch to batch too."""

ORDER_SLICE = 100_000
"""Keys that one query puts in order: the database sorts once per slice, and the driver holds so many at a time."""

_ROWS_AT_ONCE = 500
_PAUSE_SECONDS = 0.00001

OnRows = Callable[[int, int], None]
"""Told after each step how many rows have been read and how many written."""


def keys_in_order(queryset: QuerySet, order: str, *, batch_size: int) -> Iterator[list[int]]:
    """Yield the ids of a queryset in the order of its unique field ``order``, ``batch_size`` at a time (1 query a slice).

    Keyset pages, because a page by offset repeats and drops rows that move, and a cursor of the server would hold a
    connection open.
    """
    after = None
    while True:
        page = queryset if after is None else queryset.filter(**{f"{order}__gt": after})
        keys = array("q")
        for key, place in page.order_by(order).values_list("id", order)[:ORDER_SLICE].iterator(chunk_size=batch_size):
            keys.append(key)
            after = place
        for start in range(0, len(keys), batch_size):
            yield keys[start : start + batch_size].tolist()
        if len(keys) < ORDER_SLICE:
            return


def write_in_order(
    writer: Writer,
    *,
    batches: Iterable[KeyedBatch],
    order: Iterable[Sequence[int]],
    encode: Callable[[Batch], list[bytes]] | None = None,
    on_rows: OnRows | None = None,
) -> int:
    """Write rows in the order of the keys given; returns how many.

    Each row is written once. A key without a row (of somebody who has left since) and a row without a key (of somebody who has
    come since) are passed over. Rows are encoded, by the writer or by ``encode``, in a thread beside the reading of the next
    batch, during which this process waits for the database. Raises OSError when the disk is full.
    """
    # A file without a name: whatever happens to this process, no learner's data stays behind on its disk.
    with TemporaryFile(prefix="learner_data_") as file:
        spool = _RowSpool(file)
        read = _fill(spool, batches, encode or writer.encode, on_rows)
        written = 0
        for keys in order:
            rows = spool.take(keys)
            writer.write(rows)
            written += len(rows)
            if on_rows is not None:
                on_rows(read, written)
    return written


def _fill(
    spool: _RowSpool, batches: Iterable[KeyedBatch], encode: Callable[[Batch], list[bytes]], on_rows: OnRows | None
) -> int:
    def add(keys: Sequence[int], batch: Batch) -> None:
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            spool.add(keys[part], encode([column[part] for column in batch]))
            # The reader may have its next rows by now: without a pause it would wait for Python's lock, and the database for it.
            time.sleep(_PAUSE_SECONDS)

    read = 0
    with ThreadPoolExecutor(1, "learner_data_rows") as beside:
        adding: Future[None] | None = None
        for keys, batch in batches:
            # One batch at a time waits here, so that memory is that of two.
            if adding is not None:
                adding.result()
            adding = beside.submit(add, keys, batch)
            read += len(keys)
            if on_rows is not None:
                on_rows(read, 0)
        if adding is not None:
            adding.result()
    return read


class _RowSpool:
    """Encoded rows in a file, found by their key."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._keys = array("q")
        self._starts = array("q", [0])  # and one more, the end
        self._taken = bytearray()

    def add(self, keys: Sequence[int], rows: Sequence[bytes]) -> None:
        ends = accumulate(map(len, rows), initial=self._starts.pop())
        self._starts.extend(ends)
        self._keys.extend(keys)
        self._taken.extend(bytes(len(rows)))
        self._file.write(b"".join(rows))

    def take(self, keys: Iterable[int]) -> list[bytes]:
        """Return the rows of these keys that were not taken before."""
        self._file.flush()
        number, starts = self._file.fileno(), self._starts
        return [os.pread(number, starts[place + 1] - starts[place], starts[place]) for place in self._places(keys)]

    def _places(self, keys: Iterable[int]) -> Iterator[int]:
        known, taken = self._keys, self._taken
        count = len(known)
        for key in keys:
            place = bisect_left(known, key)
            if place < count and known[place] == key and not taken[place]:
                taken[place] = 1
                yield place
