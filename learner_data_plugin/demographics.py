"""Who is enrolled: learners counted by what they told about themselves and by track, small groups protected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_countries import countries
from opaque_keys.edx.keys import CourseKey

from . import platform_api, small_groups
from .columns import get_column
from .data import Chart, ChartKind, ChartRow

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOT_REPORTED = "not_reported"
TOGETHER = "together"
OTHER = "unknown_code"
"""Keys of the groups that are no answer: nothing told, hidden groups taken together, and a code nobody knows."""

MOST_COUNTRIES = 12
"""Countries shown on their own, the largest ones."""

OLDEST = 120
"""The platform offers this many years of birth, this year's the first; others are no answer."""

_BANDS = ((18, "0-17"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"), (OLDEST, "65+"))
_EARLIER_CODES = {"p_se": "p", "p_oth": "p"}
"""Doctorates were once told apart by field."""

Labels = Mapping[str, "str | _StrPromise"]

_GENDERS: Labels = {
    "f": gettext_lazy("Female"),
    "m": gettext_lazy("Male"),
    "o": gettext_lazy("Other/Prefer not to say"),
}
_EDUCATION: Labels = {
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
_AGES: Labels = {
    "0-17": gettext_lazy("Under 18"),
    **{band: band.replace("-", "–") for _end, band in _BANDS[1:-1]},
    "65+": gettext_lazy("65 and over"),
}
_TRACKS: Labels = {
    "audit": pgettext_lazy("enrollment track", "Audit"),
    "honor": pgettext_lazy("enrollment track", "Honor"),
    "verified": pgettext_lazy("enrollment track", "Verified"),
    "professional": pgettext_lazy("enrollment track", "Professional"),
    "no-id-professional": pgettext_lazy("enrollment track", "Professional, without ID verification"),
    "credit": pgettext_lazy("enrollment track", "Credit"),
    "masters": pgettext_lazy("enrollment track", "Master's"),
}


@dataclass(frozen=True)
class _Subject:
    """What one chart is about.

    ``group_of`` leads from a stored value to the key of a group, '' for no answer; groups in ``labels`` stand in that order,
    others by size. ``column`` is the catalogue's, so that a private one has no chart.
    """

    name: str
    column: str
    title: str | _StrPromise
    description: str | _StrPromise
    group_of: Callable[[Any], str]
    label_of: Callable[[CourseKey], Callable[[str], str]]
    order: tuple[str, ...] = ()
    most: int | None = None


def read_chart(course_key: CourseKey, name: str, *, minimum: int) -> Chart:
    """Return one of the charts, without groups of fewer learners than the minimum (1 query, 2 for the tracks)."""
    subject = next(subject for subject in _SUBJECTS if subject.name == name)
    counts = _count(course_key, subject)
    protected = small_groups.protect(counts, minimum=minimum, most=subject.most)
    if protected.withheld:
        rows: tuple[ChartRow, ...] = ()
        note = _(
            "Not shown: some groups have fewer than {minimum} learners, and the others are too few or too small to hide them "
            "among."
        ).format(minimum=small_groups.least_size(minimum))
    else:
        rows = _rows(counts, protected, subject, subject.label_of(course_key))
        note = _note(counts, protected, minimum) if rows else _("Nobody is enrolled.")
    return Chart(subject.name, str(subject.title), str(subject.description), ChartKind.BARS, rows, note)


def _count(course_key: CourseKey, subject: _Subject) -> Counter[str]:
    enrollments = platform_api.CourseEnrollment.objects.filter(course_id=course_key, is_active=True).order_by()
    path = get_column(subject.column).path
    found = platform_api.use_read_replica_if_available(enrollments.values_list(path).annotate(number=Count("id")))
    counts: Counter[str] = Counter()
    for value, number in found:
        counts[subject.group_of(value) or NOT_REPORTED] += number
    return counts


def _rows(
    counts: Mapping[str, int], protected: small_groups.Protected, subject: _Subject, label_of: Callable[[str], str]
) -> tuple[ChartRow, ...]:
    everyone = sum(counts.values())
    labels = {NOT_REPORTED: _("Not reported"), OTHER: _("Other"), TOGETHER: _("All others, together")}

    def place(key: str) -> tuple[int, int]:
        if key == NOT_REPORTED:
            return (2, 0)
        return (0, subject.order.index(key)) if key in subject.order else (1, -counts[key])

    groups = [(key, counts[key]) for key in sorted(protected.shown, key=place)]
    if protected.together:
        groups.insert(len(groups) - (NOT_REPORTED in protected.shown), (TOGETHER, protected.together))
    return tuple(
        ChartRow(
            key=key,
            label=labels.get(key) or label_of(key),
            count=count,
            share=count / everyone,
            muted=key in (NOT_REPORTED, TOGETHER),
        )
        for key, count in groups
    )


def _note(counts: Mapping[str, int], protected: small_groups.Protected, minimum: int) -> str:
    least = small_groups.least_size(minimum)
    if not protected.together:
        return ""
    if min(count for count in counts.values() if count) >= least:
        return _("Smaller groups are taken together.")
    if any(count >= least and key not in protected.shown for key, count in counts.items()):
        return _(
            "“All others” holds groups of fewer than {minimum} learners, and larger ones as well, so that the small ones "
            "cannot be worked out."
        ).format(minimum=least)
    return _("Groups of fewer than {minimum} learners are hidden among “All others”.").format(minimum=least)


def _coded(labels: Labels, earlier: Mapping[str, str] | None = None) -> Callable[[str | None], str]:
    def group_of(code: str | None) -> str:
        code = (earlier or {}).get(code or "", code or "")
        # A code nobody knows joins the platform's own "other" where it has one.
        return code if not code or code in labels else next((key for key in ("o", "other") if key in labels), OTHER)

    return group_of


def _age_group(year_of_birth: int | None) -> str:
    age = datetime.now(UTC).year - (year_of_birth or 0)
    return next((band for end, band in _BANDS if age < end), "") if age >= 0 else ""


def _country_group(code: str | None) -> str:
    code = (code or "").upper()
    return code if not code or countries.name(code) else OTHER


def _from(labels: Labels) -> Callable[[CourseKey], Callable[[str], str]]:
    return lambda _course_key: lambda key: str(labels[key])


def _country_names(_course_key: CourseKey) -> Callable[[str], str]:
    return lambda code: str(countries.name(code))


def _track_names(course_key: CourseKey) -> Callable[[str], str]:
    given = platform_api.track_names(course_key)
    return lambda slug: given.get(slug) or str(_TRACKS.get(slug, slug))


_SUBJECTS = (
    _Subject(
        "gender",
        "gender",
        gettext_lazy("Gender"),
        gettext_lazy("What learners chose in their account; the answer is optional."),
        _coded(_GENDERS),
        _from(_GENDERS),
        tuple(_GENDERS),
    ),
    _Subject(
        "enrollment_track",
        "enrollment_mode",
        gettext_lazy("Enrollment track"),
        gettext_lazy("The track that learners are in at this moment."),
        lambda slug: slug or "",
        _track_names,
        most=MOST_COUNTRIES,
    ),
    _Subject(
        "age",
        "year_of_birth",
        gettext_lazy("Age"),
        gettext_lazy("Age reached this year, from the year of birth in the account; the answer is optional."),
        _age_group,
        _from(_AGES),
        tuple(_AGES),
    ),
    _Subject(
        "education",
        "level_of_education",
        gettext_lazy("Highest level of education"),
        gettext_lazy("Highest level of education completed, as told in the account; the answer is optional."),
        _coded(_EDUCATION, _EARLIER_CODES),
        _from(_EDUCATION),
        tuple(_EDUCATION),
    ),
    _Subject(
        "country",
        "country",
        gettext_lazy("Country or region"),
        gettext_lazy("Country or region of residence, as told in the account."),
        _country_group,
        _country_names,
        most=MOST_COUNTRIES,
    ),
)

CHART_COLUMNS = {subject.name: subject.column for subject in _SUBJECTS}
"""The charts, in order, and the column of the catalogue that each is about."""
