"""The section of the legacy instructor dashboard."""

from __future__ import annotations

from types import SimpleNamespace

import crum
import pytest
from openedx_filters.learning.filters import InstructorDashboardRenderStarted

from learner_data_plugin.dashboard.pipeline import AddLearnerDataSection
from tests import factories

TEMPLATE = "instructor/instructor_dashboard_2/instructor_dashboard_2.html"
OWN = {"section_key": "course_info", "section_display_name": "Course Info"}


def run_filter(user, course_key):
    """Run the platform's filter with the step that the settings register."""
    context = {"course": SimpleNamespace(id=course_key), "sections": [dict(OWN)]}
    with crum.impersonate(user):
        context, template = InstructorDashboardRenderStarted.run_filter(context=context, template_name=TEMPLATE)
    assert template == TEMPLATE
    return context["sections"]


def test_section_comes_after_the_platforms_own(course_key, instructor):
    own, section = run_filter(instructor, course_key)
    assert own == OWN
    assert (section["section_key"], section["template_path_prefix"]) == ("learner_data", "/learner_data_plugin/")
    assert section["section_display_name"]
    assert section["panel"]["has_access"]


def test_whoever_lacks_the_role_reads_which_it_is_and_nothing_else(course_key):
    factories.make_learner(course_key, "ada")
    _, section = run_filter(factories.make_team_member("limited_staff", course_key), course_key)
    panel = section["panel"]
    assert panel["has_access"] is False
    assert panel["role_sentence"]
    assert "page" not in panel
    assert "columns" not in panel


def test_nobody_signed_in_gets_no_section(course_key):
    assert run_filter(None, course_key) == [OWN]


def test_masquerading_as_learner_gets_no_section(course_key, instructor):
    instructor.masquerade_settings = {course_key: SimpleNamespace(role="student")}
    assert run_filter(instructor, course_key) == [OWN]


@pytest.mark.parametrize("context", [{}, {"course": None, "sections": []}, {"course": SimpleNamespace(id=None)}])
def test_step_that_cannot_work_leaves_the_dashboard_as_it_is(context, instructor):
    before = dict(context)
    with crum.impersonate(instructor):
        answer = AddLearnerDataSection("type", []).run_filter(context=context, template_name=TEMPLATE)
    assert answer == {"context": before, "template_name": TEMPLATE}


def test_section_takes_few_queries(course_key, instructor, django_assert_max_num_queries):
    factories.make_learners(course_key, 50)
    run_filter(instructor, course_key)
    with django_assert_max_num_queries(28):
        run_filter(instructor, course_key)
