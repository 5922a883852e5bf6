"""Reading rows along the database's own order, batch by batch, in which a value may not be what its column promises."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db.models import Case, F, Func, Lookup, QuerySet, fields

Rows = list[tuple[Any, ...]]
Field: TypeAlias = "str | Func | Case"
"""What ``values_list`` takes."""

AS_IT_COMES = fields.Field()
"""Of a number that drivers answer as one: Django would convert each again, which takes longer than the rest."""


class Among(Lookup):
    """The condition that a column has one of these values; of none there is nothing to ask the database.

    They go to the driver as they are, and numbers are written out: of hundreds of values Django and the driver take longer to
    prepare each than the database takes to find them. It is a lookup since Django would compare another condition with True,
    which MySQL has no index for.
    """

    prepare_rhs = False

    def __init__(self, path: str, values: Collection[Any]) -> None:
        super().__init__(F(path), tuple(values))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        if not self.rhs:
            raise EmptyResultSet
        if {*map(type, self.rhs)} == {int}:
            return f"{column} IN ({', '.join(map(str, self.rhs))})", params
        return f"{column} IN ({', '.join(['%s'] * len(self.rhs))})", [*params, *self.rhs]


def read_batches(
    queryset: QuerySet,
    fields: tuple[Field, ...],
    *,
    batch_size: int,
    expected: int,
    bounds: tuple[int, int] | None = None,
) -> Iterator[tuple[QuerySet, Rows]]:
    """Yield a batch's rows by id, the id before the fields, and the part of the queryset that they came from.

    Each row comes once, whatever comes and goes meanwhile. There is 1 query a batch, where about as many rows are there as
    ``expected`` and their ids are not spread very unevenly, and 3 besides. The part is given by a range of ids, so that what
    belongs to these rows elsewhere can be asked for by joining, with a query that has the same few parameters whatever the
    batch's size.

    ``bounds`` are the first and the last id, where they are known: nothing comes after the last one then.
    """
    if bounds is None:
        ids = queryset.values_list("id", flat=True)  # of which a database looks up the first and the last in its index
        first, last = ids.order_by("id").first(), ids.order_by("-id").first()
    else:
        first, last = bounds
    after, last = (first or 1) - 1, last or 0
    usual = width = 1 + (last - after) * batch_size * 3 // (2 * max(1, expected))
    while bounds is None or after < last:
        window = queryset.filter(id__gt=after)
        if is_bounded := after < last:
            # Without an upper end MariaDB prefers to go through the index from the course's first row, each time anew.
            window = window.filter(id__lte=after + width if bounds is None else min(after + width, last))
        rows = read_rows(window.order_by("id"), ("id", *fields), most=batch_size)
        if rows:
            yield queryset.filter(id__gt=after, id__lte=rows[-1][0]).order_by(), rows
        if len(rows) == batch_size:
            after, width = rows[-1][0], usual
        elif is_bounded:
            after, width = after + width, width * 2 if len(rows) * 2 < batch_size else usual
        else:
            return


def read_rows(queryset: QuerySet, fields: tuple[Field, ...], *, most: int | None = None) -> Rows:
    """Return the rows of a queryset as ``values_list`` does (1 query); a moment that no calendar has is None.

    SQLite keeps any text in a column of moments, and Django stumbles over the 30th of February for all the rows; the drivers of
    MySQL answer None themselves. Only then each value is read on its own.
    """
    try:
        return list(queryset.values_list(*fields)[:most])
    except ValueError:
        rows = [queryset.filter(pk=pk) for pk in list(queryset.values_list("pk", flat=True)[:most])]
        return [tuple(_read_value(row, field) for field in fields) for row in rows]


def _read_value(row: QuerySet, field: Field) -> Any:
    try:
        return row.values_list(field, flat=True).first()
    except ValueError:
        return None
