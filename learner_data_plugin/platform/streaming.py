"""Reading rows in the order in which the database sorts them, however many they are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connections
from django.db.models import QuerySet

from .batches import Rows

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

_SECONDS_TO_WAIT = 24 * 60 * 60
"""For somebody to take more rows; the servers of MySQL otherwise give up after one minute."""


def begun_at_once(generates: Callable[_Given, Generator[_Made]]) -> Callable[_Given, Generator[_Made]]:
    """Have a generator run to its first ``yield``, of which nobody hears, when it is called: closing it then ends it."""

    @wraps(generates)
    def begin(*args: _Given.args, **kwargs: _Given.kwargs) -> Generator[_Made]:
        generator = generates(*args, **kwargs)
        next(generator)
        return generator

    return begin


@contextmanager
def closed_at_the_end(batches: Iterable[_Made]) -> Iterator[Iterable[_Made]]:
    """Have batches closed whatever happens, if they are a generator's: nobody waits for rows any more that come later.

    What the database sorts at that moment it sorts to the end.
    """
    try:
        yield batches
    finally:
        if isinstance(batches, Generator):
            batches.close()


def read_in_order(rows: QuerySet, *, size: int) -> Generator[Rows]:
    """Yield the rows of a queryset in its order, ``size`` at a time (1 query).

    The queryset is one of ``values_list``, in which expressions stand after paths. The database sorts the rows, and hands them
    over as they are asked for: memory is that of a batch, however many there are, and they are those of one moment.

    It begins to sort when this is called, on a connection of its own, so that it can be asked other things until the rows are
    there. Within a transaction the connection is the usual one, since another would not see what the transaction has changed.
    Who does not read to the end closes it, or the query goes on.
    """
    usual = connections[rows.db]
    if usual.in_atomic_block:
        return _rows(*_begin(rows, usual, size))
    return _read_meanwhile(rows, size)


@begun_at_once
def _read_meanwhile(rows: QuerySet, size: int) -> Generator[Rows]:
    """Yield nothing once the query is on its way, then the rows."""
    own: Any = connections.create_connection(rows.db)
    own.inc_thread_sharing()
    with closing(own), ThreadPoolExecutor(1, thread_name_prefix="learner_data_rows") as thread:
        begun = thread.submit(_begin_on_its_own, rows, own, size)
        yield []
        compiler, chunks = begun.result()
        thread.shutdown()
        try:
            with own.wrap_database_errors:  # Django's own do not hold for the driver's cursor
                yield from _rows(compiler, chunks)
        finally:
            own.close()  # at first: the driver would fetch all rows that nobody wants any more
            if isinstance(chunks, Generator):  # and not of a query that cannot find anything
                with suppress(own.Database.Error):
                    chunks.close()


def _begin_on_its_own(rows: QuerySet, own: Any, size: int) -> tuple[Any, Iterator[Any]]:
    own.ensure_connection()
    if own.vendor == "mysql":
        # Its driver otherwise fetches all rows at once.
        own.create_cursor = lambda name=None: own.connection.cursor(own.Database.cursors.SSCursor)
        with own.connection.cursor() as cursor:
            cursor.execute("SET SESSION net_write_timeout = %s", [_SECONDS_TO_WAIT])
    return _begin(rows, own, size)


def _begin(rows: QuerySet, connection: Any, size: int) -> tuple[Any, Iterator[Any]]:
    """Return the query's compiler and its answer, once the database has the first row of it."""
    compiler: Any = rows.query.get_compiler(connection=connection)
    return compiler, compiler.execute_sql(chunked_fetch=True, chunk_size=size)


def _rows(compiler: Any, chunks: Iterator[Any]) -> Generator[Rows]:
    for chunk in chunks:
        yield list(compiler.results_iter(results=[chunk], tuple_expected=True))
