"""Who is enrolled: learners by what they told about themselves, and by track."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from ..columns import words
from ..columns.catalogue import get_column
from ..columns.words import Labels
from ..data import Chart, ChartKind, ChartRow

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOT_REPORTED = "not_reported"
TOGETHER = "together"
OTHER = "unknown_code"
"""Keys of the groups that are no answer: nothing told, several groups combined, and a code nobody knows."""

OLDEST = 120
"""The platform offers this many years of birth, this year's the first; others are no answer."""

_BANDS = ((18, "0-17"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"), (OLDEST, "65+"))
_AGES: Labels = {
    "0-17": gettext_lazy("Under 18"),
    **{band: band.replace("-", "–") for _end, band in _BANDS[1:-1]},
    "65+": gettext_lazy("65 and over"),
}


@dataclass(frozen=True)
class _Subject:
    """What one chart is about.

    ``group_of`` leads from a stored value to the key of a group, '' for no answer, ``label_of`` from there, and from the names
    that the course team gave to tracks, to what the group is called; groups in ``labels`` stand in that order,
    others by size. ``column`` is the catalogue's, so that a private one has no chart.
    """

    name: str
    column: str
    title: str | _StrPromise
    description: str | _StrPromise
    group_of: Callable[[Any], str]
    label_of: Callable[[str, Mapping[str, str]], str]
    order: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where the stored answer is, from the enrollment."""
        return str(get_column(self.column).path)


def group_of(name: str, answer: Any) -> str:
    """Return the group of a stored answer in the chart of this name."""
    return SUBJECTS[name].group_of(answer) or NOT_REPORTED


def draw(
    name: str, groups: Mapping[str, int], *, enrolled: int | None, track_names: Mapping[str, str], note: str = ""
) -> Chart:
    """Return the chart of this name with these groups."""
    subject = SUBJECTS[name]
    rows = _rows(groups, subject, track_names, enrolled or 0)
    return Chart(subject.name, str(subject.title), str(subject.description), ChartKind.BARS, rows, note)


def _rows(
    groups: Mapping[str, int], subject: _Subject, track_names: Mapping[str, str], enrolled: int
) -> tuple[ChartRow, ...]:
    labels = {NOT_REPORTED: _("Not reported"), OTHER: _("Other"), TOGETHER: _("Other (combined)")}
    band = _merged_band(groups) if subject.name == "age" else None
    if band:
        labels[TOGETHER] = band.label

    def place(key: str) -> tuple[int, int, str]:
        if band and key == TOGETHER:
            return (0, band.place, key)
        if key in (TOGETHER, NOT_REPORTED):
            return (2, (TOGETHER, NOT_REPORTED).index(key), key)
        return (0, subject.order.index(key), key) if key in subject.order else (1, -groups[key], key)

    return tuple(
        ChartRow(
            key=key,
            label=labels.get(key) or subject.label_of(key, track_names),
            count=groups[key],
            share=min(1.0, groups[key] / enrolled) if enrolled else None,
            muted=key == NOT_REPORTED or (key == TOGETHER and not band),
        )
        for key in sorted(groups, key=place)
    )


@dataclass(frozen=True)
class _MergedBand:
    """What the combined groups of ages are called where they are neighbors, and where in their order they stand."""

    label: str
    place: int


def _merged_band(groups: Mapping[str, int]) -> _MergedBand | None:
    """Return the band that the age groups which are not shown make together, None where they are no neighbors.

    It follows from which groups are shown, so it tells nothing that the numbers do not tell.
    """
    bands = [band for _end, band in _BANDS]
    hidden = [place for place, band in enumerate(bands) if band not in groups]
    if TOGETHER not in groups or not hidden or hidden[-1] - hidden[0] + 1 != len(hidden) or len(hidden) == len(bands):
        return None
    first, last = bands[hidden[0]].partition("-")[0].rstrip("+"), _BANDS[hidden[-1]][0] - 1
    if hidden[-1] == len(bands) - 1:
        label = _("{age} and over").format(age=first)
    elif hidden[0] == 0:
        label = _("Under {age}").format(age=last + 1)
    else:
        label = f"{first}–{last}"
    if NOT_REPORTED not in groups:
        label = _("{ages}, or not reported").format(ages=label)
    return _MergedBand(label, hidden[0])


def _coded(labels: Labels, earlier: Mapping[str, str] | None = None) -> Callable[[str | None], str]:
    def group_of(code: str | None) -> str:
        code = (earlier or {}).get(code or "", code or "")
        # A code nobody knows joins the platform's own "other" where it has one.
        return code if not code or code in labels else next((key for key in ("o", "other") if key in labels), OTHER)

    return group_of


def age_group(year_of_birth: int | None, *, year: int) -> str:
    """Return the age group that somebody is in at the end of a year, '' for no or no possible year of birth."""
    age = year - (year_of_birth or 0)
    return next((band for end, band in _BANDS if age < end), "") if age >= 0 else ""


def _country_group(code: str | None) -> str:
    code = (code or "").upper()
    return code if not code or countries.name(code) else OTHER


def _from(labels: Labels) -> Callable[[str, Mapping[str, str]], str]:
    return lambda key, _track_names: str(labels[key])


def _country_name(code: str, _track_names: Mapping[str, str]) -> str:
    return str(countries.name(code))


def _track_name(slug: str, track_names: Mapping[str, str]) -> str:
    return words.track_name(slug, track_names)


_ALL = (
    _Subject(
        "gender",
        "gender",
        gettext_lazy("Gender"),
        gettext_lazy("From the learner's profile; the answer is optional."),
        _coded(words.GENDERS),
        _from(words.GENDERS),
        tuple(words.GENDERS),
    ),
    _Subject(
        "enrollment_track",
        "enrollment_mode",
        gettext_lazy("Enrollment track"),
        gettext_lazy("Current enrollment track."),
        lambda slug: slug or "",
        _track_name,
    ),
    _Subject(
        "age",
        "year_of_birth",
        gettext_lazy("Age"),
        gettext_lazy("Age reached this year, from the year of birth in the learner's profile; the answer is optional."),
        lambda year_of_birth: age_group(year_of_birth, year=datetime.now(UTC).year),
        _from(_AGES),
        tuple(_AGES),
    ),
    _Subject(
        "education",
        "level_of_education",
        gettext_lazy("Highest level of education"),
        gettext_lazy("Highest level of education completed, from the learner's profile; the answer is optional."),
        _coded(words.EDUCATION, words.EARLIER_EDUCATION),
        _from(words.EDUCATION),
        tuple(words.EDUCATION),
    ),
    _Subject(
        "country",
        "country",
        gettext_lazy("Country or region"),
        gettext_lazy("Country or region of residence, from the learner's profile."),
        _country_group,
        _country_name,
    ),
)

SUBJECTS = {subject.name: subject for subject in _ALL}
"""What the charts are about, in order."""
