"""Errors that only a request can have."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ...exceptions import LearnerDataError
from ...page import VIEWS_AS_LEARNER


class AccessRefused(LearnerDataError):
    """The account has no role that lets it see learner data of this course, or does not make use of it at this moment."""

    error_code = "permission_denied"

    def __init__(self, *, views_as_learner: bool) -> None:
        no_role = _("You have no role in this course that lets you see its learner data.")
        super().__init__(VIEWS_AS_LEARNER if views_as_learner else no_role)


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
