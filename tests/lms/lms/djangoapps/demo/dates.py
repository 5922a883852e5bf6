"""Storing rows with dates of our own where the models would put today's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.models import DateField, Model

ROWS_AT_ONCE = 2_000


def insert(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert rows as they are, without signals, in a few queries."""
    with _dates_kept(model):
        model._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)


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
