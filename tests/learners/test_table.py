"""The table of a small course: offered below the limit, in any order, with nothing that the site does not offer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learner_data_plugin.data import Selection
from learner_data_plugin.exceptions import InvalidSelection, TooManyLearners, UnknownColumn
from learner_data_plugin.learners.table import learners_limit, read_table, require_small
from tests import factories
from tests.reading import build, rows_of
from tests.rest_api.paths import api_path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_private_fields_of_the_platform(settings):
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = []


def usernames(course_key, **chosen):
    return [learner["username"] for learner in read_table(course_key, Selection(**chosen)).learners]


class TestLimit:
    def test_is_two_hundred(self, course_key):
        assert learners_limit(course_key) == 200

    def test_table_is_there_below_two_hundred_and_not_at_it(self, course_key):
        factories.make_learners(course_key, 199)
        assert len(read_table(course_key, Selection()).learners) == 199
        factories.make_learner(course_key)
        with pytest.raises(TooManyLearners) as caught:
            read_table(course_key, Selection())
        assert (caught.value.count, caught.value.limit) == (200, 200)

    def test_people_who_left_do_not_count(self, course_key, settings):
        settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 2}
        factories.make_learner(course_key)
        factories.make_learner(course_key, is_active=False)
        require_small(course_key)

    def test_whole_course_counts_not_what_was_selected(self, course_key, settings):
        settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 2}
        factories.make_learners(course_key, 2)
        with pytest.raises(TooManyLearners):
            read_table(course_key, Selection(search="nobody"))

    def test_zero_switches_the_table_off(self, course_key, settings):
        settings.LEARNER_DATA_PLUGIN = {"MAX_LEARNERS_ON_PAGE": 0}
        with pytest.raises(TooManyLearners):
            read_table(course_key, Selection())


def test_course_without_learners_is_an_empty_table_with_its_columns(course_key):
    for chosen in ({}, {"sort": "name"}):
        table = read_table(course_key, Selection(**chosen))
        assert table.learners == ()
        assert [column.key for column in table.columns][:2] == ["id", "username"]


def test_each_learner_has_all_columns_and_nothing_is_truncated(course_key):
    factories.make_learner(course_key, profile={"name": "Ada", "goals": "x" * 100_000})
    table = read_table(course_key, Selection())
    [learner] = table.learners
    assert list(learner) == [column.key for column in table.columns]
    assert len(learner["goals"]) == 100_000


class TestOrder:
    @pytest.fixture
    def course_key(self, course_key):
        for name, year, full_name in (("ann", 1990, "émile"), ("Ben", None, ""), ("cal", 1815, "Zoe"), ("dee", 2001, "adam")):
            factories.make_learner(course_key, name, profile={"name": full_name, "year_of_birth": year})
        factories.make_learner(course_key, "eve", profile=None)
        return course_key

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("username", ["ann", "Ben", "cal", "dee", "eve"]),
            ("-username", ["eve", "dee", "cal", "Ben", "ann"]),
            ("year_of_birth", ["cal", "ann", "dee"]),
            ("-year_of_birth", ["dee", "ann", "cal"]),
            ("name", ["dee", "cal", "ann"]),
            ("-name", ["ann", "cal", "dee"]),
        ],
    )
    def test_by_any_column_without_regard_to_case_and_empty_cells_last(self, course_key, sort, expected):
        names = usernames(course_key, sort=sort)
        assert names[: len(expected)] == expected
        assert sorted(names) == sorted(["ann", "Ben", "cal", "dee", "eve"])

    @pytest.mark.parametrize("sort", ["last_login", "-date_joined", "is_staff", "meta.shoe"])
    def test_by_columns_that_a_site_has_added(self, course_key, settings, sort):
        settings.LEARNER_DATA_PLUGIN = {"COLUMNS": ["username", "last_login", "date_joined", "is_staff", "meta.shoe"]}
        assert len(usernames(course_key, sort=sort)) == 5

    @pytest.mark.parametrize("sort", ["nonsense", "-", "--name", "name ", "password", "last_login"])
    def test_refuses_what_is_no_column_of_the_table(self, course_key, sort):
        with pytest.raises(InvalidSelection):
            read_table(course_key, Selection(sort=sort))

    def test_refuses_a_column_that_was_not_chosen(self, course_key):
        with pytest.raises(InvalidSelection):
            read_table(course_key, Selection(columns=("id", "username"), sort="email"))


class TestSelection:
    @pytest.fixture
    def course_key(self):
        course_key = factories.make_course(cohorts=True, teams=True)
        ada = factories.make_learner(course_key, "ada", mode="verified")
        factories.make_learner(course_key, "bob")
        factories.make_cohort(course_key, "Red", [ada])
        factories.make_team(course_key, "Kites", [ada])
        return course_key

    @pytest.mark.parametrize(
        "chosen", [{"cohort": "Red"}, {"team": "Kites"}, {"enrollment_mode": "verified"}, {"search": "ada"}]
    )
    def test_holds_those_who_match(self, course_key, chosen):
        assert usernames(course_key, **chosen) == ["ada"]

    @pytest.mark.parametrize(("chosen", "name"), [("cohort", "[unassigned]"), ("team", "[unavailable]")])
    def test_holds_those_without_a_group(self, course_key, chosen, name):
        assert usernames(course_key, **{chosen: name}) == ["bob"]

    @pytest.mark.parametrize("chosen", [{"cohort": "Blue"}, {"team": "Crows"}, {"columns": ()}, {"columns": ("id", "id")}])
    def test_refuses_what_the_course_has_not(self, course_key, chosen):
        with pytest.raises(InvalidSelection):
            read_table(course_key, Selection(**chosen))

    @pytest.mark.parametrize(
        ("private", "chosen"),
        [
            ("cohort", {"cohort": "Red"}),
            ("cohort", {"cohort": "[unassigned]"}),
            ("team", {"team": "Kites"}),
            ("team", {"team": "[unavailable]"}),
            ("enrollment_mode", {"enrollment_mode": "verified"}),
            ("email", {"sort": "email"}),
        ],
    )
    def test_what_is_private_cannot_be_found_out_by_asking(self, course_key, settings, private, chosen):
        settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": [private]}
        with pytest.raises(InvalidSelection):
            read_table(course_key, Selection(**chosen))

    def test_cohort_of_a_course_without_cohorts(self):
        course_key = factories.make_course()
        factories.make_cohort(course_key, "Red")
        with pytest.raises(InvalidSelection):
            read_table(course_key, Selection(cohort="Red"))

    @pytest.mark.parametrize("key", ["nonsense", "password", "last_login"])
    def test_refuses_columns_that_are_not_offered(self, course_key, key):
        with pytest.raises(UnknownColumn):
            read_table(course_key, Selection(columns=(key,)))

    def test_chosen_columns_come_in_their_order(self, course_key):
        table = read_table(course_key, Selection(columns=("team", "id", "cohort")))
        assert [list(learner) for learner in table.learners] == [["team", "id", "cohort"]] * 2


def test_queries_do_not_depend_on_the_number_of_learners():
    course_key = factories.make_course(cohorts=True, teams=True)
    counts = []
    for number in (1, 150):
        factories.make_learners(course_key, number, mode="verified")
        read_table(course_key, Selection())
        with CaptureQueriesContext(connection) as queries:
            read_table(course_key, Selection(sort="-name"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("meta", "cell"),
    [
        ('{"note": "half \\ud83d"}', "half ?"),
        ('{"note": NaN}', "nan"),
        ('{"note": Infinity}', "inf"),
        ('{"note": ["\\udc00", {"a": 1}]}', r"['\udc00', {'a': 1}]"),
        ('{"note": 12345678901234567890123}', "12345678901234567890123"),
    ],
)
def test_whatever_meta_holds_the_table_is_answered_with_the_cell_of_the_file(
    meta, cell, course_key, instructor_client, settings
):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "COLUMNS": ["username", "meta.note", "city"]}
    factories.make_learner(course_key, "ada", profile={"meta": meta.replace("note", "city")})
    factories.make_learner(course_key, "bob", profile={"meta": meta})
    answer = instructor_client.get(api_path(course_key, "learners/"))
    assert answer.status_code == 200
    ada, bob = answer.json()["learners"]
    _header, *rows = rows_of(build(course_key))
    assert [ada["city"], bob["meta.note"]] == [rows[0][2], rows[1][1]]
    assert bob["meta.note"] == cell
