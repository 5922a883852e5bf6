"""What the platform's test settings do to Django's TestCase."""

from __future__ import annotations

from django.test import TestCase

from .db import OuterAtomic


def patch_testcase() -> None:
    """Let ``outer_atomic`` stand inside the two transactions of a TestCase, and only those; once is enough."""
    if OuterAtomic.ALLOW_NESTED:
        return
    OuterAtomic.ALLOW_NESTED = True
    enter, rollback = TestCase._enter_atomics.__func__, TestCase._rollback_atomics.__func__

    def entering(cls):
        OuterAtomic.atomic_for_testcase_calls += 1
        return enter(cls)

    def rolling_back(cls, atomics):
        OuterAtomic.atomic_for_testcase_calls -= 1
        return rollback(cls, atomics)

    TestCase._enter_atomics = classmethod(entering)
    TestCase._rollback_atomics = classmethod(rolling_back)
