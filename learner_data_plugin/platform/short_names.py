"""Short names for texts that are too long, or have letters, for where they are to stand."""

from __future__ import annotations

import hashlib


def short_name(text: str) -> str:
    """Return 40 hexadecimal digits, the same for the same text; they hide nothing from who can guess the text."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
