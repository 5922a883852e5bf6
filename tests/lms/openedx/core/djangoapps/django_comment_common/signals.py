"""Signals of the forum."""

from __future__ import annotations

from django.dispatch import Signal

comment_created = Signal()
"""Sent before the event of a new response or comment, with ``user`` and ``post``, whose ``attributes`` the forum gave."""
