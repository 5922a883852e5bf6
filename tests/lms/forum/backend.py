"""Where the forum keeps a course's posts."""

from __future__ import annotations

from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.waffle_utils import CourseWaffleFlag

ENABLE_MYSQL_BACKEND = CourseWaffleFlag("forum_v2.enable_mysql_backend", __name__)


def is_mysql_backend_enabled(course_id: str | CourseKey | None) -> bool:
    """Whether they are in the LMS's database, and not in MongoDB."""
    key = CourseKey.from_string(course_id) if isinstance(course_id, str) else course_id
    return ENABLE_MYSQL_BACKEND.is_enabled(key)
