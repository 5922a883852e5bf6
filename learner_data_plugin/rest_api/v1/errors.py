"""Errors that only a request can have."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ...exceptions import LearnerDataError


class AccessRefused(LearnerDataError):
    """The account has no role that lets it see learner data of this course."""

    error_code = "permission_denied"

    def __init__(self) -> None:
        super().__init__(_("You have no role in this course that lets you see its learner data."))


class InvalidParameter(LearnerDataError):
    """A field of the body or the query is not what it has to be; the message names it."""

    error_code = "invalid_parameter"

    def __init__(self, name: str, meaning: str) -> None:
        super().__init__(_("'{name}' must be {meaning}.").format(name=name, meaning=meaning))


class UnknownParameter(LearnerDataError):
    """A field was sent that this call does not know; the message names it."""

    error_code = "unknown_parameter"

    def __init__(self, name: str) -> None:
        super().__init__(_("This call knows no '{name}'.").format(name=name[:100]))
