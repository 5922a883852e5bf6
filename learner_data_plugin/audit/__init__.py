"""The record of who did what with learner data: added to, never changed; :mod:`.seals` show where it was."""

from __future__ import annotations

from .reading import as_csv, find
from .records import LABELS, Action, actor_of, record, record_run
from .refusals import pseudonymize_refusals, record_refusal

__all__ = [
    "LABELS",
    "Action",
    "actor_of",
    "as_csv",
    "find",
    "pseudonymize_refusals",
    "record",
    "record_refusal",
    "record_run",
]
