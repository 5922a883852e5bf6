"""Values of an account that no database column holds: the profile's ``meta``, program keys, what a site has added."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from ..platform import api as platform_api
from .base import Compute, LearnerBatch

META = "user__profile__meta"
CITY = "user__profile__city"
EXTERNAL_USER_KEY = Subquery(
    platform_api.ProgramEnrollment.objects.filter(user_id=OuterRef("user_id"))
    .order_by("-id")
    .values("external_user_key")[:1]
)
"""The key of a learner in a program; of several the last one stored, as in the platform's report."""


def cities(batch: LearnerBatch) -> list[str]:
    """The city from Account Settings, which keeps it in ``meta``, or else that of registration."""
    return [_city(meta, city) for meta, city in zip(batch.values[META], batch.values[CITY], strict=True)]


def meta_values(name: str) -> Compute:
    """Return a function that answers what ``meta`` holds under this name."""

    def compute(batch: LearnerBatch) -> list[str]:
        return [_text(read_meta(meta).get(name)) for meta in batch.values[META]]

    return compute


def attribute_values(name: str) -> Compute:
    """Return a function that answers the attribute of accounts that has this name (1 query, and those of the site's code)."""

    def compute(batch: LearnerBatch) -> list[Any]:
        found = platform_api.user_attributes(batch.user_ids, name)
        cells: Sequence[Any] = [found.get(user_id) for user_id in batch.user_ids]
        return [cell if isinstance(cell, (int, datetime)) else _text(cell) for cell in cells]

    return compute


def read_meta(meta: str | None) -> dict[str, Any]:
    """Return what the profile's ``meta`` holds; whatever is not a JSON object holds nothing."""
    try:
        held = json.loads(meta) if meta else {}
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def _city(meta: str | None, city: str | None) -> str:
    # Most profiles hold no city in their meta: those are not parsed. A key may also be written with \\u escapes.
    if meta and ("city" in meta or "\\" in meta):
        return _text(read_meta(meta).get("city") or city)
    return city or ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    try:
        return value if isinstance(value, str) else str(value)
    except (ValueError, RecursionError):  # a number of more digits, or a nesting deeper, than Python prints
        return ""
