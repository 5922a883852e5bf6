"""The catalogue of columns."""

from __future__ import annotations

import pytest

from learner_data_plugin.columns.base import CATALOGUE, Requirement, fields_for
from learner_data_plugin.columns.catalogue import GUIDE_COLUMNS, get_column, is_known
from learner_data_plugin.exceptions import UnknownColumn
from tests import factories
from tests.reading import read_learner


def test_guide_columns_are_those_of_the_guide_in_its_order():
    assert GUIDE_COLUMNS == (
        "id", "username", "name", "email", "language", "location", "year_of_birth", "gender", "level_of_education",
        "mailing_address", "goals", "enrollment_mode", "verification_status", "cohort", "team", "city", "country",
    )  # fmt: skip


def test_only_cohort_and_team_depend_on_what_a_course_has():
    requiring = {key: column.requires for key, column in CATALOGUE.items() if column.requires}
    assert requiring == {"cohort": Requirement.COHORTS, "team": Requirement.TEAMS}


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_column_is_described_and_can_be_read_of_a_learner_without_a_profile(course_key, settings, key):
    settings.LEARNER_DATA_PLUGIN = {"COLUMNS": list(CATALOGUE)}
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = []
    factories.make_learner(course_key, profile=None)
    column = get_column(key)
    assert str(column.label)
    assert str(column.description)
    assert column.source
    if column.requires is None:
        [cell] = read_learner(course_key, key).values()
        assert cell is not None
    assert fields_for([column])


def test_meta_column_is_named_after_its_key():
    column = get_column("meta.favorite color")
    assert (column.key, column.label) == ("meta.favorite color", "favorite color")


@pytest.mark.parametrize(
    "key", ["", "ID", "id ", "password", "user__password", "meta", "meta.", "meta.a.b", "meta.a\nb", "meta.\0", ".city"]
)
def test_other_keys_are_unknown(key):
    assert not is_known(key)
    with pytest.raises(UnknownColumn) as caught:
        get_column(key)
    assert caught.value.key == key


@pytest.mark.parametrize("key", [None, 1, True, ["id"], {"id": "id"}, b"id", ("id",)])
def test_what_is_no_text_is_no_column(key):
    assert not is_known(key)
