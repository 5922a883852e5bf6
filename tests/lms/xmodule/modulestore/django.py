"""The way to the courses: ``modulestore()``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from opaque_keys.edx.keys import CourseKey

from xmodule.models import CourseBlock


class TableModuleStore:
    """Answers from one table what the platform asks of its course store."""

    @contextmanager
    def bulk_operations(self, course_key: CourseKey) -> Iterator[None]:
        yield

    def get_course(self, course_key: CourseKey, depth: int = 0) -> CourseBlock | None:
        """The course, None if there is none; capitals matter. A custom course (CCX) is its parent under its own key."""
        ccx_key = course_key if getattr(course_key, "ccx", None) else None
        stored_key = ccx_key.to_course_locator() if ccx_key else course_key
        course = CourseBlock.objects.filter(id=stored_key).first()
        if course is None or course.id != stored_key:
            return None
        if ccx_key:
            course.id = ccx_key
        return course

    def has_course(self, course_key: CourseKey) -> bool:
        return self.get_course(course_key) is not None


@cache
def modulestore() -> TableModuleStore:
    """The course store."""
    return TableModuleStore()
