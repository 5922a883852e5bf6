"""Weekly learner activity: how many were active, watched a video, tried a problem, and took part in discussions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from opaque_keys.edx.keys import CourseKey

from ..data import Chart, ChartKind, ChartRow
from ..engagement.weeks import SECONDS, read_weeks

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Weeks:
    """Learners by the Monday (ISO) of their week, the running week last; None where a number is not known or not shown.

    ``known_since`` is the day (ISO) from which on the numbers are complete, '' where they are not.
    """

    counts: Mapping[str, int | None]
    known_since: str


@dataclass(frozen=True)
class _Series:
    """One of the charts, and which of the numbers of a week it shows."""

    number: str
    title: str | _StrPromise
    description: str | _StrPromise


SERIES = {
    "active_learners": _Series(
        "active",
        gettext_lazy("Active learners per week"),
        gettext_lazy("Learners who did anything in the course at least once in a week (Monday to Sunday, UTC)."),
    ),
    "learners_watching_videos": _Series(
        "watched_video",
        gettext_lazy("Learners who watched a video, per week"),
        gettext_lazy("Learners who began to play a video at least once in a week (Monday to Sunday, UTC)."),
    ),
    "learners_trying_problems": _Series(
        "tried_problem",
        gettext_lazy("Learners who tried a problem, per week"),
        gettext_lazy("Learners who submitted an answer to a problem at least once in a week (Monday to Sunday, UTC)."),
    ),
    "learners_in_discussions": _Series(
        "discussed",
        gettext_lazy("Learners who took part in discussions, per week"),
        gettext_lazy("Learners who wrote a post, a response or a comment in a week (Monday to Sunday, UTC)."),
    ),
}
"""The charts by their names."""


def count_weeks(course_key: CourseKey, *, seconds: float = SECONDS) -> dict[str, Weeks]:
    """Return the weeks since the course began, by chart; queries and ``seconds`` as :func:`engagement.weeks.read_weeks`."""
    weeks = read_weeks(course_key, seconds=seconds)
    counted = {}
    for name, series in SERIES.items():
        since = weeks[-1].known_since[series.number] if weeks else None
        counts = {week.monday.isoformat(): week.counts[series.number] for week in weeks}
        is_anything = any(count is not None for count in counts.values())
        counted[name] = Weeks(counts if is_anything else {}, since.isoformat() if since else "")
    return counted


def no_weeks() -> dict[str, Weeks]:
    """Return charts without any week, by their names."""
    return {name: Weeks({}, "") for name in SERIES}


def draw(name: str, weeks: Weeks, *, enrolled: int | None, mark: str = "", note: str = "") -> Chart:
    """Return the chart of these weeks; ``mark`` is what is said of a number that is not shown, '' where it is not known."""
    series = SERIES[name]
    rows = [_row(week, count, enrolled, mark or _("not known")) for week, count in weeks.counts.items()]
    if rows:
        rows[-1] = replace(rows[-1], label=_("{week} (so far)").format(week=rows[-1].label), muted=True)
    sentences = [series.description, *_change(weeks.counts)]
    sentences += [_("Enrolled now or not; the share is of those enrolled now.")]
    if weeks.known_since:
        day = date_format(date.fromisoformat(weeks.known_since), "DATE_FORMAT")
        sentences.append(_("Known completely since {day}.").format(day=day))
    elif rows:
        sentences.append(_("Not known completely: there may have been more."))
    return Chart(name, str(series.title), " ".join(map(str, sentences)), ChartKind.COLUMNS, tuple(rows), note)


def _change(counts: Mapping[str, int | None]) -> list[str]:
    """What the last complete week was against the one before, where both are known."""
    complete = list(counts.values())[-3:-1]
    if len(complete) < 2 or None in complete:
        return []
    before, last = (count or 0 for count in complete)
    if last == before:
        return [_("Last complete week: {count}, as many as the week before.").format(count=_number(last))]
    more, fewer = _("Last complete week: {count}, {change} more than the week before."), _(
        "Last complete week: {count}, {change} fewer than the week before."
    )
    return [(more if last > before else fewer).format(count=_number(last), change=_number(abs(last - before)))]


def _number(number: int) -> str:
    return number_format(number, force_grouping=True)


def _row(week: str, count: int | None, enrolled: int | None, mark: str) -> ChartRow:
    label = date_format(date.fromisoformat(week), "DATE_FORMAT")
    if count is None:
        return ChartRow(week, label, None, None, mark=mark)
    return ChartRow(week, label, count, min(1.0, count / enrolled) if enrolled else None)
