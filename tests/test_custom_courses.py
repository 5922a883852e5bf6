"""Custom courses (CCX) are courses of their own, as long as they are there."""

from __future__ import annotations

import pytest
from ccx_keys.locator import CCXLocator
from lms.djangoapps.ccx.models import CustomCourseForEdX

from learner_data_plugin import api
from learner_data_plugin.exceptions import CourseNotFound

from . import factories
from .rest_api.paths import api_path


@pytest.fixture
def custom_course(course_key):
    coach = factories.make_user()
    return CustomCourseForEdX.objects.create(course_id=course_key, display_name="A coach's own", coach=coach)


@pytest.fixture
def ccx_key(course_key, custom_course):
    return CCXLocator.from_course_locator(course_key, str(custom_course.pk))


@pytest.fixture
def global_staff(sign_in, db):
    return sign_in(factories.make_user(is_staff=True))


def statuses(client, course_id):
    page = client.get(f"/learner_data/courses/{course_id}/")
    return client.get(api_path(course_id, "tasks/")).status_code, page.status_code


def test_custom_course_is_found_under_its_own_name(ccx_key, sign_in):
    assert api.get_course(str(ccx_key)).display_name == "A coach's own"
    assert statuses(sign_in(factories.make_team_member("staff", ccx_key)), ccx_key) == (200, 200)


@pytest.mark.parametrize("number", ["{}1", "0", "0{}", "{}x", "x", "-1", "99999999999999999999999", "١"])
def test_custom_course_that_was_never_made_is_not_found(number, course_key, custom_course, global_staff):
    course_id = f"{str(course_key).replace('course-v1:', 'ccx-v1:')}+ccx@{number.format(custom_course.pk)}"
    assert statuses(global_staff, course_id) == (404, 404)


def test_custom_course_that_was_deleted_is_not_found(ccx_key, custom_course, global_staff):
    assert statuses(global_staff, ccx_key) == (200, 200)
    custom_course.delete()
    with pytest.raises(CourseNotFound):
        api.get_course(str(ccx_key))
    assert statuses(global_staff, ccx_key) == (404, 404)


def test_custom_course_of_another_course_is_not_found(custom_course, global_staff):
    elsewhere = CCXLocator.from_course_locator(factories.make_course(), str(custom_course.pk))
    assert statuses(global_staff, elsewhere) == (404, 404)


def test_custom_course_of_a_course_in_other_case_is_not_found(course_key, custom_course, global_staff):
    other_case = str(course_key).replace("TestX", "TESTX").replace("course-v1:", "ccx-v1:")
    assert statuses(global_staff, f"{other_case}+ccx@{custom_course.pk}") == (404, 404)
