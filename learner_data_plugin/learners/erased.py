"""Accounts that were retired or deleted: whoever reads learners leaves them out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import compress

from django.db.models import Q

from ..export.base import Batch
from ..models import Erasure
from ..platform.batches import Among

LONGEST_TRANSACTION = timedelta(days=1)
"""A retirement that takes longer from its entry to its commit is not looked for in reports that are stored meanwhile."""


def among(user_ids: Collection[int]) -> set[int]:
    """Return those of these accounts that were erased (1 query)."""
    return set(Erasure.objects.filter(Among("user_id", user_ids)).values_list("user_id", flat=True))


def without_erased(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Leave erased accounts out of batches whose first column is account IDs (1 query a batch)."""
    for batch in batches:
        kept = batch
        if erased := among(batch[0]):
            stays = [user_id not in erased for user_id in batch[0]]
            kept = [list(compress(column, stays)) for column in batch]
        if kept[0]:
            yield kept


def erased_since(moment: datetime) -> list[int]:
    """Return accounts that a report begun at ``moment`` may hold although they were erased by now (1 query)."""
    return list(Erasure.objects.filter(created__gt=moment - LONGEST_TRANSACTION).values_list("user_id", flat=True))


def pending_since(moment: datetime) -> list[int]:
    """Return accounts that have yet to be taken out of reports begun at ``moment`` (1 query)."""
    late = Q(created__gt=moment - LONGEST_TRANSACTION)
    return list(Erasure.objects.filter(late, done=None).values_list("user_id", flat=True))
