"""Names of files about courses."""

from __future__ import annotations

from django.conf import settings
from django.utils.text import get_valid_filename
from opaque_keys.edx.keys import CourseKey


def course_filename_prefix_generator(course_id: CourseKey, separator: str = "_") -> str:
    """``{org}_{course}_{run}``, safe in a file name; a custom course's (CCX) number only if the site asks for it."""
    parts = [course_id.org, course_id.course, course_id.run]
    if settings.FEATURES.get("ENABLE_COURSE_FILENAME_CCX_SUFFIX", False) and getattr(course_id, "ccx", None):
        parts += ["ccx", course_id.ccx]
    return get_valid_filename(separator.join(parts))
