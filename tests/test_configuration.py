"""What operators can steer, and what becomes of what they get wrong."""

from __future__ import annotations

import json

import pytest

from learner_data_plugin import configuration
from learner_data_plugin.settings.common import DEFAULTS

from . import factories

pytestmark = pytest.mark.django_db

ORG = "SteeredX"
NO_NUMBER = [None, "5", 5.0, True, False, [], {}, -1, float("nan"), "", (5,)]
NO_LIST = [None, "id", b"id", 5, True, {"id": 1}, {"id"}, frozenset({"id"})]
WRONG = {
    "COLUMNS": [*NO_LIST[1:], [], (), ["nonsense"], ["id", "id"], [["id"]], [None], [{}], ["id", "meta."], [1]],
    "PRIVATE_COLUMNS": [*NO_LIST, ["nonsense"], [None], [["id"]], [{}]],
    "MAX_LEARNERS_ON_PAGE": NO_NUMBER,
    "ROLES": [*NO_LIST, ["nobody"], [None], [["staff"]], [{}]],
    "RETENTION_DAYS": NO_NUMBER,
    "AUDIT_RETENTION_DAYS": NO_NUMBER,
    "CSV_BOM": [None, 0, 1, "True", "", [], {}],
    "MIN_GROUP_SIZE": [*NO_NUMBER, 0],
    "ANONYMIZED_IDS_ON_PAGE": NO_NUMBER,
    "GENERATE_THROTTLE": [None, 30, "", "30", "30/fortnight", "/minute", "0/minute", "-1/minute", " 3/s", "3/s\n", ["3/s"], {}],
    "BATCH_SIZE": [*NO_NUMBER, 0, 20_001],
    "STALE_AFTER_SECONDS": [*NO_NUMBER, 0],
    "QUEUE_TIMEOUT_SECONDS": [*NO_NUMBER, 0],
    "QUEUE": [5, True, [], {}, ["a"], b"queue"],
}
RIGHT = {
    "COLUMNS": [None, ["id"], ("city", "meta.shoe size", "last_login")],
    "PRIVATE_COLUMNS": [[], ["email"], ("meta.x", "email", "email")],
    "MAX_LEARNERS_ON_PAGE": [0, 1, 10**6],
    "ROLES": [[], ["data_researcher"], ("staff", "limited_staff")],
    "RETENTION_DAYS": [0, 30],
    "AUDIT_RETENTION_DAYS": [0, 30],
    "CSV_BOM": [True, False],
    "MIN_GROUP_SIZE": [1, 25],
    "ANONYMIZED_IDS_ON_PAGE": [0, 5],
    "GENERATE_THROTTLE": ["1/s", "10/minute", "2/hour", "300/day"],
    "BATCH_SIZE": [1, 20_000],
    "STALE_AFTER_SECONDS": [1, 60],
    "QUEUE_TIMEOUT_SECONDS": [1, 60],
    "QUEUE": [None, "edx.lms.core.high_mem"],
}


def is_json(given):
    try:
        return json.loads(json.dumps(given)) == given
    except TypeError:
        return False


def pairs(table):
    return [pytest.param(key, given, id=f"{key}={given!r}") for key, values in table.items() for given in values]


def test_every_setting_is_tried_here():
    assert set(WRONG) == set(RIGHT) == set(DEFAULTS)


@pytest.mark.parametrize("key", DEFAULTS)
def test_default_is_in_force_and_is_no_problem(settings, key):
    settings.LEARNER_DATA_PLUGIN = {}
    assert configuration.value(key) == configuration.value(key, org=ORG) == DEFAULTS[key]
    assert configuration.find_problems({key: DEFAULTS[key]}) == []


@pytest.mark.parametrize(("key", "given"), pairs(RIGHT))
def test_right_value_is_taken(settings, key, given):
    settings.LEARNER_DATA_PLUGIN = {key: given}
    assert configuration.value(key) == given
    assert configuration.find_problems({key: given}) == []


@pytest.mark.parametrize(("key", "given"), pairs(WRONG))
def test_wrong_value_is_one_problem_and_leaves_the_default(settings, key, given):
    other = "RETENTION_DAYS" if key != "RETENTION_DAYS" else "BATCH_SIZE"
    settings.LEARNER_DATA_PLUGIN = {key: given, other: 17}
    assert configuration.value(key) == DEFAULTS[key]
    assert configuration.value(other) == 17
    [problem] = configuration.find_problems(settings.LEARNER_DATA_PLUGIN)
    assert problem.key == key
    assert key in problem.sentence


@pytest.mark.parametrize(("key", "given"), pairs({key: filter(is_json, values) for key, values in WRONG.items()}))
def test_wrong_value_of_a_site_leaves_the_settings_value(settings, key, given):
    settings.LEARNER_DATA_PLUGIN = {key: RIGHT[key][-1]}
    factories.configure_site(ORG, LEARNER_DATA_PLUGIN={key: given})
    assert configuration.value(key, org=ORG) == RIGHT[key][-1]


@pytest.mark.parametrize("key", DEFAULTS)
def test_site_configuration_overrides_key_by_key_for_its_organisation_only(settings, key):
    other = next(name for name in DEFAULTS if name != key)
    settings.LEARNER_DATA_PLUGIN = {key: RIGHT[key][0], other: RIGHT[other][0]}
    factories.configure_site(ORG, LEARNER_DATA_PLUGIN={key: RIGHT[key][-1]})
    given = RIGHT[key][-1]
    assert configuration.value(key, org=ORG) == (list(given) if isinstance(given, tuple) else given)
    assert configuration.value(other, org=ORG) == RIGHT[other][0]
    assert configuration.value(key, org="OtherX") == configuration.value(key) == RIGHT[key][0]


@pytest.mark.parametrize("wrong", [None, [], "COLUMNS", 5, True, ["COLUMNS"], ()])
def test_value_that_is_no_dictionary_is_one_problem_and_leaves_all_defaults(settings, wrong):
    settings.LEARNER_DATA_PLUGIN = wrong
    assert {key: configuration.value(key) for key in DEFAULTS} == DEFAULTS
    [problem] = configuration.find_problems(wrong)
    assert problem.key == "LEARNER_DATA_PLUGIN"


@pytest.mark.parametrize("wrong", [None, [], "COLUMNS", 5, True, ["COLUMNS"], [["BATCH_SIZE", 5]]])
def test_site_value_that_is_no_dictionary_changes_nothing(settings, wrong):
    settings.LEARNER_DATA_PLUGIN = {"BATCH_SIZE": 17}
    factories.configure_site(ORG, LEARNER_DATA_PLUGIN=wrong)
    assert {key: configuration.value(key, org=ORG) for key in DEFAULTS} == {**DEFAULTS, "BATCH_SIZE": 17}


def test_setting_that_is_missing_leaves_all_defaults(settings):
    del settings.LEARNER_DATA_PLUGIN
    assert {key: configuration.value(key) for key in DEFAULTS} == DEFAULTS


@pytest.mark.parametrize("key", ["COLUMN", "columns", "", 5, None, ("COLUMNS",)])
def test_unknown_key_is_one_problem_and_changes_nothing(settings, key):
    settings.LEARNER_DATA_PLUGIN = {key: ["id"]}
    assert {name: configuration.value(name) for name in DEFAULTS} == DEFAULTS
    [problem] = configuration.find_problems(settings.LEARNER_DATA_PLUGIN)
    assert repr(key) in problem.sentence


def test_each_problem_is_told():
    problems = configuration.find_problems({"COLUMNS": "id", "ROLES": None, "BATCH_SIZE": 5, "NONSENSE": 1})
    assert [problem.key for problem in problems] == ["COLUMNS", "ROLES", "NONSENSE"]


def test_what_is_right_in_a_wrong_list_of_private_columns_stays_private(settings):
    settings.LEARNER_DATA_PLUGIN = {"PRIVATE_COLUMNS": ["e-mail", "name", None]}
    assert configuration.value("PRIVATE_COLUMNS") == ["name"]
    assert len(configuration.find_problems(settings.LEARNER_DATA_PLUGIN)) == 1


def test_what_is_right_in_a_wrong_list_of_roles_still_narrows_access(settings):
    settings.LEARNER_DATA_PLUGIN = {"ROLES": ["data_researcher", "janitor"]}
    assert configuration.value("ROLES") == ["data_researcher"]


@pytest.mark.parametrize("platforms", [None, (), [], "", 5, {"id": 1}, [None, 5, ["id"]]])
def test_private_fields_of_the_platform_that_name_nothing(settings, platforms):
    settings.LEARNER_DATA_PLUGIN = {}
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = platforms
    assert configuration.private_columns(ORG) <= {"", "meta."}
