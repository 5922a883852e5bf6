"""Steps of the two filters through which the instructor dashboard lets plugins in.

Neither step ever raises: a failing step would leave a half-built dashboard behind, or none at all.
"""

from __future__ import annotations

import logging
from typing import Any

from crum import get_current_user
from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey
from openedx_filters import PipelineStep

from .. import configuration, permissions
from ..platform import frontends
from . import context
from .frames import TAB_ID

log = logging.getLogger(__name__)

SECTION_KEY = "learner_data"
_TAB_SORT_ORDER = 65
"""Right after the platform's own Data Downloads, which has 60."""


class AddLearnerDataSection(PipelineStep):
    """Adds the section Learner Data to the legacy instructor dashboard.

    Everyone who can see the dashboard gets the section, because a section that is just not there tells nobody whom to ask; what
    is in it without the role is the sentence that says so. Someone who looks at the course as a learner gets no section.
    """

    def run_filter(self, context: dict[str, Any], template_name: str, **_kwargs: Any) -> dict[str, Any]:
        try:
            course_key = context["course"].id
            user = get_current_user()
            if user is not None and not permissions.is_masquerading_as_learner(user, course_key):
                context["sections"].append(_section(user, course_key))
        except Exception as error:
            log.error("The section Learner Data could not be made: %s.", type(error).__name__)
        return {"context": context, "template_name": template_name}


class AddLearnerDataTab(PipelineStep):
    """Adds a tab to the new instructor dashboard, for those who may see learner data or charts.

    It leads to our page inside the dashboard where the site says that the dashboard has it, and to our own page otherwise.
    """

    def run_filter(
        self, tabs: list[dict[str, Any]], user: Any, course_key: CourseKey, **_kwargs: Any
    ) -> dict[str, Any]:
        try:
            if permissions.can_see_shareable_charts(user, course_key):
                tabs = [*tabs, _tab(course_key)]
        except Exception as error:
            log.error("The tab Learner Data could not be made: %s.", type(error).__name__)
        return {"tabs": tabs, "user": user, "course_key": course_key}


def _section(user: Any, course_key: CourseKey) -> dict[str, Any]:
    return {
        "section_key": SECTION_KEY,
        "section_display_name": _("Learner Data"),
        "template_path_prefix": "/learner_data_plugin/",
        "panel": context.panel_context(user, course_key),
    }


def _tab(course_key: CourseKey) -> dict[str, Any]:
    return {
        "tab_id": TAB_ID,
        "title": _("Learner Data"),
        "url": _tab_url(course_key),
        "sort_order": _TAB_SORT_ORDER,
    }


def _tab_url(course_key: CourseKey) -> str:
    """The new dashboard takes an address that begins with a slash for one of its own, and leaves for any other."""
    inside = configuration.value("TAB_IN_DASHBOARD") and frontends.instructor_dashboard_path(course_key, TAB_ID)
    return inside or context.absolute_page_url(course_key)
