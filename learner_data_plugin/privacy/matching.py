"""Matching the rows of a table of anonymized IDs with learners: who each row is about, and how many rows are about whom."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from opaque_keys.edx.keys import CourseKey

from ..columns.base import Column
from ..exceptions import TooManyUnknownIds
from .id_columns import RESULT_ID, FoundId, read_id
from .resolving import UNKNOWN, Answer, Outcome, resolve
from .tables.base import Row, Table

ROWS_AT_ONCE = 900
"""Rows that are resolved together. From 1,000 values on MariaDB makes a temporary table of a list."""

_CHARACTERS_AT_ONCE = 1_000_000


class Walk:
    """One reading of a table. Its counts are complete when ``rows`` has ended; memory is that of a chunk and 60 bytes a row."""

    def __init__(
        self,
        course_key: CourseKey,
        table: Table,
        *,
        place: int,
        kind: str | None = None,
        columns: Sequence[Column] = (),
        most_unknown: int,
    ) -> None:
        self._course_key = course_key
        self._table = table
        self.place = place
        self._kind = kind
        self._columns = columns
        self._most_unknown = most_unknown
        self._seen: set[int] = set()
        self.total = self.duplicates = self.unknown_ids = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.kinds: Counter[str] = Counter()
        self.user_ids = array("Q")

    def rows(self) -> Iterator[tuple[Row, Answer]]:
        """Yield each row with what its ID stands for. Raises TooManyUnknownIds, besides what the table raises."""
        for chunk in in_chunks(self._table.rows()):
            ids = [self._id_in(row) for row in chunk]
            kind = None if self._kind == RESULT_ID else self._kind
            keys = {found.key for found in ids if found is not None}
            answers = resolve(self._course_key, keys, columns=self._columns, kind=kind)
            for row, found in zip(chunk, ids, strict=True):
                answer = answers.get(found.key, UNKNOWN) if found else UNKNOWN
                if row.cells:
                    self._count(found, answer)
                yield row, answer
            if self.unknown_ids > self._most_unknown:
                raise TooManyUnknownIds(self._most_unknown)

    @property
    def kind(self) -> str:
        """The kind of most of the IDs; '' if none is known here."""
        return next((kind for kind, _number in self.kinds.most_common(1)), "")

    def _id_in(self, row: Row) -> FoundId | None:
        found = read_id(row.cells[self.place]) if self.place < len(row.cells) else None
        is_other_kind = found and self._kind and found.is_result != (self._kind == RESULT_ID)
        return None if is_other_kind else found

    def _count(self, found: FoundId | None, answer: Answer) -> None:
        self.total += 1
        self.outcomes[answer.outcome] += 1
        if found is None:
            return
        if answer.kind:
            self.kinds[RESULT_ID if found.is_result else answer.kind] += 1
        before = len(self._seen)
        self._seen.add(hash(found.key))
        if len(self._seen) == before:
            self.duplicates += 1
        elif answer.user_id is None:
            self.unknown_ids += 1
        elif answer.outcome is Outcome.MATCHED:
            self.user_ids.append(answer.user_id)


def in_chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows some at a time, few of them where they are long."""
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += len(row.source)
        if len(chunk) == ROWS_AT_ONCE or size > _CHARACTERS_AT_ONCE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
