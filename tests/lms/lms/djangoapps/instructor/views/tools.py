"""Small tools of the instructor dashboard."""

from __future__ import annotations


class DashboardError(Exception):
    """Something the dashboard was asked for makes no sense."""


def keep_field_private(query_features: list[str], field_name: str) -> None:
    """Take the field out of the list, in place; only its first mention."""
    if query_features is None or field_name is None:
        raise DashboardError("Missing private field specification")
    if field_name in query_features:
        query_features.remove(field_name)
