"""The learner engagement report: what everyone who was enrolled did on one day, or in one week."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from opaque_keys.edx.keys import CourseKey
from rest_framework.serializers import DateField

from .. import configuration
from ..engagement import periods, rows
from ..engagement.known import read_known_periods
from ..engagement.periods import DAY, Period
from ..exceptions import InvalidSelection, PeriodNotOver
from ..export.base import Batch
from ..learners import queries
from .base import Report, ReportColumn, StoredSelection

_EARLIEST = date(2012, 1, 2)
"""The Monday of the first week of the year in which Open edX began."""

_MOST_SAID = 3
"""Pieces of the days that are known; each outage begins another."""

_COLUMN_OF_CATALOGUE = {"Username": "username", "Email": "email", "Cohort": "cohort"}
"""Columns that a site may have made private."""


class _EngagementReport(Report):
    """What both reports have in common; a period is named by its last day."""

    last_day: ClassVar[str]
    header: ClassVar[Sequence[str]]
    is_of_a_period = True
    key_columns = ("Username",)
    not_compared = ("Date", "End Date", "Course ID")

    def due_on(self, selection: StoredSelection, day: date) -> StoredSelection:
        return {**selection, self.last_day: self._latest_on(day).isoformat()}

    def completed(self, selection: StoredSelection) -> StoredSelection:
        return {self.last_day: self._latest().isoformat(), **selection}

    def contents(self, course_key: CourseKey, selection: StoredSelection) -> list[str]:
        return [self._said(self._last(selection))]

    def file_name_part(self, selection: StoredSelection, *, made: datetime) -> str:
        return f"{self.file_stem}_{self._last(selection).isoformat()}"

    def check(self, course_key: CourseKey, selection: StoredSelection) -> None:
        self._period(selection)

    def columns(self, course_key: CourseKey, selection: StoredSelection) -> Sequence[ReportColumn]:
        private = configuration.private_columns(course_key.org)
        return [ReportColumn(name) for name in self.header if _COLUMN_OF_CATALOGUE.get(name) not in private]

    def count(self, course_key: CourseKey, selection: StoredSelection) -> int:
        return queries.count_learners(course_key)

    def batches(
        self, course_key: CourseKey, selection: StoredSelection, *, columns: Sequence[Any]
    ) -> Iterator[Batch]:
        wanted = {column.key for column in columns}
        places = [0, *(place for place, name in enumerate(self.header, 1) if name in wanted)]
        size = configuration.value("BATCH_SIZE", org=course_key.org)
        for batch in rows.read_rows(course_key, self._period(selection), batch_size=size):
            yield [batch[place] for place in places]

    def _said(self, last: date) -> str:
        """The period that ends with this day, for people."""
        return date_format(last)

    def _latest(self) -> date:
        return self._latest_on(periods.today())

    @abstractmethod
    def _latest_on(self, day: date) -> date:
        """The last day of the latest period that is over on a day."""

    @abstractmethod
    def _period(self, selection: StoredSelection) -> Period:
        """The period that was chosen. Raises PeriodNotOver, and InvalidSelection for a day that ends none."""

    def _chosen(self, selection: StoredSelection) -> date:
        day = self._last(selection)
        if day >= periods.today():
            raise PeriodNotOver
        if day < _EARLIEST:
            raise InvalidSelection(_("There were no courses before {year}.").format(year=_EARLIEST.year))
        return day

    def _last(self, selection: StoredSelection) -> date:
        return date.fromisoformat(self.completed(selection)[self.last_day])


def _days(days: Sequence[Period]) -> str:
    """Days that are known, for people: the latest where they are in many pieces."""
    if not days:
        # Translators: this and the next end "complete data: discussions …".
        return str(_("not yet"))
    said = [_said(period) for period in days[-_MOST_SAID:]]
    if days[-1].last == periods.today() - DAY:
        said[-1] = str(_("from {day}")).format(day=date_format(days[-1].first))
    return ", ".join(["…", *said] if len(days) > _MOST_SAID else said)


def _said(period: Period) -> str:
    first, last = date_format(period.first), date_format(period.last)
    return first if first == last else f"{first} – {last}"


class EngagementDaily(_EngagementReport):
    """A row for everyone enrolled at the end of a day (UTC), by default yesterday."""

    name = "engagement_daily"
    label = _("Learner engagement (day)")
    file_stem = "student_engagement_daily"
    parameters = {"date": DateField(required=False, help_text="The day (UTC), before today; yesterday unless given.")}
    last_day = "date"
    period_parameters = ("date",)
    header = rows.HEADER_OF_DAY

    def note(self, course_key: CourseKey) -> str:
        """Return what is to be known about both reports: since when, and before that on which days, each source is complete."""
        known = read_known_periods(course_key)
        sentence = _(
            "In the learner engagement reports, 0 means none, and a blank cell means not known. Complete data (UTC): visits, "
            "videos, textbook pages and last subsections {events}; problem attempts {problems}; discussions {posts}."
        )
        return str(sentence).format(
            events=_days(known.events),
            problems=_days(known.problems),
            posts=_("from the beginning") if known.posts is None else _days(known.posts),
        )

    def _latest_on(self, day: date) -> date:
        return day - DAY

    def _period(self, selection: StoredSelection) -> Period:
        return Period.day(self._chosen(selection))


class EngagementWeekly(_EngagementReport):
    """A row for everyone enrolled at the end of a week from Monday to Sunday (UTC), by default the last one."""

    name = "engagement_weekly"
    label = _("Learner engagement (week)")
    file_stem = "student_engagement_weekly"
    parameters = {
        "end_date": DateField(
            required=False, help_text="The Sunday (UTC) that ends the week, before today; the last one unless given."
        )
    }
    last_day = "end_date"
    period_parameters = ("end_date",)
    rhythms = ("week", "month")
    header = rows.HEADER_OF_WEEK

    def _said(self, last: date) -> str:
        return _said(Period.week_until(last))

    def _latest_on(self, day: date) -> date:
        return periods.monday_of(day) - DAY

    def _period(self, selection: StoredSelection) -> Period:
        sunday = self._chosen(selection)
        if sunday.weekday() != 6:
            raise InvalidSelection(_("'end_date' must be a Sunday: weeks go from Monday to Sunday."))
        return Period.week_until(sunday)
