"""The catalogue of columns: what can be said about a learner, where it comes from and how private it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from ..exceptions import UnknownColumn
from . import account, groups, verification
from .base import CATALOGUE, Column, Privacy, Requirement, register_column

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

META_PREFIX = "meta."

_IDENTIFIES, _CONTACT, _DEMOGRAPHIC, _COURSE = Privacy


def _stored(
    table: str, path: str, key: str, privacy: Privacy, label: _StrPromise, description: _StrPromise, **options: Any
) -> Column:
    """A column that is stored in this table under its own name."""
    return Column(key, label, description, f"{table}.{key}", privacy, path + key, **options)


_user = partial(_stored, "auth_user", "user__")
_profile = partial(_stored, "auth_userprofile", "user__profile__")

_GUIDE = (
    Column("id", _("ID"), _("The number the system gave the account."), "auth_user.id", _IDENTIFIES, "user_id"),
    _user("username", _IDENTIFIES, _("Username"), _("The public name of the account; it cannot be changed.")),
    _profile("name", _IDENTIFIES, _("Name"), _("The full name the learner entered.")),
    _user("email", _CONTACT, _("Email"), _("The learner's email address.")),
    _profile(
        "language", _DEMOGRAPHIC,
        _("Language"),
        _("No longer collected. It is not the language chosen in Account Settings."),
        kept_for_compatibility=True,
    ),
    _profile("location", _DEMOGRAPHIC, _("Location"), _("No longer collected. See country."), kept_for_compatibility=True),
    _profile("year_of_birth", _DEMOGRAPHIC, _("Year of birth"), _("Optional; learners can change it in Account Settings.")),
    _profile("gender", _DEMOGRAPHIC, _("Gender"), _("Optional. m: male, f: female, o: other or prefer not to say.")),
    _profile(
        "level_of_education", _DEMOGRAPHIC,
        _("Level of education"),
        _(
            "Optional. p: doctorate, m: master's or professional degree, b: bachelor's degree, a: associate degree, "
            "hs: secondary/high school, jhs: junior secondary/middle school, el: elementary/primary school, "
            "none: no formal education, other: other education. Earlier codes are p_se and p_oth: doctorate."
        ),
    ),
    _profile("mailing_address", _CONTACT, _("Mailing address"), _("No longer collected."), kept_for_compatibility=True),
    _profile(
        "goals", _DEMOGRAPHIC,
        _("Goals"),
        _("Why the learner signed up, in the learner's own words; asked at registration only."),
    ),
    Column(
        "enrollment_mode",
        _("Enrollment track"),
        _("The track the learner is enrolled in, such as audit or verified."),
        "student_courseenrollment.mode",
        _COURSE,
        "mode",
    ),
    Column(
        "verification_status",
        _("Verification status"),
        _("ID Verified, Not ID Verified, or N/A where the learner's track does not ask for it."),
        "verify_student_*",
        _COURSE,
        compute=verification.statuses,
        fields=("mode",),
        ahead=verification.verified_users,
    ),
    Column(
        "cohort",
        _("Cohort"),
        _("The learner's cohort in this course, or [unassigned]."),
        "course_groups_courseusergroup.name",
        _COURSE,
        groups.COHORT,
        missing=groups.UNASSIGNED,
        requires=Requirement.COHORTS,
    ),
    Column(
        "team",
        _("Team"),
        _("The learner's team in this course, or [unavailable]."),
        "teams_courseteam.name",
        _COURSE,
        groups.TEAM,
        missing=groups.UNAVAILABLE,
        requires=Requirement.TEAMS,
    ),
    Column(
        "city",
        _("City"),
        _("The city from Account Settings if there is one, otherwise that given at registration."),
        "auth_userprofile.meta, auth_userprofile.city",
        _DEMOGRAPHIC,
        compute=account.cities,
        fields=(account.META, account.CITY),
    ),
    _profile("country", _DEMOGRAPHIC, _("Country"), _("The two-letter code of the country or region the learner chose.")),
)
_OTHERS = (
    _user("first_name", _IDENTIFIES, _("First name"), _("Filled by some sign-in providers only.")),
    _user("last_name", _IDENTIFIES, _("Last name"), _("Filled by some sign-in providers only.")),
    _user("is_staff", _COURSE, _("Global staff"), _("Whether the account is global staff.")),
    _user("date_joined", _COURSE, _("Date joined"), _("When the account was made (UTC).")),
    _user("last_login", _COURSE, _("Last sign-in"), _("When the learner last signed in (UTC).")),
    Column(
        "enrollment_date",
        _("Enrollment date"),
        _("When the learner first enrolled in this course (UTC)."),
        "student_courseenrollment.created",
        _COURSE,
        "created",
    ),
    Column(
        "external_user_key",
        _("External user key"),
        _("The learner's key at the institution of a program."),
        "program_enrollments_programenrollment.external_user_key",
        _IDENTIFIES,
        account.EXTERNAL_USER_KEY,
    ),
)
"""Not among the guide's columns; a site can ask for them."""

for _column in (*_GUIDE, *_OTHERS):
    register_column(_column)

GUIDE_COLUMNS = tuple(column.key for column in _GUIDE)
"""The columns of the guide's student profile report, in its order."""


def get_column(key: str) -> Column:
    """Return the column of this key; ``meta.<name>`` is the value of that name in the profile's ``meta``.

    Raises UnknownColumn.
    """
    if key in CATALOGUE:
        return CATALOGUE[key]
    name = key.removeprefix(META_PREFIX)
    if key.startswith(META_PREFIX) and name and "." not in name and name.isprintable():
        said = _("A value that this site's registration form or Account Settings keeps under this name.")
        fields, compute = (account.META,), account.meta_values(name)
        return Column(key, name, said, "auth_userprofile.meta", _IDENTIFIES, compute=compute, fields=fields)
    raise UnknownColumn(key=key[:100])


def site_attribute(name: str) -> Column:
    """A column of what accounts of this site have under this name, a field or property the site itself has added."""
    said, compute = _("An attribute that this site has added to accounts."), account.attribute_values(name)
    return Column(name, name, said, f"User.{name}", _IDENTIFIES, compute=compute)


def is_known(key: object) -> bool:
    """Whether a column of this key can be made."""
    try:
        return isinstance(key, str) and bool(get_column(key))
    except UnknownColumn:
        return False
