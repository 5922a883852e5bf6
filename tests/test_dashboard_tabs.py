"""The tab on the new instructor dashboard, through the filter that openedx-filters has for it from release 3.4 on."""

from __future__ import annotations

from typing import Any

import pytest
from openedx_filters.learning import filters

from . import factories

TAB_FILTER = getattr(filters, "InstructorDashboardTabsRequested", None)
OTHERS = [{"tab_id": "course_info", "title": "Course Info", "url": "/x/course_info", "sort_order": 10}]

pytestmark = pytest.mark.skipif(TAB_FILTER is None, reason="the openedx-filters of this platform has no filter for tabs")


def requested_tabs(user: Any, course_key: Any) -> list[dict[str, Any]]:
    answer = TAB_FILTER.run_filter(tabs=list(OTHERS), user=user, course_key=course_key)
    # A list in release 3.4.0, the tabs with their arguments later.
    return answer[0] if isinstance(answer, tuple) else answer


@pytest.mark.parametrize("role", ["instructor", "staff", "data_researcher"])
def test_the_course_team_gets_a_tab_after_the_platforms_own(course_key, role):
    user = factories.make_team_member(role, course_key)

    [*others, tab] = requested_tabs(user, course_key)

    assert others == OTHERS
    assert tab["tab_id"] == "learner_data"
    assert tab["sort_order"] > 60


def test_its_address_is_absolute_so_that_the_dashboard_leaves_for_it(course_key, instructor, settings):
    settings.LMS_ROOT_URL = "https://lms.example.com"

    tab = requested_tabs(instructor, course_key)[-1]

    assert tab["url"] == f"https://lms.example.com/learner_data/courses/{course_key}/"


def test_its_address_leads_to_the_page(course_key, instructor, instructor_client, settings):
    settings.LMS_ROOT_URL = "http://testserver"

    assert instructor_client.get(requested_tabs(instructor, course_key)[-1]["url"]).status_code == 200


def test_nobody_else_gets_it(course_key):
    learner = factories.make_learner(course_key)
    outsider = factories.make_team_member("staff", factories.make_course())

    assert requested_tabs(learner, course_key) == OTHERS
    assert requested_tabs(outsider, course_key) == OTHERS


def test_a_failing_step_leaves_the_other_tabs(course_key, instructor, settings):
    settings.LMS_ROOT_URL = None

    assert requested_tabs(instructor, course_key) == OTHERS
