"""Reading rows in which a value may not be what its column promises."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def read_rows(queryset: QuerySet, *fields: str) -> list[tuple[Any, ...]]:
    """Return the rows of a queryset as ``values_list`` does (1 query); a moment that no calendar has is None.

    SQLite keeps any text in a column of moments, and Django stumbles over the 30th of February for all the rows; the drivers of
    MySQL answer None themselves. Only then each value is read on its own.
    """
    try:
        return list(queryset.values_list(*fields))
    except ValueError:
        rows = [queryset.filter(pk=pk) for pk in queryset.values_list("pk", flat=True)]
        return [tuple(_read_value(row, field) for field in fields) for row in rows]


def _read_value(row: QuerySet, field: str) -> Any:
    try:
        return row.values_list(field, flat=True).first()
    except ValueError:
        return None
