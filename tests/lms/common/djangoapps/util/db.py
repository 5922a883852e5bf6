"""Transactions that must be the outermost one."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, transaction
from openedx.core.lib.cache_utils import get_cache

_ENABLED_NAMES = "db.outer_atomic"


class OuterAtomic(transaction.Atomic):
    """``atomic`` that refuses to stand inside another one.

    ``common.djangoapps.util.testing`` sets ``ALLOW_NESTED`` and ``atomic_for_testcase_calls``: the two transactions
    that Django's TestCase opens around a test do not count.
    """

    ALLOW_NESTED = False
    atomic_for_testcase_calls = 0

    def __init__(self, using: str | None, savepoint: bool, name: str | None = None, durable: bool = False) -> None:
        super().__init__(using, savepoint, durable)
        self.name = name

    def __enter__(self) -> None:
        connection = transaction.get_connection(self.using)
        is_checked = self.name is None or get_cache(_ENABLED_NAMES).get(self.name, False)
        if is_checked and self._is_nested(connection):
            raise transaction.TransactionManagementError("Cannot be inside an atomic block.")
        super().__enter__()

    def _is_nested(self, connection) -> bool:
        if self.ALLOW_NESTED:
            return self.atomic_for_testcase_calls - len(connection.savepoint_ids) < 1
        return connection.in_atomic_block


def outer_atomic(using=None, savepoint: bool = True, name: str | None = None, durable: bool = False):
    """Context manager and decorator; raises TransactionManagementError inside any atomic block."""
    if callable(using):
        return OuterAtomic(DEFAULT_DB_ALIAS, savepoint, None, durable)(using)
    return OuterAtomic(using, savepoint, name, durable)
