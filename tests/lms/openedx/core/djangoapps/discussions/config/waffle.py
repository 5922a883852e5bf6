"""Which forum a course uses."""

from __future__ import annotations

from django.conf import settings
from opaque_keys.edx.keys import CourseKey

from openedx.core.djangoapps.waffle_utils import CourseWaffleFlag

ENABLE_FORUM_V2 = CourseWaffleFlag("discussions.enable_forum_v2", __name__)


def is_forum_v2_enabled(course_key: CourseKey) -> bool:
    """Whether a course's posts are in the forum that is part of the LMS."""
    return not getattr(settings, "DISABLE_FORUM_V2", False) and ENABLE_FORUM_V2.is_enabled(course_key)
