"""Courses by their key."""

from __future__ import annotations

from django.http import Http404
from opaque_keys.edx.keys import CourseKey
from xmodule.course_block import CourseBlock
from xmodule.modulestore.django import modulestore


def get_course_by_id(course_key: CourseKey, depth: int = 0) -> CourseBlock:
    """The course; raises Http404 if there is none."""
    course = modulestore().get_course(course_key, depth=depth)
    if course is None:
        raise Http404(f"Course not found: {course_key}.")
    return course
