"""SQL that enters rows and leaves or merges those that are there, in the dialects of MySQL, MariaDB and SQLite.

Django's own ``bulk_create`` can leave or replace a row, not decide between the old one and the new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from django.db import Error, connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

_MOST_ROWS = 1_000
"""Of one statement where the database sets no limit."""

SECONDS_TO_WAIT = 1
"""For a lock that somebody else has, where a learner waits too."""

_WAITS = ("lock_wait_timeout", "innodb_lock_wait_timeout")
_WAITING_SHORT = "SET STATEMENT " + ", ".join(f"{name} = {SECONDS_TO_WAIT}" for name in _WAITS) + " FOR "


def alias_of(model: type[Model]) -> str:
    """Return the database that the model is written to."""
    return router.db_for_write(model)


_Rows: TypeAlias = Sequence[tuple[Any, ...]]

_IN_ONE_QUESTION = (
    "BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; START TRANSACTION; {}; COMMIT; END"
)
"""MariaDB takes this whole for one statement; an error within it is what the statement ends with."""

_MOST_IN_ONE_QUESTION = 4
"""Statements; many rows take their time anyway."""


@dataclass(frozen=True, eq=False)
class Table:
    """A model's table, the columns that rows are given by, and what becomes of rows that are there.

    They stay (``merge`` None), or their columns become what ``merge`` says: expressions in which ``{new[day]}`` and
    ``{old[day]}`` stand for the new and the old row's value.
    """

    model: type[Model]
    columns: Sequence[str]
    merge: Mapping[str, str] | None = None


_Part: TypeAlias = tuple[Table, _Rows]


def later(column: str) -> str:
    """The expression by which the later of the old and the new value stays."""
    return f"CASE WHEN {{new[{column}]}} > {{old[{column}]}} THEN {{new[{column}]}} ELSE {{old[{column}]}} END"


def enter(*entries: _Part, waits_short: bool = False) -> None:
    """Insert rows into one or several tables of one database, all of them or none.

    With ``waits_short`` this gives up soon where others hold locks; without, MySQL waits for up to a year.
    """
    entries = tuple([entry for entry in entries if entry[1]])
    if not entries:
        return
    connection = connections[alias_of(entries[0][0].model)]
    if not waits_short or connection.vendor != "mysql":
        _enter(connection, entries)
    elif connection.mysql_is_mariadb:  # can say it with each statement, which costs nothing
        _enter(connection, entries, prefix=_WAITING_SHORT)
    else:
        with _session_of_short_waits(connection):
            _enter(connection, entries)


def _enter(connection: BaseDatabaseWrapper, entries: Sequence[_Part], *, prefix: str = "") -> None:
    most_values = connection.features.max_query_params
    parts = [(table, part) for table, rows in entries for part in _parts(table, rows, most_values)]
    if len(parts) == 1:  # which is a transaction by itself
        _ask(connection, parts, prefix)
    elif connection.vendor != "mysql" or connection.in_atomic_block or not connection.get_autocommit():
        with transaction.atomic(using=connection.alias):
            _ask_each(connection, parts, prefix)
    elif connection.mysql_is_mariadb and len(parts) <= _MOST_IN_ONE_QUESTION:
        _ask(connection, parts, prefix)
    else:
        _ask_in_transaction(connection, parts, prefix)


def _parts(table: Table, rows: _Rows, most_values: int | None) -> Sequence[_Rows]:
    most = most_values // len(table.columns) if most_values else _MOST_ROWS
    return [rows] if len(rows) <= most else [rows[place : place + most] for place in range(0, len(rows), most)]


def _ask(connection: BaseDatabaseWrapper, parts: Sequence[_Part], prefix: str) -> None:
    """Insert all in one question, which takes effect as a whole."""
    text = _question(tuple([(table, len(rows)) for table, rows in parts]), connection.vendor, prefix)
    with connection.cursor() as cursor:
        cursor.execute(text, [value for _, rows in parts for row in rows for value in row])


def _ask_each(connection: BaseDatabaseWrapper, parts: Sequence[_Part], prefix: str) -> None:
    for part in parts:
        _ask(connection, [part], prefix)


def _ask_in_transaction(connection: BaseDatabaseWrapper, parts: Sequence[_Part], prefix: str) -> None:
    """Django would have MySQL switch its autocommit off and on, which are two more questions while a learner waits."""
    with connection.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        try:
            _ask_each(connection, parts, prefix)
            cursor.execute("COMMIT")
        except BaseException:
            try:
                cursor.execute("ROLLBACK")
            except Error:  # the connection is gone, and the transaction with it
                connection.close()
            raise


@contextmanager
def _session_of_short_waits(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        keep = ", ".join(f"@learner_data_{name} = @@SESSION.{name}" for name in _WAITS)
        cursor.execute(f"SET {keep}, " + ", ".join(f"SESSION {name} = {SECONDS_TO_WAIT}" for name in _WAITS))
        try:
            yield
        finally:
            cursor.execute("SET " + ", ".join(f"SESSION {name} = @learner_data_{name}" for name in _WAITS))


@lru_cache(maxsize=64)
def _question(shape: tuple[tuple[Table, int], ...], vendor: str, prefix: str) -> str:
    """The text that inserts so many rows into these tables."""
    texts = [_insert(table, vendor, number) for table, number in shape]
    return prefix + (texts[0] if len(texts) == 1 else _IN_ONE_QUESTION.format("; ".join(texts)))


def _insert(table: Table, vendor: str, number: int) -> str:
    """The statement that inserts so many rows."""
    is_mysql = vendor == "mysql"
    quote = ("`{}`" if is_mysql else '"{}"').format
    name, columns = quote(table.model._meta.db_table), table.columns
    names = ", ".join(quote(column) for column in columns)
    values = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * number)
    if table.merge is None:
        return f"INSERT {'IGNORE' if is_mysql else 'OR IGNORE'} INTO {name} ({names}) VALUES {values}"
    new = {column: f"VALUES({quote(column)})" if is_mysql else f"excluded.{quote(column)}" for column in columns}
    old = {column: f"{name}.{quote(column)}" for column in columns}
    changes = ", ".join(f"{quote(column)} = {change.format(new=new, old=old)}" for column, change in table.merge.items())
    if is_mysql:
        return f"INSERT INTO {name} ({names}) VALUES {values} ON DUPLICATE KEY UPDATE {changes}"
    unique = ", ".join(quote(column) for column in columns if column not in table.merge)
    return f"INSERT INTO {name} ({names}) VALUES {values} ON CONFLICT ({unique}) DO UPDATE SET {changes}"
