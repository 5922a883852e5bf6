"""The cells of learners: stored values as they are, and those that are worked out, whatever is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from django.contrib.auth import get_user_model
from django.db import connection
from lms.djangoapps.program_enrollments.models import ProgramEnrollment

from learner_data_plugin.columns import GUIDE_COLUMNS

from . import factories
from .reading import build, read_learner, read_learners, rows_of

pytestmark = pytest.mark.django_db

UUID = "12345678-1234-1234-1234-123456789abc"


@pytest.fixture(autouse=True)
def _columns(settings):
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = []
    extra = ["date_joined", "last_login", "enrollment_date", "is_staff", "first_name", "external_user_key", "meta.shoe"]
    settings.LEARNER_DATA_PLUGIN = {"COLUMNS": [*GUIDE_COLUMNS, *extra]}


def city_of(course_key, **profile):
    factories.make_learner(course_key, profile={"name": "Ada", **profile})
    return read_learner(course_key, "city")["city"]


class TestStoredValues:
    PROFILE = {
        "name": "Ada Lovelace", "language": "English", "location": "London", "year_of_birth": 1815, "gender": "f",
        "level_of_education": "none", "mailing_address": "12 St James's Square\nLondon", "goals": "a" * 70_000,
        "city": "London", "country": "GB",
    }  # fmt: skip

    def test_are_those_of_account_profile_and_enrollment(self, course_key):
        user = factories.make_learner(course_key, "ada", mode="honor", email="ada@example.com", profile=self.PROFILE)
        expected = {"id": user.id, "username": "ada", "email": "ada@example.com", "enrollment_mode": "honor", **self.PROFILE}
        assert read_learner(course_key, *expected) == expected

    def test_nothing_a_learner_wrote_is_truncated_or_changed(self, course_key):
        goals = "a,b\r\nc\n\"d\" 'e' \t;|\\ é 日本語 עברית \U0001f600 \u202e" * 3_000
        factories.make_learner(course_key, profile={"name": "Ada", "goals": goals})
        header, row = rows_of(build(course_key))
        assert row[header.index("goals")] == goals

    @pytest.mark.parametrize("missing", [None, ""])
    def test_null_and_empty_are_both_empty_cells(self, course_key, missing):
        fields = ("gender", "level_of_education", "mailing_address", "goals", "city", "country")
        factories.make_learner(course_key, profile={"name": "", "year_of_birth": None, **dict.fromkeys(fields, missing)})
        keys = (*fields, "name", "language", "location", "year_of_birth")
        assert read_learner(course_key, *keys) == dict.fromkeys(keys, "")
        header, row = rows_of(build(course_key))
        assert {row[header.index(key)] for key in keys} == {""}

    def test_learner_without_a_profile_has_a_row(self, course_key):
        user = factories.make_learner(course_key, "adam", profile=None)
        assert read_learner(course_key, *(key for key in GUIDE_COLUMNS if key not in ("cohort", "team"))) == {
            "id": user.id, "username": "adam", "name": "", "email": "adam@example.com", "language": "", "location": "",
            "year_of_birth": "", "gender": "", "level_of_education": "", "mailing_address": "", "goals": "",
            "enrollment_mode": "audit", "verification_status": "N/A", "city": "", "country": "",
        }  # fmt: skip

    @pytest.mark.parametrize("year", [0, -5, 99999, 2**31 - 1])
    def test_years_that_are_none_are_told_as_they_are(self, course_key, year):
        factories.make_learner(course_key, profile={"name": "Ada", "year_of_birth": year})
        assert read_learner(course_key, "year_of_birth") == {"year_of_birth": year}

    @pytest.mark.parametrize(("field", "code"), [("gender", "xx"), ("level_of_education", "p_oth"), ("country", "ZZ")])
    def test_codes_that_are_no_longer_in_use_are_told_as_they_are(self, course_key, field, code):
        factories.make_learner(course_key, profile={"name": "Ada", field: code})
        assert read_learner(course_key, field) == {field: code}

    def test_nul_in_a_name(self, course_key):
        if connection.vendor == "postgresql":
            pytest.skip("PostgreSQL stores no NUL.")
        factories.make_learner(course_key, profile={"name": "Ada\0Byron"})
        header, row = rows_of(build(course_key))
        assert row[header.index("name")] == "Ada\0Byron"

    @pytest.mark.parametrize("is_staff", [True, False])
    def test_truth_is_told_in_words(self, course_key, is_staff):
        factories.enroll(factories.make_user(is_staff=is_staff), course_key)
        assert read_learner(course_key, "is_staff") == {"is_staff": is_staff}
        header, row = rows_of(build(course_key))
        assert row[header.index("is_staff")] == str(is_staff)

    @pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 2, 28, 23, 59, tzinfo=UTC)])
    def test_moments_are_told_in_utc(self, course_key, moment):
        user = factories.make_learner(course_key)
        get_user_model().objects.filter(pk=user.pk).update(date_joined=moment, last_login=None)
        CourseEnrollment.objects.update(created=moment)
        learner = read_learner(course_key, "date_joined", "enrollment_date", "last_login")
        assert learner == {"date_joined": moment, "enrollment_date": moment, "last_login": ""}
        header, row = rows_of(build(course_key))
        assert row[header.index("date_joined")] == str(moment)

    @pytest.mark.parametrize("text", ["0000-00-00 00:00:00", "2026-02-30 00:00:00", "2026-01-01 25:61:61", "soon", ""])
    def test_a_moment_that_no_calendar_has_is_an_empty_cell(self, course_key, text):
        if connection.vendor != "sqlite":
            pytest.skip("Other databases do not store such a moment.")
        odd = factories.make_learner(course_key, "odd", profile={"name": "Odd"})
        factories.make_learner(course_key, "plain")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE auth_user SET date_joined = %s, last_login = %s WHERE id = %s", [text, text, odd.id])
        learners = read_learners(course_key, "username", "name", "date_joined", "last_login")
        assert learners[0] == {"username": "odd", "name": "Odd", "date_joined": "", "last_login": ""}
        assert learners[1]["username"] == "plain"
        assert learners[1]["date_joined"]
        assert len(rows_of(build(course_key))) == 3


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


class TestCohortAndTeam:
    @pytest.fixture
    def course_key(self):
        return factories.make_course(cohorts=True, teams=True)

    @pytest.fixture
    def other_key(self):
        return factories.make_course(cohorts=True, teams=True)

    def cells(self, course_key, key):
        return {learner["username"]: learner[key] for learner in read_learners(course_key, "username", key)}

    def test_of_this_course_only(self, course_key, other_key):
        ada, bob = (factories.make_learner(course_key, name) for name in ("ada", "bob"))
        for user in (ada, bob):
            factories.enroll(user, other_key)
        factories.make_cohort(course_key, "Red", [ada])
        factories.make_cohort(other_key, "Blue", [ada, bob])
        factories.make_team(course_key, "Kites", [bob])
        factories.make_team(other_key, "Crows", [ada, bob])
        assert self.cells(course_key, "cohort") == {"ada": "Red", "bob": "[unassigned]"}
        assert self.cells(course_key, "team") == {"ada": "[unavailable]", "bob": "Kites"}

    def test_cohort_follows_a_move(self, course_key):
        ada = factories.make_learner(course_key, "ada")
        factories.make_cohort(course_key, "Red", [ada])
        factories.make_cohort(course_key, "Blue", [ada])
        assert self.cells(course_key, "cohort") == {"ada": "Blue"}

    @pytest.mark.parametrize("first", [0, 1])
    def test_of_several_team_sets_the_team_joined_first_is_named_and_the_row_comes_once(self, course_key, first):
        ada = factories.make_learner(course_key, "ada")
        team_sets = factories.TEAM_SETS
        factories.make_team(course_key, "First", [ada], team_set=team_sets[first])
        factories.make_team(course_key, "Second", [ada], team_set=team_sets[1 - first])
        assert self.cells(course_key, "team") == {"ada": "First"}
        assert len(read_learners(course_key)) == 1

    @pytest.mark.parametrize("name", ["=1+1", "[unassigned]", "ünï,\"q\"\n", "x" * 255])
    def test_names_are_the_teams_own_words(self, course_key, name):
        ada = factories.make_learner(course_key, "ada")
        factories.make_cohort(course_key, name, [ada])
        factories.make_team(course_key, name, [ada])
        assert self.cells(course_key, "cohort") == self.cells(course_key, "team") == {"ada": name}


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
