"""Values of an account that no database column holds, whatever is stored."""

from __future__ import annotations

import json

import pytest
from common.djangoapps.student.models import UserProfile
from lms.djangoapps.program_enrollments.models import ProgramEnrollment

from tests import factories
from tests.reading import build, read_learner, read_learners, rows_of

pytestmark = pytest.mark.django_db

UUID = "12345678-1234-1234-1234-123456789abc"


def city_of(course_key, **profile):
    factories.make_learner(course_key, profile={"name": "Ada", **profile})
    return read_learner(course_key, "city")["city"]


class TestCity:
    @pytest.mark.parametrize("meta", ["", "{}", *(f'{{"city": {none}}}' for none in ('""', "null", "false", "0", "[]"))])
    def test_without_one_in_meta_is_that_of_registration(self, course_key, meta):
        assert city_of(course_key, meta=meta, city="Paris") == "Paris"

    def test_of_account_settings_comes_first(self, course_key):
        assert city_of(course_key, meta='{"city": "Rome"}', city="Paris") == "Rome"

    def test_key_written_in_escapes(self, course_key):
        assert city_of(course_key, meta='{"\\u0063ity": "Rome"}', city="Paris") == "Rome"

    @pytest.mark.parametrize("city", [None, ""])
    def test_of_account_settings_alone(self, course_key, city):
        assert city_of(course_key, meta='{"city": "Rome"}', city=city) == "Rome"

    @pytest.mark.parametrize(
        ("value", "cell"),
        [("5", "5"), ("1.5", "1.5"), ("true", "True"), ('["Rome"]', "['Rome']"), ('{"a": 1}', "{'a': 1}"), ('" "', " ")],
    )
    def test_value_that_is_no_text_is_told_as_the_platform_tells_it(self, course_key, value, cell):
        assert city_of(course_key, meta='{"city": %s}' % value, city="Paris") == cell  # noqa: UP031

    @pytest.mark.parametrize(
        "meta",
        [
            "city", "{", "null", "5", "true", '"city"', "[]", '["city"]', '[{"city": "Rome"}]', "{'city': 'Rome'}", "\0city",
            '{"city": "Rome"', '{"city": "Rome"}}', '\ufeff{"city": "Rome"}', '{"city": "\\', "<city/>", '{"City": "Rome"}',
        ],
    )  # fmt: skip
    def test_meta_that_is_no_json_object_is_passed_over(self, course_key, meta):
        assert city_of(course_key, meta=meta, city="Paris") == "Paris"

    @pytest.mark.parametrize("depth", [100, 10_000, 100_000])
    @pytest.mark.parametrize("nested", ["[]", '{"a":}'])
    def test_meta_nested_deeply_stops_nothing(self, course_key, depth, nested):
        opening, closing = nested[:-1], nested[-1]
        value = opening * depth + "1" + closing * depth
        assert city_of(course_key, meta='{"city": "Rome", "x": %s}' % value, city="Paris") in ("Rome", "Paris")  # noqa: UP031
        factories.make_learner(course_key, profile={"name": "Eve", "meta": '{"city": %s}' % value, "city": "Paris"})  # noqa: UP031
        assert len(rows_of(build(course_key))) == 3

    @pytest.mark.parametrize("depth", range(880, 1010, 5))
    def test_meta_at_the_edge_of_what_python_nests(self, course_key, depth):
        assert city_of(course_key, meta='{"city": ' + "[" * depth + "]" * depth + "}", city="Paris") in (
            "Paris",
            "[" * depth + "]" * depth,
        )

    @pytest.mark.parametrize("digits", [20, 4_300, 4_301, 100_000])
    def test_number_of_many_digits_stops_nothing(self, course_key, digits):
        number = "9" * digits
        assert city_of(course_key, meta=f'{{"city": {number}}}', city="Paris") in (number, "Paris")

    def test_meta_of_a_megabyte(self, course_key):
        meta = json.dumps({"other": "x" * 1_000_000, "city": "Rome"})
        assert city_of(course_key, meta=meta, city="Paris") == "Rome"

    def test_half_a_surrogate_pair_does_not_stop_the_report(self, course_key):
        factories.make_learner(course_key, profile={"name": "Ada", "meta": '{"city": "R\\ud800me"}'})
        header, row = rows_of(build(course_key))
        assert row[header.index("city")] == "R?me"


class TestMeta:
    @pytest.mark.parametrize(
        ("meta", "cell"),
        [
            ('{"shoe": "42"}', "42"), ('{"shoe": 42}', "42"), ('{"shoe": 0}', "0"), ('{"shoe": false}', "False"),
            ('{"shoe": null}', ""), ("{}", ""), ("", ""), ("shoe", ""), ('["shoe"]', ""), ('{"shoe": {"a": 1}}', "{'a': 1}"),
        ],
    )  # fmt: skip
    def test_value_of_the_name(self, course_key, meta, cell):
        factories.make_learner(course_key, profile={"name": "Ada", "meta": meta})
        assert read_learner(course_key, "meta.shoe") == {"meta.shoe": cell}

    def test_without_a_profile(self, course_key):
        factories.make_learner(course_key, profile=None)
        assert read_learner(course_key, "meta.shoe") == {"meta.shoe": ""}


class TestExternalUserKey:
    def test_is_that_of_the_learners_latest_program(self, course_key):
        ada = factories.make_learner(course_key, "ada")
        factories.make_learner(course_key, "bob")
        for place, key in enumerate(["old", "new"]):
            ProgramEnrollment.objects.create(
                user=ada, external_user_key=key, program_uuid=UUID, curriculum_uuid=UUID[:-1] + str(place), status="enrolled"
            )
        learners = read_learners(course_key, "username", "external_user_key")
        assert [learner["external_user_key"] for learner in learners] == ["new", ""]

    def test_may_be_missing(self, course_key):
        ada = factories.make_learner(course_key)
        ProgramEnrollment.objects.create(
            user=ada, external_user_key=None, program_uuid=UUID, curriculum_uuid=UUID, status="enrolled"
        )
        assert read_learner(course_key, "external_user_key") == {"external_user_key": ""}


def test_one_odd_learner_leaves_the_others_cells_alone(course_key):
    for place, meta in enumerate(["", "null", "{", "[1]", '{"city": "Rome"}', "x" * 1_000_000]):
        factories.make_learner(course_key, f"user{place}", profile={"name": "A", "meta": meta, "city": f"City {place}"})
    factories.make_learner(course_key, "user6", profile=None)
    cities = [learner["city"] for learner in read_learners(course_key, "city", batch_size=3)]
    assert cities == ["City 0", "City 1", "City 2", "City 3", "Rome", "City 5", ""]
    assert UserProfile.objects.count() == 6
