"""Which tests use a database; they may use all that the host has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

_FIXTURES = frozenset({"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"})


def uses_database(item: Any) -> bool:
    """Whether a test uses a database."""
    return item.get_closest_marker("django_db") is not None or bool(_FIXTURES & set(item.fixturenames))


def open_all(items: Iterable[pytest.Item]) -> None:
    """Open all of the host's databases to the tests that use one."""
    for item in items:
        if uses_database(item):
            given = item.get_closest_marker("django_db")
            options = {} if given is None else given.kwargs
            item.add_marker(pytest.mark.django_db(**{"databases": "__all__", **options}), append=False)
