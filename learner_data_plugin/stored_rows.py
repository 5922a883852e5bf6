"""Reading rows along the database's own order, batch by batch, in which a value may not be what its column promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

Rows = list[tuple[Any, ...]]


def read_batches(queryset: QuerySet, fields: tuple[str, ...], *, batch_size: int) -> Iterator[tuple[QuerySet, Rows]]:
    """Yield a batch's rows, the id before the fields, and the part of the queryset that they came from (1 query a batch).

    The part is given by a range of ids, so that what belongs to these rows elsewhere can be asked for by joining, with a query
    that has the same few parameters whatever the batch's size.
    """
    after, is_full = 0, True
    while is_full:
        rows = read_rows(queryset.filter(id__gt=after).order_by("id"), ("id", *fields), most=batch_size)
        if rows:
            last = rows[-1][0]
            yield queryset.filter(id__gt=after, id__lte=last).order_by(), rows
            after = last
        is_full = len(rows) == batch_size


def read_rows(queryset: QuerySet, fields: tuple[str, ...], *, most: int | None = None) -> Rows:
    """Return the rows of a queryset as ``values_list`` does (1 query); a moment that no calendar has is None.

    SQLite keeps any text in a column of moments, and Django stumbles over the 30th of February for all the rows; the drivers of
    MySQL answer None themselves. Only then each value is read on its own.
    """
    try:
        return list(queryset.values_list(*fields)[:most])
    except ValueError:
        rows = [queryset.filter(pk=pk) for pk in list(queryset.values_list("pk", flat=True)[:most])]
        return [tuple(_read_value(row, field) for field in fields) for row in rows]


def _read_value(row: QuerySet, field: str) -> Any:
    try:
        return row.values_list(field, flat=True).first()
    except ValueError:
        return None
