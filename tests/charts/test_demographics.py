"""Learners by what they told about themselves, exact and safe to share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from common.djangoapps.course_modes.models import CourseMode
from common.djangoapps.student.models import UserProfile
from django.utils import translation
from freezegun import freeze_time

from learner_data_plugin.charts import catalogue, demographics, store
from learner_data_plugin.data import Chart
from tests import factories


def enroll_group(course_key: Any, number: int, *, mode: str = "audit", **profile: Any) -> None:
    """Enroll so many learners with the same profile."""
    ids = factories.make_learners(course_key, number, mode=mode)
    if profile:
        UserProfile.objects.filter(user_id__in=ids).update(**profile)


def read(course_key: Any, name: str, *, safe: bool = False) -> Chart:
    store.refresh(course_key)
    stored = store.read(course_key, safe=safe)
    assert stored is not None
    return catalogue.draw(name, stored.numbers, track_names=stored.track_names)


def counts(chart: Chart) -> dict[str, int | None]:
    return {row.key: row.count for row in chart.rows}


def labels(chart: Chart) -> list[str]:
    return [row.label for row in chart.rows]


def values(rows: Iterable[Any], field: str) -> list[Any]:
    return [getattr(row, field) for row in rows]


class TestGender:
    def test_counts_and_shares_of_active_enrollments(self, course_key):
        enroll_group(course_key, 30, gender="f")
        enroll_group(course_key, 20, gender="m")
        enroll_group(course_key, 50, gender=None)
        factories.make_learner(course_key, is_active=False, profile={"gender": "o"})
        factories.make_learner(factories.make_course(), profile={"gender": "o"})

        chart = read(course_key, "gender")

        assert counts(chart) == {"f": 30, "m": 20, "not_reported": 50}
        assert values(chart.rows, "share") == [0.3, 0.2, 0.5]
        assert labels(chart) == ["Female", "Male", "Not reported"]
        assert values(chart.rows, "muted") == [False, False, True]
        assert chart.note == ""

    def test_small_groups_are_exact_as_well(self, course_key):
        enroll_group(course_key, 30, gender="f")
        enroll_group(course_key, 1, gender="o")
        chart = read(course_key, "gender")
        assert counts(chart) == {"f": 30, "o": 1}
        assert chart.note == ""

    def test_safe_to_share_small_groups_are_combined(self, course_key):
        enroll_group(course_key, 60, gender="f")
        enroll_group(course_key, 6, gender="m")
        enroll_group(course_key, 6, gender="o")
        enroll_group(course_key, 6, gender=None)
        chart = read(course_key, "gender", safe=True)
        assert set(counts(chart)) == {"f", "together"}
        assert abs(counts(chart)["f"] - 60) <= 3
        assert abs(counts(chart)["together"] - 18) <= 3
        assert labels(chart)[-1] == "Other (combined)"
        assert chart.note == (
            "To protect privacy, each number is changed by up to 3. Groups under 10 are combined, or not shown."
        )

    def test_safe_to_share_there_is_nothing_of_few_learners(self, course_key):
        enroll_group(course_key, 4, gender="f")
        chart = read(course_key, "gender", safe=True)
        assert (chart.rows, chart.note) == ((), "Not shown: there are too few learners.")

    def test_nobody_enrolled(self, course_key):
        chart = read(course_key, "gender")
        assert (chart.rows, chart.note) == ((), "Nobody is enrolled.")

    def test_no_answer_no_profile_and_unknown_codes(self, course_key):
        enroll_group(course_key, 12, gender="")
        enroll_group(course_key, 12, gender=None)
        for _ in range(3):
            factories.make_learner(course_key, profile=None)
        enroll_group(course_key, 11, gender="x")
        assert counts(read(course_key, "gender")) == {"o": 11, "not_reported": 27}


class TestAge:
    @freeze_time("2026-06-15")
    def test_bands(self, course_key):
        for year in (2009, 2008, 2002, 2001, 1992, 1991, 1982, 1981, 1972, 1971, 1962, 1961, 1907):
            enroll_group(course_key, 10, year_of_birth=year)

        chart = read(course_key, "age")

        assert counts(chart) == {
            "0-17": 10, "18-24": 20, "25-34": 20, "35-44": 20, "45-54": 20, "55-64": 20, "65+": 20,
        }  # fmt: skip
        assert labels(chart)[:2] == ["Under 18", "18–24"]
        assert labels(chart)[-1] == "65 and over"

    @freeze_time("2026-06-15")
    @pytest.mark.parametrize("year", [0, -5, 1850, 1906, 2027, 3000, None])
    def test_years_that_cannot_be_are_no_answer(self, course_key, year):
        enroll_group(course_key, 10, year_of_birth=year)
        enroll_group(course_key, 10, year_of_birth=1990)
        assert counts(read(course_key, "age")) == {"35-44": 10, "not_reported": 10}


class TestEducation:
    def test_order_labels_and_earlier_codes(self, course_key):
        enroll_group(course_key, 15, level_of_education="hs")
        enroll_group(course_key, 10, level_of_education="p")
        enroll_group(course_key, 2, level_of_education="p_se")
        enroll_group(course_key, 1, level_of_education="p_oth")
        enroll_group(course_key, 10, level_of_education="none")
        enroll_group(course_key, 6, level_of_education="other")
        enroll_group(course_key, 5, level_of_education="zz")
        chart = read(course_key, "education")
        assert counts(chart) == {"p": 13, "hs": 15, "none": 10, "other": 11}
        assert labels(chart) == ["Doctorate", "Secondary/high school", "No formal education", "Other education"]


class TestCountry:
    def test_largest_first_and_all_of_them(self, course_key):
        codes = ["FR", "DE", "ES", "IT", "PT", "GB", "IE", "NL", "BE", "AT", "CH", "PL", "CZ", "SK"]
        for place, code in enumerate(codes):
            enroll_group(course_key, 30 - place, country=code)
        enroll_group(course_key, 40, country=None)
        assert list(counts(read(course_key, "country"))) == [*codes, "not_reported"]

    def test_names_are_in_the_reader_s_language(self, course_key):
        enroll_group(course_key, 10, country="DE")
        with translation.override("es"):
            assert labels(read(course_key, "country")) == ["Alemania"]

    def test_codes_that_are_no_country(self, course_key):
        enroll_group(course_key, 20, country="DE")
        enroll_group(course_key, 10, country="QX")
        assert labels(read(course_key, "country")) == ["Germany", "Other"]


class TestTracks:
    def test_tracks_have_the_course_s_own_names(self, course_key):
        CourseMode.objects.create(course_id=course_key, mode_slug="verified", mode_display_name="Certified", min_price=49)
        enroll_group(course_key, 20, mode="audit")
        enroll_group(course_key, 10, mode="verified")
        enroll_group(course_key, 11, mode="a-track-of-ours")
        chart = read(course_key, "enrollment_track")
        assert counts(chart) == {"audit": 20, "a-track-of-ours": 11, "verified": 10}
        assert labels(chart) == ["Audit", "a-track-of-ours", "Certified"]


class TestMergedBands:
    """Age groups that are too small to be shown are neighbors more often than not."""

    ALL = ("0-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")

    def draw(self, *hidden: str, not_reported: bool = True) -> list[tuple[str, str, bool]]:
        groups = {band: 20 for band in self.ALL if band not in hidden} | {"together": 12}
        if not_reported:
            groups["not_reported"] = 30
        chart = demographics.draw("age", groups, enrolled=150, track_names={})
        return [(row.key, row.label, row.muted) for row in chart.rows]

    def test_the_oldest_are_one_band(self):
        assert self.draw("45-54", "55-64", "65+")[3:] == [
            ("35-44", "35–44", False), ("together", "45 and over", False), ("not_reported", "Not reported", True),
        ]  # fmt: skip

    def test_the_youngest_are_one_band(self):
        assert self.draw("0-17", "18-24")[:2] == [("together", "Under 25", False), ("25-34", "25–34", False)]
        assert self.draw("0-17")[0] == ("together", "Under 18", False)

    def test_a_band_between_others(self):
        assert self.draw("35-44", "45-54")[3] == ("together", "35–54", False)

    def test_whoever_did_not_answer_is_among_them_where_that_group_is_not_shown(self):
        assert self.draw("65+", not_reported=False)[-1] == ("together", "65 and over, or not reported", False)

    @pytest.mark.parametrize("hidden", [(), ("0-17", "65+"), ALL])
    def test_groups_that_are_no_neighbors_are_only_combined(self, hidden):
        assert ("together", "Other (combined)", True) in self.draw(*hidden)
