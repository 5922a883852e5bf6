"""Which columns a course's table and report have."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from learner_data_plugin.columns.catalogue import GUIDE_COLUMNS
from learner_data_plugin.exceptions import InvalidSelection, UnknownColumn
from learner_data_plugin.learners.offered_columns import choose_columns, offered_columns
from tests import factories
from tests.reading import build, read_learner, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_private_fields_of_the_platform(settings):
    """Newer platforms keep year_of_birth private unless told otherwise."""
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = []


def keys_offered(course_key):
    return [column.key for column in offered_columns(course_key)]


def without(*keys):
    return [key for key in GUIDE_COLUMNS if key not in keys]


@pytest.mark.parametrize("cohorts", [True, False])
@pytest.mark.parametrize("teams", [True, False])
def test_cohort_and_team_are_offered_where_the_course_has_them_on(cohorts, teams):
    course_key = factories.make_course(cohorts=cohorts, teams=teams)
    off = [key for key, on in (("cohort", cohorts), ("team", teams)) if not on]
    assert keys_offered(course_key) == without(*off)
    assert rows_of(build(course_key)) == [without(*off)]


def test_columns_setting_is_taken_in_its_order(course_key, settings):
    settings.LEARNER_DATA_PLUGIN = {"COLUMNS": ["country", "meta.shoe", "id", "cohort"]}
    assert keys_offered(course_key) == ["country", "meta.shoe", "id"]


@pytest.mark.parametrize("teams", [True, False])
def test_platform_choice_is_followed_by_what_the_platform_always_appends(teams):
    course_key = factories.make_course(org="ChoosyX", cohorts=True, teams=teams)
    factories.configure_site("ChoosyX", student_profile_download_fields=["email", "id", "meta.shoe"])
    expected = ["email", "id", "meta.shoe", "cohort", "team", "city", "country"]
    assert keys_offered(course_key) == [key for key in expected if teams or key != "team"]


def test_columns_setting_wins_over_the_platform_choice(settings):
    course_key = factories.make_course(org="ChoosyX")
    settings.LEARNER_DATA_PLUGIN = {"COLUMNS": ["id"]}
    factories.configure_site("ChoosyX", student_profile_download_fields=["email"])
    assert keys_offered(course_key) == ["id"]


def test_platform_choice_of_another_organization_is_not_taken(course_key):
    factories.configure_site("ChoosyX", student_profile_download_fields=["email"])
    assert keys_offered(course_key) == without("cohort", "team")


def test_additional_attributes_follow_the_guides_columns(course_key):
    factories.configure_site(course_key.org, additional_student_profile_attributes=["last_login", "country"])
    assert keys_offered(course_key) == [*without("cohort", "team"), "last_login"]


def test_additional_attribute_of_accounts_that_a_site_has_added(course_key, monkeypatch):
    """The site's property may stumble over somebody: that cell is empty, the others are not."""
    factories.make_learner(course_key, "adam", profile={"name": "Adam", "year_of_birth": 1990})
    factories.make_learner(course_key, "eve", profile=None)
    born = property(lambda user: user.profile.year_of_birth + 1)
    monkeypatch.setattr(get_user_model(), "first_birthday", born, raising=False)
    names = ["first_birthday", "no_such_thing", "password", "check_password", "_state", ""]
    factories.configure_site(course_key.org, additional_student_profile_attributes=names)
    header, *rows = rows_of(build(course_key))
    assert header == [*without("cohort", "team"), "first_birthday"]
    assert [row[-1] for row in rows] == ["1991", ""]


@pytest.mark.parametrize("wrong", ["id,email", {"id": "email"}, 5, True, None, [], [["id"]], [None], "", {}])
@pytest.mark.parametrize("name", ["student_profile_download_fields", "additional_student_profile_attributes"])
def test_site_configuration_of_a_wrong_type_counts_as_absent(course_key, name, wrong):
    factories.configure_site(course_key.org, **{name: wrong})
    assert keys_offered(course_key) == without("cohort", "team")


def test_unknown_duplicate_and_private_columns_never_shift_a_cell(course_key, settings):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["email"]}
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = ["gender"]
    factories.configure_site(
        course_key.org,
        student_profile_download_fields=["goals", "no", "email", "id", "id", ["name"], "gender", None, "city", "meta.a.b"],
        additional_student_profile_attributes=["email", "last_name", "goals", "nonsense", {"x": 1}],
    )
    user = factories.make_learner(
        course_key, profile={"goals": "to learn", "gender": "f", "city": "Paris", "country": "FR"}, last_name="Byron"
    )
    assert rows_of(build(course_key)) == [
        ["goals", "id", "city", "country", "last_name"],
        ["to learn", str(user.id), "Paris", "FR", "Byron"],
    ]


@pytest.mark.parametrize("through", ["default", "setting", "site", "platform", "attributes"])
@pytest.mark.parametrize("privacy", ["PRIVATE_COLUMNS", "site's PRIVATE_COLUMNS", "platform's", "platform's, as a text"])
def test_private_columns_win_over_every_way_a_column_can_arrive(course_key, settings, through, privacy):
    ours, site = {}, {}
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = []
    if privacy == "PRIVATE_COLUMNS":
        ours["PRIVATE_COLUMNS"] = ["year_of_birth"]
    elif privacy == "site's PRIVATE_COLUMNS":
        site["LEARNER_DATA_PLUGIN"] = {"PRIVATE_COLUMNS": ["year_of_birth"]}
    else:
        settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = "year_of_birth" if "text" in privacy else ["year_of_birth", 5]
    if through == "setting":
        ours["COLUMNS"] = ["id", "year_of_birth", "meta.year_of_birth"]
    elif through == "site":
        site.setdefault("LEARNER_DATA_PLUGIN", {})["COLUMNS"] = ["id", "year_of_birth", "meta.year_of_birth"]
    elif through == "platform":
        site["student_profile_download_fields"] = ["id", "year_of_birth", "meta.year_of_birth"]
    elif through == "attributes":
        site["additional_student_profile_attributes"] = ["year_of_birth", "meta.year_of_birth"]
    settings.LEARNER_DATA_PLUGIN = ours
    factories.configure_site(course_key.org, **site)
    factories.make_learner(course_key, profile={"year_of_birth": 1987, "meta": '{"year_of_birth": 1987}'})

    offered = keys_offered(course_key)
    assert "id" in offered
    assert "year_of_birth" not in offered
    assert "meta.year_of_birth" not in offered
    assert not any("1987" in cell for row in rows_of(build(course_key)) for cell in row)
    for key in ("year_of_birth", "meta.year_of_birth"):
        with pytest.raises(UnknownColumn):
            choose_columns(course_key, ("id", key))


@pytest.mark.parametrize("private", ["city", "meta.city"])
def test_a_private_city_is_private_wherever_it_is_kept(course_key, settings, private):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": [private], "COLUMNS": ["id", "city", "meta.city", "meta.town"]}
    assert keys_offered(course_key) == ["id", "meta.town"]


def test_year_of_birth_is_in_the_default_report_unless_the_platform_keeps_it_private(course_key, settings):
    assert "year_of_birth" in keys_offered(course_key)
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = ["year_of_birth"]
    assert keys_offered(course_key) == without("cohort", "team", "year_of_birth")
    del settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS
    assert "year_of_birth" in keys_offered(course_key)


class TestChoosing:
    def test_keeps_the_order_that_was_asked_for(self, course_key):
        assert [column.key for column in choose_columns(course_key, ("city", "id"))] == ["city", "id"]
        factories.make_learner(course_key, profile={"city": "Paris"})
        assert list(read_learner(course_key, "city", "id")) == ["city", "id"]

    @pytest.mark.parametrize("key", ["nonsense", "cohort", "team", "last_login", "meta.x", "password", ""])
    def test_refuses_what_is_not_offered(self, course_key, key):
        with pytest.raises(UnknownColumn):
            choose_columns(course_key, ("id", key))

    def test_refuses_a_column_twice(self, course_key):
        with pytest.raises(InvalidSelection):
            choose_columns(course_key, ("id", "email", "id"))

    @pytest.mark.parametrize("columns", [["id"], ["id", "email"]])
    def test_refuses_when_there_is_nothing_to_show(self, course_key, settings, columns):
        settings.LEARNER_DATA_PLUGIN = {"COLUMNS": columns, "PRIVATE_COLUMNS": ["id", "email"]}
        for keys in (None, ()):
            with pytest.raises(InvalidSelection):
                choose_columns(course_key, keys)
