"""Rows read in the order in which the database keeps them, and written in another.

A database reads a course fastest along its index, without sorting and without lists of ids in its queries; people read a report
in the order of usernames. So rows are sorted on their way, a megabyte at a time, in a temporary file, and merged from there.
What stands in memory grows with their number by one block for each such megabyte only.
"""

from __future__ import annotations

import heapq
import os
import pickle
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice, pairwise
from tempfile import TemporaryFile
from typing import IO

from .spreadsheets import Batch, Writer

KeyedBatch = tuple[Sequence[bytes], Batch]
"""Some rows column by column, and of each the bytes by which it is put in order; rows may come in any order."""

OnRows = Callable[[int, int], None]
"""Told after each step how many rows have been read and how many written."""

Encode = Callable[[Batch], list[bytes]]

RUN_BYTES = 1_000_000
"""Rows are sorted in memory up to this size."""

_BLOCK_BYTES = 8_000  # of each sorted part one block stands in memory while they are merged
_ROWS_ENCODED_AT_ONCE = 500
_PAUSE_SECONDS = 0.00001

_Row = tuple[bytes, bytes]


def write_in_order(
    writer: Writer, *, batches: Iterable[KeyedBatch], encode: Encode | None = None, on_rows: OnRows | None = None
) -> int:
    """Write rows in the order of their keys; returns how many.

    Rows are encoded, by the writer or by ``encode``, in a thread beside the reading of the next batch, during which this
    process waits for the database. Raises OSError when the disk is full.
    """
    with _Sorter() as sorter:
        read, most = _fill(sorter, batches, encode or writer.encode, on_rows)
        rows, written = sorter.in_order(), 0
        while some := [row for _key, row in islice(rows, most)]:
            writer.write(some)
            written += len(some)
            if on_rows is not None:
                on_rows(read, written)
    return written


def _fill(
    sorter: _Sorter, batches: Iterable[KeyedBatch], encode: Encode, on_rows: OnRows | None
) -> tuple[int, int]:
    """Read all rows; returns how many there are, and how many in the largest batch."""

    def add(keys: Sequence[bytes], batch: Batch) -> None:
        for start in range(0, len(keys), _ROWS_ENCODED_AT_ONCE):
            part = slice(start, start + _ROWS_ENCODED_AT_ONCE)
            sorter.add(keys[part], encode([column[part] for column in batch]))
            # The reader may have its next rows by now: without a pause it would wait for Python's lock, and the database too.
            time.sleep(_PAUSE_SECONDS)

    read = most = 0
    with ThreadPoolExecutor(1, "learner_data_rows") as beside:
        adding: Future[None] | None = None
        for keys, batch in batches:
            # One batch at a time waits here, so that memory is that of two.
            if adding is not None:
                adding.result()
            adding = beside.submit(add, keys, batch)
            read, most = read + len(keys), max(most, len(keys))
            if on_rows is not None:
                on_rows(read, 0)
        if adding is not None:
            adding.result()
    return read, most


class _Sorter:
    """Sorts rows of any number: what is larger than RUN_BYTES goes, sorted, to a file, from which all is merged."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._runs: list[array[int]] = []  # where each block of a run begins, and the last one ends

    def __enter__(self) -> _Sorter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, keys: Sequence[bytes], rows: Sequence[bytes]) -> None:
        self._rows += zip(keys, rows, strict=True)
        self._size += sum(map(len, rows))
        if self._size >= RUN_BYTES:
            self._put_away()

    def in_order(self) -> Iterator[_Row]:
        """All rows; nothing can be added any more."""
        self._rows.sort()
        if self._file is None:
            return iter(self._rows)
        self._file.flush()
        number = self._file.fileno()
        return heapq.merge(self._rows, *(_read_run(number, starts) for starts in self._runs))

    def _put_away(self) -> None:
        if self._file is None:
            # A file without a name: whatever happens to this process, no learner's data stays behind on its disk.
            self._file = TemporaryFile(prefix="learner_data_")  # noqa: SIM115  (closed when this is left)
        self._rows.sort()
        place = self._file.tell()
        starts = array("q", [place])
        rows_in_block = max(1, _BLOCK_BYTES * len(self._rows) // self._size)
        for first in range(0, len(self._rows), rows_in_block):
            place += self._file.write(pickle.dumps(self._rows[first : first + rows_in_block], pickle.HIGHEST_PROTOCOL))
            starts.append(place)
        self._runs.append(starts)
        self._rows.clear()
        self._size = 0


def _read_run(file_number: int, starts: Sequence[int]) -> Iterator[_Row]:
    for start, end in pairwise(starts):
        yield from pickle.loads(os.pread(file_number, end - start, start))
