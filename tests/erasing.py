"""Erasing learners as the platform's retirement and a worker do, one after the other."""

from __future__ import annotations

from typing import Any

from learner_data_plugin.privacy import erasure


def erase(*users: Any) -> int:
    """Take accounts out of the stored reports; returns how many reports were changed."""
    for user in users:
        erasure.add(user.pk)
    return erasure.erase_pending()
