"""What stored codes are called for people; files and the API keep the codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, pgettext_lazy
from django_countries import countries

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Labels = Mapping[str, "str | _StrPromise"]

GENDERS: Labels = {
    "f": gettext_lazy("Female"),
    "m": gettext_lazy("Male"),
    "o": gettext_lazy("Other/Prefer not to say"),
}
EDUCATION: Labels = {
    "p": gettext_lazy("Doctorate"),
    "m": gettext_lazy("Master's or professional degree"),
    "b": gettext_lazy("Bachelor's degree"),
    "a": gettext_lazy("Associate degree"),
    "hs": gettext_lazy("Secondary/high school"),
    "jhs": gettext_lazy("Junior secondary/middle school"),
    "el": gettext_lazy("Elementary/primary school"),
    "none": gettext_lazy("No formal education"),
    "other": gettext_lazy("Other education"),
}
EARLIER_EDUCATION = {"p_se": "p", "p_oth": "p"}
"""Doctorates were once told apart by field."""

TRACKS: Labels = {
    "audit": pgettext_lazy("enrollment track", "Audit"),
    "honor": pgettext_lazy("enrollment track", "Honor"),
    "verified": pgettext_lazy("enrollment track", "Verified"),
    "professional": pgettext_lazy("enrollment track", "Professional"),
    "no-id-professional": pgettext_lazy("enrollment track", "Professional, without ID verification"),
    "credit": pgettext_lazy("enrollment track", "Credit"),
    "masters": pgettext_lazy("enrollment track", "Master's"),
}
_VERIFICATION: Labels = {
    "N/A": pgettext_lazy("verification", "Not needed"),
    "Not ID Verified": gettext_lazy("Not verified"),
    "ID Verified": gettext_lazy("Verified"),
}
_NO_COHORT: Labels = {"[unassigned]": gettext_lazy("No cohort")}
_NO_TEAM: Labels = {"[unavailable]": gettext_lazy("No team")}

CODED = ("gender", "level_of_education", "country", "enrollment_mode", "verification_status", "cohort", "team")
"""Keys of columns that hold codes."""


def track_name(slug: str, track_names: Mapping[str, str]) -> str:
    """Return what a track is called: by the course team, or else by its slug."""
    return track_names.get(slug) or str(TRACKS.get(slug, slug))


def words(key: str, codes: Collection[str]) -> dict[str, str]:
    """Return what these codes of a column are called; those that are words already are left out."""
    if key == "enrollment_mode":
        found = {code: track_name(code, {}) for code in codes}
    elif key == "country":
        found = {code: str(countries.name(code)) for code in codes if code}
    else:
        labels = {
            "gender": GENDERS,
            "level_of_education": {**EDUCATION, **{code: EDUCATION[new] for code, new in EARLIER_EDUCATION.items()}},
            "verification_status": _VERIFICATION,
            "cohort": _NO_COHORT,
            "team": _NO_TEAM,
        }.get(key, {})
        found = {code: str(labels[code]) for code in codes if code in labels}
    return {code: word for code, word in found.items() if word and word != code}
