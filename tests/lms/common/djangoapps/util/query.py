"""Reading from a replica where the site has one."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

_READ_REPLICA = "read_replica"


def use_read_replica_if_available(queryset: QuerySet) -> QuerySet:
    """The queryset, on the database ``read_replica`` if there is one."""
    return queryset.using(_READ_REPLICA) if _READ_REPLICA in settings.DATABASES else queryset


def read_replica_or_default() -> str:
    """The alias of the replica, else ``default``."""
    return _READ_REPLICA if _READ_REPLICA in settings.DATABASES else "default"
