"""Reading rows in the order in which the database sorts them, however many they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from .batches import Rows


def read_in_order(rows: QuerySet, *, size: int) -> Iterator[Rows]:
    """Yield the rows of a queryset in its order, ``size`` at a time (1 query).

    The queryset is one of ``values_list``, in which expressions stand after paths. The database sorts the rows, and hands them
    over as they are asked for: memory is that of a batch, however many there are, and they are those of one moment.
    """
    with _streaming(rows.db) as connection:
        compiler: Any = rows.query.get_compiler(connection=connection)
        for chunk in compiler.execute_sql(chunked_fetch=True, chunk_size=size):
            yield list(compiler.results_iter(results=[chunk], tuple_expected=True))


@contextmanager
def _streaming(alias: str) -> Iterator[Any]:
    """Yield a connection of its own, whose cursor stays on the server, so that the usual one can be asked other things.

    Within a transaction it is the usual one, since another would not see what the transaction has changed.
    """
    if connections[alias].in_atomic_block:
        yield connections[alias]
        return
    own: Any = connections.create_connection(alias)
    own.ensure_connection()
    if own.vendor == "mysql":  # whose driver otherwise fetches all rows at once
        own.create_cursor = lambda name=None: own.connection.cursor(own.Database.cursors.SSCursor)
    try:
        yield own
    finally:
        own.close()
