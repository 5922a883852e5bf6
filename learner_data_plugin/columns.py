"""The catalogue of columns: what can be said about a learner, where it comes from and how private it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from .exceptions import UnknownColumn

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

META_PREFIX = "meta."


class Privacy(StrEnum):
    """What a column can reveal."""

    IDENTIFIES = "identifies"
    CONTACT = "contact"
    DEMOGRAPHIC = "demographic"
    COURSE = "course"


class Requirement(StrEnum):
    """What a course must have switched on for a column to be there."""

    COHORTS = "cohorts"
    TEAMS = "teams"


@dataclass(frozen=True)
class Column:
    """One column of the profile report and of the table.

    ``path`` is where an enrollment leads to the stored value, None where :mod:`learner_cells` works it out.
    ``source`` names table and column for people.
    """

    key: str
    label: str | _StrPromise
    description: str | _StrPromise
    source: str
    privacy: Privacy
    path: str | None = None
    requires: Requirement | None = None
    kept_for_compatibility: bool = False


_USER = "user__"
_PROFILE = "user__profile__"

_COLUMNS = (
    Column("id", _("ID"), _("The number the system gave the account."), "auth_user.id", Privacy.IDENTIFIES, "user_id"),
    Column(
        "username",
        _("Username"),
        _("The public name of the account; it cannot be changed."),
        "auth_user.username",
        Privacy.IDENTIFIES,
        _USER + "username",
    ),
    Column(
        "name",
        _("Name"),
        _("The full name the learner entered."),
        "auth_userprofile.name",
        Privacy.IDENTIFIES,
        _PROFILE + "name",
    ),
    Column("email", _("Email"), _("The learner's e-mail address."), "auth_user.email", Privacy.CONTACT, _USER + "email"),
    Column(
        "language",
        _("Language"),
        _("No longer collected. It is not the language chosen in Account Settings."),
        "auth_userprofile.language",
        Privacy.DEMOGRAPHIC,
        _PROFILE + "language",
        kept_for_compatibility=True,
    ),
    Column(
        "location",
        _("Location"),
        _("No longer collected. See country."),
        "auth_userprofile.location",
        Privacy.DEMOGRAPHIC,
        _PROFILE + "location",
        kept_for_compatibility=True,
    ),
    Column(
        "year_of_birth",
        _("Year of birth"),
        _("Optional; learners can change it in Account Settings."),
        "auth_userprofile.year_of_birth",
        Privacy.DEMOGRAPHIC,
        _PROFILE + "year_of_birth",
    ),
    Column(
        "gender",
        _("Gender"),
        _("Optional. m: male, f: female, o: other or prefer not to say."),
        "auth_userprofile.gender",
        Privacy.DEMOGRAPHIC,
        _PROFILE + "gender",
    ),
    Column(
        "level_of_education",
        _("Level of education"),
        _(
            "Optional. p: doctorate, m: master's or professional degree, b: bachelor's degree, a: associate degree, "
            "hs: secondary/high school, jhs: junior secondary/middle school, el: elementary/primary school, "
            "none: no formal education, other: other education. Earlier codes are p_se and p_oth: doctorate."
        ),
        "auth_userprofile.level_of_education",
        Privacy.DEMOGRAPHIC,
        _PROFILE + "level_of_education",
    ),
    Column(
        "mailing_address",
        _("Mailing address"),
        _("No longer collected."),
        "auth_userprofile.mailing_address",
        Privacy.CONTACT,
        _PROFILE + "mailing_address",
        kept_for_compatibility=True,
    ),
    Column(
        "goals",
        _("Goals"),
        _("Why the learner signed up, in the learner's own words; asked at registration only."),
        "auth_userprofile.goals",
        Privacy.DEMOGRAPHIC,
        _PROFILE + "goals",
    ),
    Column(
        "enrollment_mode",
        _("Enrollment track"),
        _("The track the learner is enrolled in, such as audit or verified."),
        "student_courseenrollment.mode",
        Privacy.COURSE,
        "mode",
    ),
    Column(
        "verification_status",
        _("Verification status"),
        _("ID Verified, Not ID Verified, or N/A where the learner's track does not ask for it."),
        "verify_student_*",
        Privacy.COURSE,
    ),
    Column(
        "cohort",
        _("Cohort"),
        _("The learner's cohort in this course, or [unassigned]."),
        "course_groups_courseusergroup.name",
        Privacy.COURSE,
        requires=Requirement.COHORTS,
    ),
    Column(
        "team",
        _("Team"),
        _("The learner's team in this course, or [unavailable]."),
        "teams_courseteam.name",
        Privacy.COURSE,
        requires=Requirement.TEAMS,
    ),
    Column(
        "city",
        _("City"),
        _("The city from Account Settings if there is one, otherwise that given at registration."),
        "auth_userprofile.meta, auth_userprofile.city",
        Privacy.DEMOGRAPHIC,
    ),
    Column(
        "country",
        _("Country"),
        _("The two-letter code of the country or region the learner chose."),
        "auth_userprofile.country",
        Privacy.DEMOGRAPHIC,
        _PROFILE + "country",
    ),
    # Not among the guide's columns; a site can ask for them.
    Column(
        "first_name",
        _("First name"),
        _("Filled by some sign-in providers only."),
        "auth_user.first_name",
        Privacy.IDENTIFIES,
        _USER + "first_name",
    ),
    Column(
        "last_name",
        _("Last name"),
        _("Filled by some sign-in providers only."),
        "auth_user.last_name",
        Privacy.IDENTIFIES,
        _USER + "last_name",
    ),
    Column(
        "is_staff",
        _("Global staff"),
        _("Whether the account is global staff."),
        "auth_user.is_staff",
        Privacy.COURSE,
        _USER + "is_staff",
    ),
    Column(
        "date_joined",
        _("Date joined"),
        _("When the account was made (UTC)."),
        "auth_user.date_joined",
        Privacy.COURSE,
        _USER + "date_joined",
    ),
    Column(
        "last_login",
        _("Last sign-in"),
        _("When the learner last signed in (UTC)."),
        "auth_user.last_login",
        Privacy.COURSE,
        _USER + "last_login",
    ),
    Column(
        "enrollment_date",
        _("Enrollment date"),
        _("When the learner first enrolled in this course (UTC)."),
        "student_courseenrollment.created",
        Privacy.COURSE,
        "created",
    ),
    Column(
        "external_user_key",
        _("External user key"),
        _("The learner's key at the institution of a program."),
        "program_enrollments_programenrollment.external_user_key",
        Privacy.IDENTIFIES,
    ),
)

CATALOGUE: dict[str, Column] = {column.key: column for column in _COLUMNS}

GUIDE_COLUMNS: tuple[str, ...] = tuple(CATALOGUE)[: tuple(CATALOGUE).index("country") + 1]
"""The columns of the guide's student profile report, in its order."""


def get_column(key: str) -> Column:
    """Return the column of this key; ``meta.<name>`` is the value of that name in the profile's ``meta``.

    Raises UnknownColumn.
    """
    if key in CATALOGUE:
        return CATALOGUE[key]
    name = key.removeprefix(META_PREFIX)
    if key.startswith(META_PREFIX) and name and "." not in name and name.isprintable():
        return Column(
            key,
            name,
            _("A value that this site's registration form or Account Settings keeps under this name."),
            "auth_userprofile.meta",
            Privacy.IDENTIFIES,
        )
    raise UnknownColumn(key)


def site_attribute(name: str) -> Column:
    """A column of what accounts of this site have under this name, a field or property the site itself has added."""
    return Column(
        name, name, _("An attribute that this site has added to accounts."), f"User.{name}", Privacy.IDENTIFIES
    )


def is_known(key: object) -> bool:
    """Whether a column of this key can be made."""
    if not isinstance(key, str):
        return False
    try:
        get_column(key)
    except UnknownColumn:
        return False
    return True
