"""The plugin's settings as those of an LMS are built: common, the site's YAML, production, and what a site adds last."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from edx_django_utils.plugins import add_plugins
from lms.envs import common
from openedx.core.djangoapps.plugins.constants import ProjectType, SettingsType

from learner_data_plugin.settings.common import DEFAULTS
from learner_data_plugin.settings.filters import FILTER_STEPS
from learner_data_plugin.settings.tracking import BACKEND

SECTION, TAB = FILTER_STEPS
SECTION_STEP, TAB_STEP = FILTER_STEPS.values()


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module that production settings are: all of the common ones, to which the plugins have added theirs."""
    module = ModuleType("production_settings_of_a_test")
    of_plugins = {"OPEN_EDX_FILTERS_CONFIG", "LEARNER_DATA_PLUGIN"}
    names = {name: value for name, value in vars(common).items() if name.isupper() and name not in of_plugins}
    # A list that the template engine shares, as on the platform.
    backends = {"tracking_logs": copy.deepcopy(common.EVENT_TRACKING_BACKENDS["tracking_logs"])}
    vars(module).update(names, MAKO_TEMPLATE_DIRS_BASE=[], EVENT_TRACKING_BACKENDS=backends)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    add(module, SettingsType.COMMON)
    return module


def add(module: ModuleType, settings_type: str) -> None:
    add_plugins(module.__name__, ProjectType.LMS, settings_type)


def apply_yaml(module: ModuleType, **values: Any) -> None:
    vars(module).update(copy.deepcopy(values))


def test_both_steps_and_all_defaults_are_there(production):
    assert production.OPEN_EDX_FILTERS_CONFIG == {
        SECTION: {"fail_silently": True, "pipeline": [SECTION_STEP]},
        TAB: {"fail_silently": True, "pipeline": [TAB_STEP]},
    }
    assert production.LEARNER_DATA_PLUGIN == DEFAULTS
    assert len(production.MAKO_TEMPLATE_DIRS_BASE) == 1


@pytest.mark.parametrize(
    ("of_the_site", "steps", "fail_silently"),
    [
        ("theirs.Step", ["theirs.Step"], True),
        (["theirs.Step", "theirs.Other"], ["theirs.Step", "theirs.Other"], True),
        ({"pipeline": ["theirs.Step"], "fail_silently": False}, ["theirs.Step"], False),
        ({"pipeline": "theirs.Step", "fail_silently": True}, ["theirs.Step"], True),
        ({"fail_silently": False}, [], False),
        ([], [], True),
        (None, [], True),
    ],
)
def test_steps_of_the_sites_yaml_stay_and_ours_come_after_them(production, of_the_site, steps, fail_silently):
    apply_yaml(production, OPEN_EDX_FILTERS_CONFIG={SECTION: of_the_site, "theirs.alone.v1": ["theirs.Alone"]})

    add(production, SettingsType.PRODUCTION)

    configured = production.OPEN_EDX_FILTERS_CONFIG
    assert configured[SECTION] == {"pipeline": [*steps, SECTION_STEP], "fail_silently": fail_silently}
    assert configured[TAB]["pipeline"] == [TAB_STEP]
    assert configured["theirs.alone.v1"] == ["theirs.Alone"]


def test_other_keys_of_a_filter_are_left_alone(production):
    apply_yaml(production, OPEN_EDX_FILTERS_CONFIG={SECTION: {"pipeline": [], "log_level": "debug"}})

    add(production, SettingsType.PRODUCTION)

    assert production.OPEN_EDX_FILTERS_CONFIG[SECTION]["log_level"] == "debug"


def test_a_second_time_changes_nothing(production):
    apply_yaml(production, OPEN_EDX_FILTERS_CONFIG={SECTION: ["theirs.Step"]}, LEARNER_DATA_PLUGIN={"RETENTION_DAYS": 7})
    add(production, SettingsType.PRODUCTION)
    names = ("OPEN_EDX_FILTERS_CONFIG", "LEARNER_DATA_PLUGIN", "MAKO_TEMPLATE_DIRS_BASE")
    before = copy.deepcopy([vars(production)[name] for name in names])

    add(production, SettingsType.PRODUCTION)

    assert [vars(production)[name] for name in names] == before


def test_a_site_can_append_to_the_pipeline_as_other_plugins_do(production):
    add(production, SettingsType.PRODUCTION)

    production.OPEN_EDX_FILTERS_CONFIG[SECTION]["pipeline"].append("theirs.Last")

    assert production.OPEN_EDX_FILTERS_CONFIG[SECTION]["pipeline"] == [SECTION_STEP, "theirs.Last"]


def test_values_of_the_sites_yaml_win_and_the_rest_keeps_its_default(production):
    apply_yaml(production, LEARNER_DATA_PLUGIN={"RETENTION_DAYS": 7})

    add(production, SettingsType.PRODUCTION)

    assert production.LEARNER_DATA_PLUGIN == {**DEFAULTS, "RETENTION_DAYS": 7}


def test_backend_stands_beside_the_platforms(production):
    assert list(production.EVENT_TRACKING_BACKENDS) == ["tracking_logs", "learner_data_plugin"]
    add(production, SettingsType.PRODUCTION)
    assert list(production.EVENT_TRACKING_BACKENDS) == ["tracking_logs", "learner_data_plugin"]
    assert production.EVENT_TRACKING_BACKENDS["learner_data_plugin"] == BACKEND


def test_backend_goes_where_the_site_wants_nothing_recorded(production):
    apply_yaml(production, LEARNER_DATA_PLUGIN={"ENGAGEMENT": False})
    add(production, SettingsType.PRODUCTION)
    assert list(production.EVENT_TRACKING_BACKENDS) == ["tracking_logs"]


@pytest.mark.parametrize("wrong", ["no", 0, None])
def test_backend_stays_where_the_sites_wish_makes_no_sense(production, wrong):
    apply_yaml(production, LEARNER_DATA_PLUGIN={"ENGAGEMENT": wrong})
    add(production, SettingsType.PRODUCTION)
    assert "learner_data_plugin" in production.EVENT_TRACKING_BACKENDS


def test_backend_of_a_site_without_any_is_the_only_one(production):
    production.EVENT_TRACKING_BACKENDS = None
    add(production, SettingsType.PRODUCTION)
    assert list(production.EVENT_TRACKING_BACKENDS) == ["learner_data_plugin"]


def test_sites_yaml_can_be_merged_into_the_platforms_backend(production):
    loggers = production.EVENT_TRACKING_BACKENDS["tracking_logs"]["OPTIONS"]["backends"]
    loggers.update({"further": {"ENGINE": "eventtracking.backends.logger.LoggerBackend"}})  # as production settings do
    add(production, SettingsType.PRODUCTION)
    assert "further" in production.EVENT_TRACKING_BACKENDS["tracking_logs"]["OPTIONS"]["backends"]


def test_the_sites_own_objects_are_not_changed(production):
    of_the_site = {SECTION: {"pipeline": ["theirs.Step"]}}
    production.OPEN_EDX_FILTERS_CONFIG = of_the_site

    add(production, SettingsType.PRODUCTION)

    assert of_the_site == {SECTION: {"pipeline": ["theirs.Step"]}}


def test_an_empty_value_in_the_sites_yaml_is_no_value(production):
    apply_yaml(production, OPEN_EDX_FILTERS_CONFIG=None, LEARNER_DATA_PLUGIN=None)

    add(production, SettingsType.PRODUCTION)

    assert production.OPEN_EDX_FILTERS_CONFIG[SECTION]["pipeline"] == [SECTION_STEP]
    assert production.LEARNER_DATA_PLUGIN == DEFAULTS


@pytest.mark.parametrize("wrong", [["RETENTION_DAYS"], "RETENTION_DAYS", 7])
def test_a_value_that_is_no_dictionary_does_not_keep_the_lms_from_starting(production, wrong):
    apply_yaml(production, LEARNER_DATA_PLUGIN=wrong)

    add(production, SettingsType.PRODUCTION)

    assert vars(production)["LEARNER_DATA_PLUGIN"] == wrong
