"""The IDs that tools get from the platform itself, each made by the code that hands it out, lead back to the learner."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from common.djangoapps.student.models import anonymous_id_for_user, unique_id_for_user
from common.djangoapps.util.keyword_substitution import substitute_keywords
from crum import set_current_request
from django.test import RequestFactory
from edx_toggles.toggles.testutils import override_waffle_flag
from lms.djangoapps.courseware.block_render import get_block_for_descriptor
from lms.djangoapps.courseware.model_data import FieldDataCache
from lti_consumer.plugin.compat import get_external_user_id_1p1_launches_waffle_flag
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.external_user_ids.models import ExternalId, ExternalIdType
from xmodule.modulestore.django import modulestore
from xmodule.modulestore.tests.factories import BlockFactory, CourseFactory

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import NoIdColumn

from .. import factories
from ..reading import csv_rows

BY = Actor(1, "researcher", "192.0.2.1")
PROBLEM = '<problem><optionresponse><optioninput options="(1,2)" correct="1"/></optionresponse></problem>'


@pytest.fixture
def course_key(db: Any) -> CourseKey:
    """A course with a problem, an open response and an LTI tool."""
    course = CourseFactory.create(org="TestX", number=f"T{random.getrandbits(30)}", run="2026")
    parent = course
    for category in ("chapter", "sequential", "vertical"):
        parent = BlockFactory.create(parent_location=parent.location, category=category)
    BlockFactory.create(parent_location=parent.location, category="problem", data=PROBLEM)
    for category in ("openassessment", "lti_consumer"):
        BlockFactory.create(parent_location=parent.location, category=category)
    return course.id


@pytest.fixture
def ada(course_key: CourseKey) -> Any:
    return factories.make_learner(course_key, "ada")


def block_of(course_key: CourseKey, category: str, user: Any) -> Any:
    """A block as the courseware gives it to a learner."""
    request = RequestFactory().get("/")
    request.user, request.session = user, {}
    set_current_request(request)
    [found] = modulestore().get_items(course_key, qualifiers={"category": category})
    cache = FieldDataCache.cache_for_block_descendents(course_key, user, found)
    return get_block_for_descriptor(user, request, found, cache, course_key)


def resolved(course_key: CourseKey, key: str) -> tuple[str, str]:
    """Kind and username of an ID."""
    found = api.preview_deanonymization(course_key, [key], by=BY)
    with api.deanonymize(course_key, [key], purpose="To test all tools", by=BY).content as content:
        return found.kind, csv_rows(content.read())[1][1]


def test_external_graders_and_custom_problems_get_the_ones_of_the_site(course_key, ada):
    """Both get it from the system that each problem runs in."""
    problem = block_of(course_key, "problem", ada)
    key = problem.lcp.capa_system.anonymous_student_id
    assert key == anonymous_id_for_user(ada, None)
    assert resolved(course_key, key) == ("site", "ada")


def test_surveys_get_the_ones_of_the_site(course_key, ada):
    link = substitute_keywords("https://survey.example.com/?id=%%USER_ID%%", ada.id, {})
    assert resolved(course_key, link.partition("=")[2]) == ("site", "ada")


def test_open_responses_have_those_of_the_course(course_key, ada):
    key = block_of(course_key, "openassessment", ada).get_student_item_dict()["student_id"]
    assert key == anonymous_id_for_user(ada, course_key)
    assert resolved(course_key, key) == ("course", "ada")


def test_lti_tools_get_those_of_the_course(course_key, ada):
    tool = block_of(course_key, "lti_consumer", ada)
    assert resolved(course_key, tool.get_lti_1p1_user_id()) == ("course", "ada")
    assert resolved(course_key, str(tool.lis_result_sourcedid)) == ("lis_result_sourcedid", "ada")


@pytest.fixture
def kinds(db: Any) -> None:
    """The kinds of UUIDs, which the platform's migrations make."""
    for name in ("lti", "xapi", "caliper"):
        ExternalIdType.objects.get_or_create(name=name, defaults={"description": name})


@pytest.mark.usefixtures("kinds")
def test_lti_tools_get_a_uuid_where_the_flag_is_on(course_key, ada):
    tool = block_of(course_key, "lti_consumer", ada)
    with override_waffle_flag(get_external_user_id_1p1_launches_waffle_flag(), active=True):
        key = tool.get_lti_1p1_user_id()
        assert key == tool.external_user_id != anonymous_id_for_user(ada, course_key)
        assert resolved(course_key, key) == ("lti", "ada")
        assert resolved(course_key, str(tool.lis_result_sourcedid)) == ("lis_result_sourcedid", "ada")


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize("kind", ["lti", "xapi", "caliper"])
def test_lti_1_3_and_statements_have_uuids(kind, course_key, ada):
    """The events of xAPI and Caliper ask for them as the user service does."""
    service = block_of(course_key, "problem", ada).runtime.service(block_of(course_key, "problem", ada), "user")
    key = service.get_external_user_id(kind)
    assert str(ExternalId.objects.get(user=ada, external_id_type__name=kind).external_user_id) == key
    assert resolved(course_key, key) == (kind, "ada")


def test_persons_of_lti_are_said_not_to_be_anonymous(course_key, ada):
    file = io.BytesIO(f"lis_person_sourcedid\n{ada.username}\n".encode())
    with pytest.raises(NoIdColumn, match="not anonymous"):
        api.preview_deanonymization(course_key, file, by=BY)


def test_research_data_packages_have_those_of_the_site(course_key, ada):
    """Their user_id_map is made with the first and oldest kind of ID, which the platform stores for each account."""
    key = unique_id_for_user(ada)
    assert resolved(course_key, key) == ("site", "ada")
