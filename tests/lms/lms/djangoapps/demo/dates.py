"""Storing rows with dates of our own where the models would put today's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connections, router
from django.db.models import DateField, Model

ROWS_AT_ONCE = 2_000


def insert(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert rows as they are, without signals, in a few queries."""
    with _dates_kept(model):
        model._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)


def insert_values(model: type[Model], fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows, given as the values of fields as the database keeps them, moments excepted: for many, where time counts."""
    alias = router.db_for_write(model)
    connection = connections[alias]
    quote, adapt = connection.ops.quote_name, connection.ops.adapt_datetimefield_value
    columns = ", ".join(quote(model._meta.get_field(field).column) for field in fields)
    table, places = quote(model._meta.db_table), ", ".join(["%s"] * len(fields))
    values = [[adapt(value) if isinstance(value, datetime) else value for value in row] for row in rows]
    with connection.cursor() as cursor:
        for start in range(0, len(values), ROWS_AT_ONCE):
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values[start : start + ROWS_AT_ONCE])


@contextmanager
def _dates_kept(model: type[Model]) -> Iterator[None]:
    """Switch ``auto_now`` and ``auto_now_add`` of a model off. Only for a process that does nothing else meanwhile."""
    fields = [field for field in model._meta.local_fields if isinstance(field, DateField)]
    automatic = [(field, field.auto_now, field.auto_now_add) for field in fields]
    for field in fields:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, auto_now, auto_now_add in automatic:
            field.auto_now, field.auto_now_add = auto_now, auto_now_add
