"""Making courses, by the name and with the arguments that the platform's own tests use."""

from __future__ import annotations

from typing import Any

from opaque_keys.edx.locator import CourseLocator
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from openedx.core.lib.teams_config import TeamsConfig

from xmodule.models import CourseBlock


class CourseFactory:
    """Makes courses, and as publishing does, their overviews."""

    @classmethod
    def create(
        cls, *, org: str, number: str, run: str, teams_configuration: TeamsConfig | None = None, **values: Any
    ) -> CourseBlock:
        """Return a new course."""
        if teams_configuration is not None:
            values["teams_settings"] = teams_configuration.source_data
        course = CourseBlock.objects.create(id=CourseLocator(org, number, run), **values)
        CourseOverview.load_from_module_store(course.id)
        return course
