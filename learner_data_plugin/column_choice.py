"""Which columns a course's table and profile report have."""

from __future__ import annotations

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from . import configuration, platform_api
from .columns import GUIDE_COLUMNS, Column, Requirement, get_column, is_known, site_attribute
from .exceptions import InvalidSelection, UnknownColumn

_SWITCHED_ON = {Requirement.COHORTS: platform_api.has_cohorts, Requirement.TEAMS: platform_api.has_teams}


def offered_columns(course_key: CourseKey) -> tuple[Column, ...]:
    """Return the columns the site offers for this course, in the order of the report, each once.

    They are those of COLUMNS; without it, those of the platform's own keys; without these, the guide's.
    Private columns are never among them, nor are cohort and team where the course has them switched off.
    """
    org = course_key.org
    keys = configuration.value("COLUMNS", org=org) or configuration.platform_columns(org) or GUIDE_COLUMNS
    private = configuration.private_columns(org)
    chosen = [get_column(key) if is_known(key) else site_attribute(key) for key in dict.fromkeys(keys) if key not in private]
    missing = {
        requirement
        for requirement in {column.requires for column in chosen}
        if requirement is not None and not _SWITCHED_ON[requirement](course_key)
    }
    return tuple(column for column in chosen if column.requires not in missing)


def choose_columns(course_key: CourseKey, keys: tuple[str, ...] | None) -> tuple[Column, ...]:
    """Return the columns of these keys in their order, or all that are offered for None.

    Raises UnknownColumn for one that is not offered, private ones included, and InvalidSelection if none or one twice.
    """
    offered = {column.key: column for column in offered_columns(course_key)}
    if keys is None:
        keys = tuple(offered)
    for key in keys:
        if key not in offered:
            raise UnknownColumn(key)
    if len(set(keys)) != len(keys):
        raise InvalidSelection(_("A column can be chosen only once."))
    if not keys:
        raise InvalidSelection(_("There is no column to show."))
    return tuple(offered[key] for key in keys)
