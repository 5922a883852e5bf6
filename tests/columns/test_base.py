"""The cells of learners whose values are stored: as they are, whatever is stored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth import get_user_model
from django.db import connection

from learner_data_plugin.columns.catalogue import GUIDE_COLUMNS
from tests import factories
from tests.reading import build, read_learner, read_learners, rows_of

pytestmark = pytest.mark.django_db


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
        if connection.settings_dict["ENGINE"] != "lms.sqlite":
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
