"""The differences between two tables of learners: who joined, who left, and which cells are others now."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

Row = Sequence[str]

JOINED, LEFT, CHANGED = "joined", "left", "changed"
KINDS = (JOINED, LEFT, CHANGED)


@dataclass(frozen=True)
class Places:
    """Where in the rows of a table stand the key of a learner, what else names them (None: nothing), and what is compared."""

    key: int
    name: int | None
    compared: Sequence[int]


@dataclass(frozen=True)
class Difference:
    """A learner who joined or left, or one changed cell; ``column`` is a place among those compared."""

    kind: str
    key: str
    name: str
    column: int = -1
    before: str = ""
    after: str = ""


def differences(earlier: Iterable[Row], later: Iterable[Row], *, was: Places, now: Places) -> Iterator[Difference]:
    """Yield what changed, in the order of the later table, and then who left, in that of the earlier one.

    The rows of the earlier table wait in a temporary database without a name; memory is that of a few rows.
    """
    with closing(sqlite3.connect("")) as rows:
        rows.execute("PRAGMA journal_mode = OFF")
        rows.execute("CREATE TABLE earlier (number INTEGER PRIMARY KEY, key TEXT UNIQUE, row BLOB)")
        insert = "INSERT OR REPLACE INTO earlier (key, row) VALUES (?, ?)"
        rows.executemany(insert, ((row[was.key], pickle.dumps(list(row))) for row in earlier))
        for row in later:
            key, name = row[now.key], _name(row, now)
            found = rows.execute("DELETE FROM earlier WHERE key = ? RETURNING row", (key,)).fetchone()
            if found is None:
                yield Difference(JOINED, key, name)
                continue
            before = pickle.loads(found[0])
            for column, (old, new) in enumerate(zip(was.compared, now.compared, strict=True)):
                if before[old] != row[new]:
                    yield Difference(CHANGED, key, name, column, before[old], row[new])
        for key, stored in rows.execute("SELECT key, row FROM earlier ORDER BY number"):
            yield Difference(LEFT, key, _name(pickle.loads(stored), was))


def _name(row: Row, places: Places) -> str:
    return "" if places.name is None else row[places.name]
