"""The tab on the new instructor dashboard, through the filter that openedx-filters has for it from release 3.4 on."""

from __future__ import annotations

from typing import Any

import pytest
from openedx_filters.learning import filters

from tests import factories

try:  # on the stand-in, also where its openedx-filters has no filter for tabs yet
    from lms.djangoapps.instructor.tabs_filter import TabsRequested
except ImportError:
    TabsRequested = getattr(filters, "InstructorDashboardTabsRequested", None)

OTHERS = [{"tab_id": "course_info", "title": "Course Info", "url": "/x/course_info", "sort_order": 10}]

pytestmark = pytest.mark.skipif(TabsRequested is None, reason="the openedx-filters of this platform has no filter for tabs")


def requested_tabs(user: Any, course_key: Any) -> list[dict[str, Any]]:
    answer = TabsRequested.run_filter(tabs=list(OTHERS), user=user, course_key=course_key)
    # A list in release 3.4.0, the tabs with their arguments later.
    return answer[0] if isinstance(answer, tuple) else answer


@pytest.mark.parametrize("role", ["instructor", "staff", "data_researcher"])
def test_the_course_team_gets_a_tab_after_the_platforms_own(course_key, role):
    user = factories.make_team_member(role, course_key)

    [*others, tab] = requested_tabs(user, course_key)

    assert others == OTHERS
    assert tab["tab_id"] == "learner_data"
    assert tab["sort_order"] > 60


def test_whoever_sees_charts_alone_gets_it_as_well(course_key, settings):
    settings.LEARNER_DATA_PLUGIN = {"ROLES": ["data_researcher"], "STATISTICS_ROLES": ["staff"]}

    assert requested_tabs(factories.make_team_member("staff", course_key), course_key)[-1]["tab_id"] == "learner_data"
    assert requested_tabs(factories.make_team_member("instructor", course_key), course_key) == OTHERS


def test_its_address_is_absolute_so_that_the_dashboard_leaves_for_it(course_key, instructor, settings):
    settings.LMS_ROOT_URL = "https://lms.example.com"

    tab = requested_tabs(instructor, course_key)[-1]

    assert tab["url"] == f"https://lms.example.com/learner_data/courses/{course_key}/"


def test_its_address_leads_to_the_page(course_key, instructor, instructor_client, settings):
    settings.LMS_ROOT_URL = "http://testserver"

    assert instructor_client.get(requested_tabs(instructor, course_key)[-1]["url"]).status_code == 200


class TestInsideTheDashboard:
    """The site says that its dashboard has our page."""

    @pytest.fixture(autouse=True)
    def _inside(self, settings):
        settings.LEARNER_DATA_PLUGIN = {"TAB_IN_DASHBOARD": True}
        settings.LMS_ROOT_URL = "https://lms.example.com"
        settings.INSTRUCTOR_MICROFRONTEND_URL = "https://apps.example.com/instructor-dashboard"

    def test_its_address_is_one_of_the_dashboard_itself(self, course_key, instructor):
        assert requested_tabs(instructor, course_key)[-1]["url"] == f"/instructor-dashboard/{course_key}/learner_data"

    def test_it_is_made_as_the_platform_makes_its_own(self, course_key, instructor, settings):
        settings.INSTRUCTOR_MICROFRONTEND_URL = "https://apps.example.com/apps/instructor/"
        assert requested_tabs(instructor, course_key)[-1]["url"] == f"/apps/instructor/{course_key}/learner_data"

    @pytest.mark.parametrize("url", ["", None])
    def test_without_a_dashboard_it_is_our_own_page(self, course_key, instructor, settings, url):
        settings.INSTRUCTOR_MICROFRONTEND_URL = url
        expected = f"https://lms.example.com/learner_data/courses/{course_key}/"
        assert requested_tabs(instructor, course_key)[-1]["url"] == expected

    def test_no_site_can_choose_it_for_itself(self, course_key, instructor, settings):
        settings.LEARNER_DATA_PLUGIN = {}
        factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"TAB_IN_DASHBOARD": True})
        assert requested_tabs(instructor, course_key)[-1]["url"].startswith("https://lms.example.com/")


def test_nobody_else_gets_it(course_key):
    learner = factories.make_learner(course_key)
    outsider = factories.make_team_member("staff", factories.make_course())

    assert requested_tabs(learner, course_key) == OTHERS
    assert requested_tabs(outsider, course_key) == OTHERS


def test_a_failing_step_leaves_the_other_tabs(course_key, instructor, settings):
    settings.LMS_ROOT_URL = None

    assert requested_tabs(instructor, course_key) == OTHERS
