"""Answers to questions of access."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AccessResponse:
    """Yes or no, and why not; true if yes."""

    has_access: bool
    error_code: str | None = None
    developer_message: str | None = None
    user_message: str | None = None

    def __bool__(self) -> bool:
        return self.has_access


ACCESS_GRANTED = AccessResponse(True)
ACCESS_DENIED = AccessResponse(False, "access_denied")
