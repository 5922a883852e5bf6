"""By which values the learners of a course can be filtered."""

from __future__ import annotations

from collections.abc import Collection

from opaque_keys.edx.keys import CourseKey

from ..columns import groups
from ..platform import api as platform_api

MOST_VALUES = 500
"""Of a filter with more values the first in the alphabet are offered."""


def filter_values(
    course_key: CourseKey, *, offered: Collection[str], tracks: Collection[str] | None = None
) -> dict[str, list[str]]:
    """Return the values of each filter whose column is among those offered: cohorts, teams, tracks in use (1 query each).

    ``tracks`` are the tracks in use where they are known: looking for them reads the whole course.
    """
    cohorts = platform_api.CourseUserGroup.objects.filter(course_id=course_key)
    teams = platform_api.CourseTeam.objects.filter(course_id=course_key)
    enrollments = platform_api.CourseEnrollment.objects.filter(course_id=course_key, is_active=True)
    sources = {
        "cohort": (cohorts, "name", [groups.UNASSIGNED]),
        "team": (teams, "name", [groups.UNAVAILABLE]),
        "enrollment_mode": (enrollments, "mode", []),
    }
    known = {} if tracks is None else {"enrollment_mode": sorted(tracks)[:MOST_VALUES]}
    found = {
        name: [*first, *sorted(rows.order_by().values_list(field, flat=True).distinct()[:MOST_VALUES])]
        for name, (rows, field, first) in sources.items()
        if name in offered and name not in known
    }
    return {**found, **{name: values for name, values in known.items() if name in offered}}
