"""Errors that only a request can have."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ...exceptions import LearnerDataError


class TokenRefused(LearnerDataError):
    """The account may have a role, but the platform or this site does not let the token it came with read learner data."""

    error_code = "token_refused"

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason or _("The application that this token belongs to may not use learner data."))


class CsrfFailed(LearnerDataError):
    """A browser's session was used without the token that shows that our page used it; the message is Django's."""

    error_code = "csrf_failed"


class BodyTooLarge(LearnerDataError):
    """The body of the request is larger than this call reads."""

    error_code = "body_too_large"

    def __init__(self, most: int) -> None:
        size = number_format(most, force_grouping=True)
        super().__init__(_("The body of the request is larger than {size} bytes.").format(size=size))


class InvalidParameter(LearnerDataError):
    """A field of the body or the query is not what it has to be; the message names it."""

    error_code = "invalid_parameter"

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"'{name[:100]}': {sentence}")


class UnknownParameter(LearnerDataError):
    """A field was sent that this call does not know; the message names it."""

    error_code = "unknown_parameter"

    def __init__(self, name: str) -> None:
        super().__init__(_("Unknown parameter '{name}'.").format(name=name[:100]))
