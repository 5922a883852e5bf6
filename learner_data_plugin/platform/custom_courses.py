"""Custom courses (CCX), which the platform makes of another course for a coach."""

from __future__ import annotations

from typing import Any

from django.apps import apps

_LARGEST_NUMBER = 2**31 - 1


def is_missing(course_key: Any) -> bool:
    """Whether a course is a custom course that is not there (1 query); False for any other course.

    The platform itself fails over one that never was, and goes on with one that was deleted, or with a number that belongs to
    another course.
    """
    number = getattr(course_key, "ccx", None)
    if number is None:
        return False
    if not number.isdecimal() or str(int(number[:11])) != number or int(number) > _LARGEST_NUMBER:
        return True
    try:
        model = apps.get_model("ccx", "CustomCourseForEdX")
    except LookupError:  # the site has no custom courses (CUSTOM_COURSES_EDX)
        return True
    # Compared here and not by the database, whose collation may take keys of different case for the same.
    parent = course_key.to_course_locator()
    return parent not in model.objects.filter(pk=number).values_list("course_id", flat=True)
