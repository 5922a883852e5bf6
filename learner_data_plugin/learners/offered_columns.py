"""Which columns a course's table and profile report have."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..columns.base import CATALOGUE, Column, Requirement
from ..columns.catalogue import get_column, is_known, site_attribute
from ..exceptions import InvalidSelection, UnknownColumn
from ..platform import api as platform_api

_SWITCHED_ON = {Requirement.COHORTS: platform_api.has_cohorts, Requirement.TEAMS: platform_api.has_teams}


def offered_columns(
    course_key: CourseKey, *, switched_on: Mapping[Requirement, bool] | None = None
) -> tuple[Column, ...]:
    """Return the columns the site offers for this course, in the order of the report, each once.

    They are those of COLUMNS; without it, those of the platform's own keys; without these, the guide's.
    Private columns are never among them, nor are cohort and team where the course has them switched off, which is asked of the
    platform unless ``switched_on`` says it.
    """
    keys, private = configuration.column_keys(course_key.org), configuration.private_columns(course_key.org)
    chosen = [get_column(key) if is_known(key) else site_attribute(key) for key in dict.fromkeys(keys) if key not in private]
    missing = {
        requirement
        for requirement in {column.requires for column in chosen}
        if requirement is not None and not _is_switched_on(requirement, course_key, switched_on)
    }
    return tuple(column for column in chosen if column.requires not in missing)


def _is_switched_on(
    requirement: Requirement, course_key: CourseKey, known: Mapping[Requirement, bool] | None
) -> bool:
    return _SWITCHED_ON[requirement](course_key) if known is None else known[requirement]


def optional_columns(course_key: CourseKey) -> tuple[Column, ...]:
    """Return the columns that are off unless somebody asks for them."""
    private = configuration.private_columns(course_key.org)
    return tuple(column for column in CATALOGUE.values() if column.optional and column.key not in private)


def choose_columns(
    course_key: CourseKey, keys: tuple[str, ...] | None, *, among: tuple[Column, ...] | None = None
) -> tuple[Column, ...]:
    """Return the columns of these keys in their order, or all that are offered and not optional for None.

    ``among`` are those that are offered, where they are known. Raises UnknownColumn for one that is not offered, private ones
    included, and InvalidSelection if none or one twice.
    """
    offered = {column.key: column for column in (offered_columns(course_key) if among is None else among)}
    if keys is None:
        keys = tuple(offered)
    elif not set(keys) <= set(offered):
        offered |= {column.key: column for column in optional_columns(course_key)}
    for key in keys:
        if key not in offered:
            raise UnknownColumn(key=key[:100])
    if len(set(keys)) != len(keys):
        raise InvalidSelection(_("A column can be chosen only once."))
    if not keys:
        raise InvalidSelection(_("There is no column to show."))
    return tuple(offered[key] for key in keys)
