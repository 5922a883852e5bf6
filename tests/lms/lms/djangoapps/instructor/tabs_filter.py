"""The filter that plugins add tabs through: openedx-filters' own from release 3.4 on, one of the same type before."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.keys import CourseKey
from openedx_filters.exceptions import OpenEdxFilterException
from openedx_filters.learning import filters
from openedx_filters.tooling import OpenEdxPublicFilter


class _TabsRequested(OpenEdxPublicFilter):
    filter_type = "org.openedx.learning.instructor.dashboard.tabs.requested.v1"

    class PreventTabsGeneration(OpenEdxFilterException):
        """Raised by a step that wants others in place of all tabs."""

    @classmethod
    def run_filter(
        cls, tabs: list[dict[str, Any]], user: Any, course_key: CourseKey
    ) -> tuple[list[dict[str, Any]], Any, CourseKey]:
        """Run the configured steps one after the other."""
        data = super().run_pipeline(tabs=tabs, user=user, course_key=course_key)
        return data["tabs"], data["user"], data["course_key"]


TabsRequested: Any = getattr(filters, "InstructorDashboardTabsRequested", _TabsRequested)
