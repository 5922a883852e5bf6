"""What the operators of a site have chosen: settings, overridden key by key by site configuration."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from . import columns, platform_api
from .settings.common import DEFAULTS

SETTING = "LEARNER_DATA_PLUGIN"
KNOWN_ROLES = ("instructor", "staff", "limited_staff", "data_researcher")

_ALWAYS_ON_PLATFORM = ("cohort", "team", "city", "country")
_RATE = re.compile(r"[1-9]\d*/(s|sec|second|m|min|minute|h|hour|d|day)")


@dataclass(frozen=True)
class Problem:
    """A value that an operator got wrong, and the sentence that says so."""

    key: str
    sentence: str


def value(key: str, *, org: str | None = None) -> Any:
    """Return the value in force for an organisation (None: for the installation); a wrong value counts as absent."""
    return _values(org)[key]


def platform_columns(org: str | None) -> list[str] | None:
    """The columns a site has chosen with the platform's own keys, None where it has not.

    As on the platform cohort, team, city and country follow those of ``student_profile_download_fields``, and then what
    ``additional_student_profile_attributes`` names. What no column can be made for is left out.
    """
    chosen = _strings(platform_api.get_value_for_org(org, "student_profile_download_fields", None))
    additional = site_attributes(org)
    if not chosen and not additional:
        return None
    known = [key for key in chosen if columns.is_known(key) or key in additional]
    return [*known, *_ALWAYS_ON_PLATFORM, *additional] if chosen else [*columns.GUIDE_COLUMNS, *additional]


def site_attributes(org: str | None) -> list[str]:
    """What a site has the platform's reports tell of each account besides: columns of the catalogue, or attributes of users."""
    additional = _strings(platform_api.get_value_for_org(org, "additional_student_profile_attributes", None))
    return [key for key in additional if columns.is_known(key) or platform_api.is_user_attribute(key)]


def private_columns(org: str | None) -> frozenset[str]:
    """Keys of columns that must not leave the database, from our setting and from the platform's own.

    PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS is there since 2026 and names year_of_birth unless a site says otherwise: there
    the guide's year_of_birth is not in the report. A private column is not to be had from the profile's ``meta`` either.
    """
    platforms = getattr(settings, "PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS", None)
    private = {*value("PRIVATE_COLUMNS", org=org), *_strings([platforms] if isinstance(platforms, str) else platforms)}
    private |= {columns.META_PREFIX + key for key in private}
    if columns.META_PREFIX + "city" in private:
        private.add("city")  # the one column that also reads meta
    return frozenset(private)


def find_problems(values: object) -> list[Problem]:
    """Check a value of the LEARNER_DATA_PLUGIN setting; what is missing is no problem."""
    if not isinstance(values, Mapping):
        return [Problem(SETTING, f"{SETTING} must be a dictionary, not {type(values).__name__}.")]
    problems = []
    for key, given in values.items():
        if key not in _RULES:
            problems.append(Problem(str(key), f"{SETTING}[{key!r}] is not a setting of this plugin; remove it."))
        elif not _RULES[key].accepts(given):
            problems.append(
                Problem(key, f"{SETTING}[{key!r}] must be {_RULES[key].meaning}; its default is used instead.")
            )
    return problems


def _strings(given: object) -> list[str]:
    return [key for key in given if isinstance(key, str)] if isinstance(given, (list, tuple, set, frozenset)) else []


def _values(org: str | None) -> dict[str, Any]:
    values = {**DEFAULTS, **_sound(getattr(settings, SETTING, {}))}
    if org is not None:
        values |= _sound(platform_api.get_value_for_org(org, SETTING, None) or {})
    return values


def _sound(values: object) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        return {}
    sound = {}
    for key, given in values.items():
        rule = _RULES.get(key)
        if rule is not None and rule.accepts(given):
            sound[key] = given
        elif rule is not None and rule.sound_part is not None and _is_list(given) and (part := rule.sound_part(given)):
            sound[key] = part
    return sound


@dataclass(frozen=True)
class _Rule:
    """What a value must be. ``sound_part`` is what still protects learners in a list that is partly wrong."""

    accepts: Callable[[Any], bool]
    meaning: str
    sound_part: Callable[[Any], list[str]] | None = None


def _whole_number(least: int, most: float = math.inf) -> _Rule:
    return _Rule(
        lambda given: isinstance(given, int) and not isinstance(given, bool) and least <= given <= most,
        f"a whole number, {least} or more" if most == math.inf else f"a whole number from {least} to {most}",
    )


def _is_list(given: object) -> bool:
    return isinstance(given, (list, tuple))


def _unknown_free_list(given: Any) -> bool:
    return _is_list(given) and all(columns.is_known(key) for key in given)


_RULES: dict[str, _Rule] = {
    "COLUMNS": _Rule(
        lambda given: given is None or (_unknown_free_list(given) and len(set(given)) == len(given) and len(given) > 0),
        "None or a list of different column keys out of " + ", ".join(columns.CATALOGUE) + " or meta.<name>",
    ),
    "PRIVATE_COLUMNS": _Rule(
        _unknown_free_list,
        "a list of column keys (those that are, stay private)",
        lambda given: [key for key in given if columns.is_known(key)],
    ),
    "MAX_LEARNERS_ON_PAGE": _whole_number(0),
    "ROLES": _Rule(
        lambda given: _is_list(given) and all(role in KNOWN_ROLES for role in given),
        "a list of roles out of " + ", ".join(KNOWN_ROLES),
        lambda given: [role for role in given if role in KNOWN_ROLES],
    ),
    "RETENTION_DAYS": _whole_number(0),
    "AUDIT_RETENTION_DAYS": _whole_number(0),
    "CSV_BOM": _Rule(lambda given: isinstance(given, bool), "True or False"),
    "MIN_GROUP_SIZE": _whole_number(1),
    "ANONYMIZED_IDS_ON_PAGE": _whole_number(0),
    "GENERATE_THROTTLE": _Rule(
        lambda given: isinstance(given, str) and _RATE.fullmatch(given) is not None, "a rate such as '30/minute'"
    ),
    "BATCH_SIZE": _whole_number(1, 20_000),
    "STALE_AFTER_SECONDS": _whole_number(1),
    "QUEUE_TIMEOUT_SECONDS": _whole_number(1),
    "QUEUE": _Rule(lambda given: given is None or isinstance(given, str), "None or the name of a Celery queue"),
}
