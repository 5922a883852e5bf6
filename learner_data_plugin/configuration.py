"""What the operators of a site have chosen: settings, overridden key by key by site configuration."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from django.conf import settings

from .columns import catalogue
from .columns.base import CATALOGUE
from .data import InForce
from .platform import api as platform_api
from .platform import sites
from .settings.common import DEFAULTS

SETTING = "LEARNER_DATA_PLUGIN"
KNOWN_ROLES = ("instructor", "staff", "limited_staff", "data_researcher")

FOR_THE_INSTALLATION = ("ENGAGEMENT", "QUEUE", "TAB_IN_DASHBOARD")
"""What no site can choose for itself."""

EVERY_COLUMN = "*"
"""What stands in PRIVATE_COLUMNS for a value that nobody can make sense of."""

MOST_DAYS = 700_000
"""Whoever keeps something for longer, as with 999999, keeps it for ever: no calendar goes back so far."""

_REQUESTED: ContextVar[InForce | None] = ContextVar("learner_data_plugin_requested", default=None)
_ALWAYS_ON_PLATFORM = ("cohort", "team", "city", "country")
_RATE = re.compile(r"[1-9]\d*/(s|sec|second|m|min|minute|h|hour|d|day)")


@dataclass(frozen=True)
class Problem:
    """A value that an operator got wrong, and the sentence that says so."""

    key: str
    sentence: str


def value(key: str, *, org: str | None = None) -> Any:
    """Return the value in force for an organization (None: for the installation, which the settings alone decide).

    Of the configurations of sites the first that names the key holds: that of the request's site, that of the organization's,
    that of the default site. Where the first two disagree on what protects learners, the narrower value holds.
    """
    found, requested = _values(org)[key], _requested()
    return [role for role in found if role in requested.roles] if requested is not None and key == "ROLES" else found


def days(key: str, *, org: str | None) -> int:
    """Return a number of days in force for an organization; 0, which keeps for ever, for more than there have been."""
    found: int = value(key, org=org)
    return found if found <= MOST_DAYS else 0


def column_keys(org: str | None) -> list[str]:
    """Keys of the columns a site offers, in order, private ones included: COLUMNS, or the platform's choice, or the guide's."""
    if (requested := _requested()) is not None:
        return list(requested.columns)
    chosen = value("COLUMNS", org=org)
    return list(chosen if chosen is not None else _platform_columns(org) or catalogue.GUIDE_COLUMNS)


def private_columns(org: str | None) -> frozenset[str]:
    """Keys of columns that must not leave the database, from our setting and from the platform's own.

    PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS is there since 2026 and names year_of_birth unless a site says otherwise: there
    the guide's year_of_birth is not in the report. A private column is not to be had from the profile's ``meta`` either.
    """
    platforms = getattr(settings, "PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS", None)
    private = {*value("PRIVATE_COLUMNS", org=org), *_strings([platforms] if isinstance(platforms, str) else platforms)}
    if EVERY_COLUMN in private:
        private |= {*CATALOGUE, *column_keys(org)}
    if (requested := _requested()) is not None:
        private |= {*requested.private_columns}
    private |= {catalogue.META_PREFIX + key for key in private}
    if catalogue.META_PREFIX + "city" in private:
        private.add("city")  # the one column that also reads meta
    return frozenset(private)


def in_force(org: str | None) -> InForce:
    """Return what holds at this moment, to be kept with what is requested now (see :func:`as_requested`)."""
    requested = _requested()
    return InForce(
        site_id=sites.current_site_id() if requested is None else requested.site_id,
        columns=tuple(column_keys(org)),
        private_columns=tuple(sorted(private_columns(org))),
        roles=tuple(value("ROLES", org=org)),
    )


@contextmanager
def as_requested(requested: InForce | None) -> Iterator[None]:
    """Have what held at a request hold in this thread, narrowed by what holds by now.

    The columns are those offered then, without those that were private then or are by now; a role counts if it did then and
    does by now. None changes nothing.
    """
    token = _REQUESTED.set(requested)
    try:
        yield
    finally:
        _REQUESTED.reset(token)


def find_problems(values: object) -> list[Problem]:
    """Check a value of the LEARNER_DATA_PLUGIN setting; what is missing is no problem."""
    if not isinstance(values, Mapping):
        return [Problem(SETTING, f"{SETTING} must be a dictionary, not {type(values).__name__}.")]
    problems = []
    for key, given in values.items():
        if key not in _RULES:
            problems.append(Problem(str(key), f"{SETTING}[{key!r}] is not a setting of this plugin; remove it."))
        elif not _RULES[key].accepts(given):
            rule = _RULES[key]
            problems.append(Problem(key, f"{SETTING}[{key!r}] must be {rule.meaning}; {rule.meanwhile}."))
    return problems


def _requested() -> InForce | None:
    return _REQUESTED.get()


def _platform_columns(org: str | None) -> list[str] | None:
    """The columns a site has chosen with the platform's own keys, None where it has not.

    As on the platform cohort, team, city and country follow those of ``student_profile_download_fields``, and then what
    ``additional_student_profile_attributes`` names: columns of the catalogue, or attributes of accounts. What no column can be
    made for is left out.
    """
    configured = _site_values(org)
    chosen = _strings(configured.first("student_profile_download_fields"))
    additional = _strings(configured.first("additional_student_profile_attributes"))
    additional = [key for key in additional if catalogue.is_known(key) or platform_api.is_user_attribute(key)]
    if not chosen and not additional:
        return None
    known = [key for key in chosen if catalogue.is_known(key) or key in additional]
    return [*known, *_ALWAYS_ON_PLATFORM, *additional] if chosen else [*catalogue.GUIDE_COLUMNS, *additional]


def _strings(given: object) -> list[str]:
    return [key for key in given if isinstance(key, str)] if isinstance(given, (list, tuple, set, frozenset)) else []


def _values(org: str | None) -> dict[str, Any]:
    values = {**DEFAULTS, **_sound(getattr(settings, SETTING, {}))}
    if org is not None:
        configured = _site_values(org)
        values |= _sound(configured.default.get(SETTING))
        own = [_sound(site.get(SETTING)) for site in configured.own]
        values |= {key: _combined(key, [site[key] for site in own if key in site]) for key in {*chain(*own)}}
    return values


def _site_values(org: str | None) -> sites.ApplicableValues:
    requested = _requested()
    return sites.values_for(org or "", site_id=None if requested is None else requested.site_id)


def _combined(key: str, given: list[Any]) -> Any:
    """The value of the first site, or what protects learners as well as the values of all of them."""
    combine = _RULES[key].combine
    return given[0] if combine is None else reduce(combine, given)


def _sound(values: object) -> dict[str, Any]:
    """The values that are what they have to be, and for wrong ones what is safest, where that is not the default."""
    if not isinstance(values, Mapping):
        # Nothing was chosen; or something was that nobody can make sense of.
        return {key: rule.safest(()) for key, rule in _RULES.items() if rule.safest is not None} if values else {}
    sound = {}
    for key, given in values.items():
        rule = _RULES.get(key)
        if rule is not None and rule.accepts(given):
            sound[key] = given
        elif rule is not None and rule.safest is not None:
            sound[key] = rule.safest(given if _is_list(given) else ())
    return sound


@dataclass(frozen=True)
class _Rule:
    """What a value must be.

    ``safest`` makes of a wrong list what protects learners best (an empty list for what is none); without it a wrong value
    counts as absent. ``combine`` makes of the values of two sites that of both; without it the first site's holds.
    """

    accepts: Callable[[Any], bool]
    meaning: str
    safest: Callable[[Any], Any] | None = None
    combine: Callable[[Any, Any], Any] | None = None
    meanwhile: str = "its default is used instead"


def _whole_number(least: int, most: float = math.inf) -> _Rule:
    return _Rule(
        lambda given: isinstance(given, int) and not isinstance(given, bool) and least <= given <= most,
        f"a whole number, {least} or more" if most == math.inf else f"a whole number from {least} to {most}",
    )


_YES_OR_NO = _Rule(lambda given: isinstance(given, bool), "True or False")


def _rate() -> _Rule:
    return _Rule(lambda given: isinstance(given, str) and _RATE.fullmatch(given) is not None, "a rate such as '30/minute'")


def _is_list(given: object) -> bool:
    return isinstance(given, (list, tuple))


def _unknown_free_list(given: Any) -> bool:
    return _is_list(given) and all(catalogue.is_known(key) for key in given)


_ROLES = _Rule(
    lambda given: _is_list(given) and all(role in KNOWN_ROLES for role in given),
    "a list of roles out of " + ", ".join(KNOWN_ROLES),
    lambda given: [role for role in given if role in KNOWN_ROLES],
    lambda one, other: [role for role in one if role in other],
)

_RULES: dict[str, _Rule] = {
    "COLUMNS": _Rule(
        lambda given: given is None or (_unknown_free_list(given) and len(set(given)) == len(given) and len(given) > 0),
        "None or a list of different column keys out of " + ", ".join(CATALOGUE) + " or meta.<name>",
        lambda given: list(dict.fromkeys(key for key in given if catalogue.is_known(key))),
        meanwhile="until it is, no others are shown than those it names",
    ),
    "PRIVATE_COLUMNS": _Rule(
        _unknown_free_list,
        "a list of column keys out of " + ", ".join(CATALOGUE) + " or meta.<name>",
        lambda _given: [EVERY_COLUMN],
        lambda one, other: list(dict.fromkeys([*one, *other])),
        meanwhile="until it is, every column is private",
    ),
    "TICKED_COLUMNS": _Rule(
        lambda given: given is None or (_unknown_free_list(given) and len(given) > 0),
        "None or a list of column keys",
        lambda given: [key for key in given if catalogue.is_known(key)],
        meanwhile="until it is, no others are ticked than those it names",
    ),
    "REQUIRE_PURPOSE": replace(
        _YES_OR_NO, safest=lambda _given: True, combine=or_, meanwhile="until it is, a purpose is asked for"
    ),
    "MAX_LEARNERS_ON_PAGE": _whole_number(0),
    "ROLES": replace(_ROLES, meanwhile="until it is, no others see learner data than global staff and the roles it names"),
    "STATISTICS_ROLES": replace(_ROLES, meanwhile="until it is, no others see charts alone than the roles it names"),
    "TOKEN_SCOPES": _Rule(
        lambda given: isinstance(given, Mapping)
        and all(key in ("read", "write") and isinstance(scope, str) and scope != "" for key, scope in given.items()),
        "a dictionary such as {'read': 'read', 'write': 'write'}",
    ),
    "RETENTION_DAYS": _whole_number(0),
    "AUDIT_RETENTION_DAYS": _whole_number(0),
    "REFUSALS_RETENTION_DAYS": _whole_number(0),
    "CSV_BOM": _YES_OR_NO,
    "ENGAGEMENT": _YES_OR_NO,
    "ENGAGEMENT_RETENTION_DAYS": _whole_number(0),
    "ANONYMOUS_POSTS": _YES_OR_NO,
    "MIN_GROUP_SIZE": replace(_whole_number(1), combine=max),
    "ANONYMIZED_IDS_ON_PAGE": _whole_number(0),
    "GENERATE_THROTTLE": _rate(),
    "REQUEST_THROTTLE": _rate(),
    "DEANONYMIZE_ROLES": replace(
        _ROLES, meanwhile="until it is, no others deanonymize than global staff and the roles it names"
    ),
    "DEANONYMIZE_MAX_ROWS": _whole_number(1),
    "DEANONYMIZE_MAX_UNKNOWN": _whole_number(0),
    "DEANONYMIZE_THROTTLE": _rate(),
    "SECOND_APPROVAL": replace(
        _YES_OR_NO,
        safest=lambda _given: True,
        combine=or_,
        meanwhile="until it is, a second person is asked",
    ),
    "SECOND_APPROVAL_HOURS": _whole_number(1),
    "DISCLOSURES_PAGE": _YES_OR_NO,
    "SCHEDULE_HOUR": _whole_number(0, 23),
    "TAB_IN_DASHBOARD": _YES_OR_NO,
    "BATCH_SIZE": _whole_number(1, 20_000),
    "STALE_AFTER_SECONDS": _whole_number(1),
    "QUEUE_TIMEOUT_SECONDS": _whole_number(1),
    "QUEUE": _Rule(lambda given: given is None or isinstance(given, str), "None or the name of a Celery queue"),
}
