"""What the form for deanonymizing files offers in a course."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import permissions
from ..privacy import name_requests
from ..privacy.deanonymize import identity_columns


def deanonymize_context(user: Any, course_key: CourseKey, *, held: frozenset[str]) -> dict[str, Any] | None:
    """Return kinds of ID, columns that say who it is and whether somebody else has to agree; None for who may not."""
    if not permissions.can_deanonymize(user, course_key, held=held):
        return None
    return {
        "kinds": [
            ("", _("Any")),
            ("course", _("ID for this course")),
            ("site", _("ID for the whole site")),
            ("lti", _("LTI (UUID)")),
            ("xapi", _("xAPI (UUID)")),
            ("caliper", _("Caliper (UUID)")),
            ("lis_result_sourcedid", "lis_result_sourcedid"),
        ],
        "columns": [(column.key, str(column.label)) for column in identity_columns(course_key)],
        "second_approval": name_requests.is_needed(course_key),
    }
