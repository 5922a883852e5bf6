"""What an event's context says of the course."""

from __future__ import annotations

from typing import Any

from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey
from openedx.core.lib.request_utils import COURSE_REGEX


def course_context_from_url(url: str | None, course_id_string: str | None = None) -> dict[str, Any]:
    """The context of the course whose id is given, or else stands in an address, wherever in it."""
    found = None if course_id_string else COURSE_REGEX.match(url or "")
    course_id_string = found["course_id"] if found else course_id_string
    try:
        course_id = CourseKey.from_string(course_id_string) if course_id_string else None
    except InvalidKeyError:
        course_id = None
    return course_context_from_course_id(course_id)


def course_context_from_course_id(course_id: Any) -> dict[str, Any]:
    """The context of a course; for None and for libraries the values are ''."""
    is_course = course_id is not None and course_id.is_course
    return {
        "course_id": str(course_id) if is_course else "",
        "org_id": getattr(course_id, "org", ""),
        "enterprise_uuid": getattr(course_id, "enterprise_uuid", ""),
    }
