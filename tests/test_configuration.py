"""What operators can steer, and what becomes of what they get wrong."""

from __future__ import annotations

import json

import pytest

from learner_data_plugin import configuration
from learner_data_plugin.columns.base import CATALOGUE
from learner_data_plugin.learners.offered_columns import offered_columns
from learner_data_plugin.settings.common import DEFAULTS

from . import factories
from .rest_api.paths import api_path

pytestmark = pytest.mark.django_db

ORG = "SteeredX"
NO_NUMBER = [None, "5", 5.0, True, False, [], {}, -1, float("nan"), "", (5,)]
NO_LIST = [None, "id", b"id", 5, True, {"id": 1}, {"id"}, frozenset({"id"})]
WRONG = {
    "COLUMNS": [*NO_LIST[1:], [], (), ["nonsense"], ["id", "id"], [["id"]], [None], [{}], ["id", "meta."], [1]],
    "PRIVATE_COLUMNS": [*NO_LIST, ["nonsense"], [None], [["id"]], [{}]],
    "MAX_LEARNERS_ON_PAGE": NO_NUMBER,
    "ROLES": [*NO_LIST, ["nobody"], [None], [["staff"]], [{}]],
    "TOKEN_SCOPES": [*NO_LIST[:-3], ["read"], {"delete": "x"}, {"read": ""}, {"write": None}, {"read": ["read"]}],
    "STATISTICS_ROLES": [*NO_LIST, ["nobody"], [None], [["staff"]], [{}]],
    "RETENTION_DAYS": NO_NUMBER,
    "AUDIT_RETENTION_DAYS": NO_NUMBER,
    "REFUSALS_RETENTION_DAYS": NO_NUMBER,
    "TICKED_COLUMNS": [*NO_LIST[1:], [], ["nonsense"], [None]],
    "REQUIRE_PURPOSE": [None, 0, 1, "True", "", [], {}],
    "CSV_BOM": [None, 0, 1, "True", "", [], {}],
    "ENGAGEMENT": [None, 0, 1, "True", "", [], {}],
    "ENGAGEMENT_RETENTION_DAYS": NO_NUMBER,
    "ANONYMOUS_POSTS": [None, 0, 1, "True", "", [], {}],
    "MIN_GROUP_SIZE": [*NO_NUMBER, 0],
    "ANONYMIZED_IDS_ON_PAGE": NO_NUMBER,
    "GENERATE_THROTTLE": [None, 30, "", "30", "30/fortnight", "/minute", "0/minute", "-1/minute", " 3/s", "3/s\n", ["3/s"], {}],
    "REQUEST_THROTTLE": [None, 30, "", "30", "30/fortnight", ["3/s"], {}],
    "DEANONYMIZE_ROLES": [*NO_LIST, ["nobody"], [None], [["staff"]], [{}]],
    "DEANONYMIZE_MAX_ROWS": [*NO_NUMBER, 0],
    "DEANONYMIZE_MAX_UNKNOWN": NO_NUMBER,
    "DEANONYMIZE_THROTTLE": [None, 30, "", "30", "30/fortnight", ["3/s"], {}],
    "SECOND_APPROVAL": [None, 0, 1, "True", "", [], {}],
    "SECOND_APPROVAL_HOURS": [*NO_NUMBER, 0],
    "DISCLOSURES_PAGE": [None, 0, 1, "True", "", [], {}],
    "TAB_IN_DASHBOARD": [None, 0, 1, "True", "", [], {}],
    "BATCH_SIZE": [*NO_NUMBER, 0, 20_001],
    "SCHEDULE_HOUR": [*NO_NUMBER, 24],
    "STALE_AFTER_SECONDS": [*NO_NUMBER, 0],
    "QUEUE_TIMEOUT_SECONDS": [*NO_NUMBER, 0],
    "QUEUE": [5, True, [], {}, ["a"], b"queue"],
}
RIGHT = {
    "COLUMNS": [None, ["id"], ("city", "meta.shoe size", "last_login")],
    "PRIVATE_COLUMNS": [[], ["email"], ("meta.x", "email", "email")],
    "MAX_LEARNERS_ON_PAGE": [0, 1, 10**6],
    "ROLES": [[], ["data_researcher"], ("staff", "limited_staff")],
    "TOKEN_SCOPES": [{}, {"read": "learner_data:read"}, {"read": "read", "write": "grades:write"}],
    "STATISTICS_ROLES": [["staff"], [], ("staff", "limited_staff")],
    "RETENTION_DAYS": [0, 30],
    "AUDIT_RETENTION_DAYS": [0, 30],
    "REFUSALS_RETENTION_DAYS": [0, 30],
    "TICKED_COLUMNS": [None, ["username"], ("username", "meta.x")],
    "REQUIRE_PURPOSE": [True, False],
    "CSV_BOM": [True, False],
    "ENGAGEMENT": [True, False],
    "ENGAGEMENT_RETENTION_DAYS": [0, 30],
    "ANONYMOUS_POSTS": [True, False],
    "MIN_GROUP_SIZE": [1, 25],
    "ANONYMIZED_IDS_ON_PAGE": [0, 5],
    "GENERATE_THROTTLE": ["1/s", "10/minute", "2/hour", "300/day"],
    "REQUEST_THROTTLE": ["10/s", "1000/hour"],
    "DEANONYMIZE_ROLES": [[], ["data_researcher"], ("staff", "limited_staff")],
    "DEANONYMIZE_MAX_ROWS": [1, 10**6],
    "DEANONYMIZE_MAX_UNKNOWN": [0, 5],
    "DEANONYMIZE_THROTTLE": ["1/s", "300/day"],
    "SECOND_APPROVAL": [True, False],
    "SECOND_APPROVAL_HOURS": [1, 72],
    "DISCLOSURES_PAGE": [True, False],
    "TAB_IN_DASHBOARD": [True, False],
    "BATCH_SIZE": [1, 20_000],
    "SCHEDULE_HOUR": [0, 23],
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


PROTECTIVE = {
    "COLUMNS", "PRIVATE_COLUMNS", "TICKED_COLUMNS", "ROLES", "STATISTICS_ROLES", "DEANONYMIZE_ROLES", "REQUIRE_PURPOSE",
    "SECOND_APPROVAL",
}  # fmt: skip
"""Whose default would show more than whoever got them wrong may have wanted."""


def safest(key, given):
    """What is in force in place of a wrong value."""
    roles = set(configuration.KNOWN_ROLES)
    known = {
        "COLUMNS": set(CATALOGUE),
        "TICKED_COLUMNS": set(CATALOGUE),
        **dict.fromkeys(("ROLES", "STATISTICS_ROLES", "DEANONYMIZE_ROLES"), roles),
    }
    if key not in PROTECTIVE:
        return DEFAULTS[key]
    if key in ("REQUIRE_PURPOSE", "SECOND_APPROVAL"):
        return True
    if key == "PRIVATE_COLUMNS":
        return [configuration.EVERY_COLUMN]
    names = [name for name in given if isinstance(name, str)] if isinstance(given, (list, tuple)) else []
    return list(dict.fromkeys(name for name in names if name in known[key]))


@pytest.mark.parametrize(("key", "given"), pairs(WRONG))
def test_wrong_value_is_one_problem_and_leaves_what_is_safest(settings, key, given):
    other = "RETENTION_DAYS" if key != "RETENTION_DAYS" else "BATCH_SIZE"
    settings.LEARNER_DATA_PLUGIN = {key: given, other: 17}
    assert configuration.value(key) == safest(key, given)
    assert configuration.value(other) == 17
    [problem] = configuration.find_problems(settings.LEARNER_DATA_PLUGIN)
    assert problem.key == key
    assert key in problem.sentence


@pytest.mark.parametrize(("key", "given"), pairs({key: filter(is_json, values) for key, values in WRONG.items()}))
def test_wrong_value_of_a_site_leaves_the_settings_value_or_what_is_safest(settings, key, given):
    settings.LEARNER_DATA_PLUGIN = {key: RIGHT[key][-1]}
    factories.configure_site(ORG, LEARNER_DATA_PLUGIN={key: given})
    assert configuration.value(key, org=ORG) == (safest(key, given) if key in PROTECTIVE else RIGHT[key][-1])


@pytest.mark.parametrize("key", DEFAULTS)
def test_site_configuration_overrides_key_by_key_for_its_organization_only(settings, key):
    other = next(name for name in DEFAULTS if name != key)
    settings.LEARNER_DATA_PLUGIN = {key: RIGHT[key][0], other: RIGHT[other][0]}
    factories.configure_site(ORG, LEARNER_DATA_PLUGIN={key: RIGHT[key][-1]})
    given = RIGHT[key][-1]
    assert configuration.value(key, org=ORG) == (list(given) if isinstance(given, tuple) else given)
    assert configuration.value(other, org=ORG) == RIGHT[other][0]
    assert configuration.value(key, org="OtherX") == configuration.value(key) == RIGHT[key][0]


SAFEST = {
    "COLUMNS": [],
    "PRIVATE_COLUMNS": [configuration.EVERY_COLUMN],
    "ROLES": [],
    "STATISTICS_ROLES": [],
    "DEANONYMIZE_ROLES": [],
    "TICKED_COLUMNS": [],
    "REQUIRE_PURPOSE": True,
    "SECOND_APPROVAL": True,
}


@pytest.mark.parametrize("wrong", [None, [], "", ()])
def test_value_that_says_nothing_leaves_all_defaults(settings, wrong):
    settings.LEARNER_DATA_PLUGIN = wrong
    factories.configure_site(ORG, LEARNER_DATA_PLUGIN=wrong)
    assert {key: configuration.value(key, org=ORG) for key in DEFAULTS} == DEFAULTS
    [problem] = configuration.find_problems(wrong)
    assert problem.key == "LEARNER_DATA_PLUGIN"


@pytest.mark.parametrize("wrong", ["COLUMNS", 5, True, ["COLUMNS"], [["ROLES", ["data_researcher"]]]])
@pytest.mark.parametrize("place", ["settings", "site configuration"])
def test_value_that_is_no_dictionary_shows_nothing(settings, place, wrong):
    if place == "settings":
        settings.LEARNER_DATA_PLUGIN = wrong
    else:
        factories.configure_site(ORG, LEARNER_DATA_PLUGIN=wrong)
    assert {key: configuration.value(key, org=ORG) for key in DEFAULTS} == {**DEFAULTS, **SAFEST}
    [problem] = configuration.find_problems(wrong)
    assert problem.key == "LEARNER_DATA_PLUGIN"


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


@pytest.mark.parametrize("place", ["settings", "site configuration"])
class TestWrongValuesFailClosed:
    def choose(self, settings, place, org, **values):
        settings.LEARNER_DATA_PLUGIN = values if place == "settings" else {}
        if place == "site configuration":
            factories.configure_site(org, LEARNER_DATA_PLUGIN=values)

    @pytest.mark.parametrize("roles", ["data_researcher", ["data_resercher"], None, {"data_researcher": True}, 5])
    def test_wrong_roles_let_in_global_staff_alone(self, settings, place, course_key, sign_in, roles):
        self.choose(settings, place, course_key.org, ROLES=roles)
        for role in configuration.KNOWN_ROLES:
            client = sign_in(factories.make_team_member(role, course_key))
            assert client.get(api_path(course_key, "learners/")).status_code == 403
        client = sign_in(factories.make_user(is_staff=True))
        assert client.get(api_path(course_key, "learners/")).status_code == 200

    def test_what_is_right_in_a_wrong_list_of_roles_still_narrows_access(self, settings, place):
        self.choose(settings, place, ORG, ROLES=["data_researcher", "janitor"])
        assert configuration.value("ROLES", org=ORG) == ["data_researcher"]

    @pytest.mark.parametrize("private", ["email", ["mail", "name"], {"email": True}, [["email"]], None, 5])
    def test_wrong_private_columns_publish_none(self, settings, place, course_key, instructor_client, private):
        factories.make_learners(course_key, 12)
        columns = ["email", "goals", "meta.company"]
        self.choose(settings, place, course_key.org, PRIVATE_COLUMNS=private, COLUMNS=columns)
        assert configuration.private_columns(course_key.org) >= {*CATALOGUE, *columns}
        answers = [
            instructor_client.get(api_path(course_key, "learners/")),
            instructor_client.post(api_path(course_key, "reports/"), {"report": "profile"}, content_type="application/json"),
        ]
        assert [(answer.status_code, answer.json()["error_code"]) for answer in answers] == [(422, "invalid_selection")] * 2
        charts = instructor_client.get(api_path(course_key, "statistics/")).json()["charts"]
        assert not {"age", "gender", "education", "country"} & {chart["name"] for chart in charts}

    @pytest.mark.parametrize(("columns", "shown"), [("username", []), (["username", "mail"], ["username"]), ([], [])])
    def test_of_wrong_columns_those_it_names_are_shown(self, settings, place, course_key, columns, shown):
        self.choose(settings, place, course_key.org, COLUMNS=columns)
        assert [column.key for column in offered_columns(course_key)] == shown

    @pytest.mark.parametrize("key", ["REQUIRE_PURPOSE", "SECOND_APPROVAL"])
    @pytest.mark.parametrize("given", ["yes", "True", 1, 0, None, "no"])
    def test_wrong_yes_or_no_asks_for_what_protects(self, settings, place, key, given):
        self.choose(settings, place, ORG, **{key: given})
        assert configuration.value(key, org=ORG) is True

    @pytest.mark.parametrize(("ticked", "found"), [("username", []), (["username", "mail"], ["username"]), (5, [])])
    def test_wrong_ticks_tick_nothing_that_they_do_not_name(self, settings, place, ticked, found):
        self.choose(settings, place, ORG, TICKED_COLUMNS=ticked)
        assert configuration.value("TICKED_COLUMNS", org=ORG) == found

    def test_what_holds_meanwhile_is_told(self, place):
        wrong = {"ROLES": "staff", "PRIVATE_COLUMNS": "email", "COLUMNS": "id"}
        told = " ".join(problem.sentence for problem in configuration.find_problems(wrong))
        assert "default" not in told
        assert "every column is private" in told


@pytest.mark.parametrize("platforms", [None, (), [], "", 5, {"id": 1}, [None, 5, ["id"]]])
def test_private_fields_of_the_platform_that_name_nothing(settings, platforms):
    settings.LEARNER_DATA_PLUGIN = {}
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = platforms
    assert configuration.private_columns(ORG) <= {"", "meta."}
