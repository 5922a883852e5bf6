"""What each call of the API takes and answers, told beside its method; :mod:`..openapi` makes the description of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rest_framework.serializers import Serializer

Method = TypeVar("Method", bound=Callable)

FILE = "file"
"""An answer that is a file of any format, as an attachment."""

CSV_FILE = "CSV file"
"""An answer that is a CSV file, as an attachment."""

TABLE = "table"
"""An answer that is a file like the one that was sent: CSV, tab-separated or XLSX."""

NOTHING = None
"""An answer without a body."""

ACCESS = {
    401: "not_authenticated: nobody is signed in.",
    403: "permission_denied: the account has no role in this course that is allowed; token_refused: the token is not enough; "
    "csrf_failed: the CSRF token is wrong.",
    404: "course_not_found: the ID is malformed, or there is no such course.",
    413: "body_too_large: the body is larger than is read.",
    429: "throttled: the account sent too many requests; Retry-After says for how many seconds to wait.",
}
"""The errors of every call."""

NOT_JSON = "unsupported_media_type: the body is not JSON."
NOT_A_FILE = "unsupported_media_type: the body is neither JSON nor a form with a file (multipart/form-data)."
NOT_FOUND = "course_not_found, or there is no file or chart of this name."
UNKNOWN_PARAMETER = "unknown_parameter or invalid_parameter: the message names it."
TOO_MANY_LEARNERS = "too_many_learners: the course has count learners, and answers are given below limit."
THROTTLED = "throttled: too many requests, or too many files; Retry-After says for how many seconds to wait."
UPLOAD = (
    "unreadable_file, file_too_large, no_id_column, too_many_unknown_ids, unknown_column, format_unavailable, malformed_body, "
    "unknown_parameter or invalid_parameter: the message says what is wrong."
)
STORAGE_UNAVAILABLE = "storage_unavailable: the report store does not answer."


@dataclass(frozen=True)
class Documentation:
    """Status, body (a serializer, FILE, CSV_FILE, NOTHING) and meaning of the good answer; query, body, errors of a call."""

    status: int
    answer: Any
    meaning: str
    query: type[Serializer] | None = None
    body: Callable[[], type[Serializer]] | None = None
    errors: Mapping[int, str] = field(default_factory=dict)
    others: Mapping[int, str] = field(default_factory=dict)
    """Further statuses with the same body, and what they mean."""
    also: Mapping[int, tuple[type[Serializer], str]] = field(default_factory=dict)
    """Further statuses with a body of their own."""


def documented(
    answer: Any,
    meaning: str,
    *,
    status: int = 200,
    query: type[Serializer] | None = None,
    body: Callable[[], type[Serializer]] | None = None,
    errors: Mapping[int, str] | None = None,
    others: Mapping[int, str] | None = None,
    also: Mapping[int, tuple[type[Serializer], str]] | None = None,
) -> Callable[[Method], Method]:
    """Decorate a view's method with what it takes and answers; every call has the course's ID and the errors of access."""

    def decorate(method: Method) -> Method:
        failures = {**ACCESS, **(errors or {})}
        told = Documentation(status, answer, meaning, query, body, failures, others or {}, also or {})
        method.documentation = told  # type: ignore[attr-defined]
        return method

    return decorate
