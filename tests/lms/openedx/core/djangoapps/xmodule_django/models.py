"""A manager for models whose key fields store "no key" as an empty string."""

from __future__ import annotations

from django.db import models


class NoneToEmptyQuerySet(models.QuerySet):
    """Turns ``name=None`` in ``filter`` and ``exclude`` into the field's own empty value.

    Only that: neither Q objects nor ``__in`` nor ``__isnull`` are looked at.
    """

    def _filter_or_exclude(self, *args, **kwargs):
        for field in self.model._meta.concrete_fields:
            if hasattr(field, "Empty") and field.name in kwargs and kwargs[field.name] is None:
                kwargs[field.name] = field.Empty
        return super()._filter_or_exclude(*args, **kwargs)


class NoneToEmptyManager(models.Manager.from_queryset(NoneToEmptyQuerySet)):
    """The manager that hands out such querysets."""
