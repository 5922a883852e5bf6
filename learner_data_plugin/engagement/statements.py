"""SQL that enters rows and leaves or merges those that are there, in the dialects of MySQL, MariaDB and SQLite.

Django's own ``bulk_create`` can leave or replace a row, not decide between the old one and the new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
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


_Statement: TypeAlias = tuple[str, Sequence[Any]]
_Rows: TypeAlias = Sequence[tuple[Any, ...]]

_is_waiting_short: ContextVar[bool] = ContextVar("_is_waiting_short", default=False)

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


def later(column: str) -> str:
    """The expression by which the later of the old and the new value stays."""
    return f"CASE WHEN {{new[{column}]}} > {{old[{column}]}} THEN {{new[{column}]}} ELSE {{old[{column}]}} END"


def enter(*entries: tuple[Table, _Rows]) -> None:
    """Insert rows into one or several tables of one database, all of them or none."""
    entries = tuple(entry for entry in entries if entry[1])
    if not entries:
        return
    connection = connections[alias_of(entries[0][0].model)]
    statements = [statement for table, rows in entries for statement in _inserts(connection, table, rows)]
    if len(statements) == 1:  # which is a transaction by itself
        _execute(connection, statements)
    elif connection.vendor != "mysql" or connection.in_atomic_block or not connection.get_autocommit():
        with transaction.atomic(using=connection.alias):
            _execute(connection, statements)
    elif connection.mysql_is_mariadb and len(statements) <= _MOST_IN_ONE_QUESTION:
        texts, values = zip(*statements, strict=True)
        _execute(connection, [(_IN_ONE_QUESTION.format("; ".join(texts)), [*chain(*values)])])
    else:
        _execute_in_transaction(connection, statements)


def _inserts(connection: BaseDatabaseWrapper, table: Table, rows: _Rows) -> list[_Statement]:
    if len(rows) == 1:
        return [(_insert(table, connection.vendor, 1), rows[0])]
    most = (connection.features.max_query_params or _MOST_ROWS * len(table.columns)) // len(table.columns)
    parts = [rows[place : place + most] for place in range(0, len(rows), most)]
    return [(_insert(table, connection.vendor, len(part)), [*chain(*part)]) for part in parts]


def _execute(connection: BaseDatabaseWrapper, statements: Iterable[_Statement]) -> None:
    prefix = _WAITING_SHORT * _is_waiting_short.get()
    with connection.cursor() as cursor:
        for statement, values in statements:
            cursor.execute(prefix + statement, values)


def _execute_in_transaction(connection: BaseDatabaseWrapper, statements: Iterable[_Statement]) -> None:
    """Django would have MySQL switch its autocommit off and on, which are two more questions while a learner waits."""
    with connection.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        try:
            _execute(connection, statements)
            cursor.execute("COMMIT")
        except BaseException:
            try:
                cursor.execute("ROLLBACK")
            except Error:  # the connection is gone, and the transaction with it
                connection.close()
            raise


@contextmanager
def short_waits(model: type[Model]) -> Iterator[None]:
    """Have the statements within give up soon where others hold locks; without this MySQL waits for up to a year."""
    connection = connections[alias_of(model)]
    if connection.vendor != "mysql":
        yield
    elif connection.mysql_is_mariadb:  # can say it with each statement, which costs nothing
        token = _is_waiting_short.set(True)
        try:
            yield
        finally:
            _is_waiting_short.reset(token)
    else:
        with _session_of_short_waits(connection):
            yield


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
