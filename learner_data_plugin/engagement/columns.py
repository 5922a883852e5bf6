"""Columns of what learners did, which the table and the profile report offer and leave off unless somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..columns.base import Column, LearnerBatch, Privacy
from ..platform import api as platform_api
from . import recent, store
from .periods import Period, today

_LONGEST = 30
_BEGINNING = date(2012, 1, 1)


def last_active(batch: LearnerBatch) -> list[date | str]:
    """The last day (UTC) on which each learner is known to have been active (1 query)."""
    latest = recent.last_active(batch.course_key, batch.user_ids)
    return [latest.get(user_id, "") for user_id in batch.user_ids]


def days_active(number: int) -> Callable[[LearnerBatch], list[int]]:
    """Return a function that counts the days on which each learner was active, of the last ones, today included."""

    def compute(batch: LearnerBatch) -> list[int]:
        active = batch.once("active_days", lambda: _active_days(batch))
        since = today() - timedelta(days=number - 1)
        return [sum(day >= since for day in active.get(user_id, ())) for user_id in batch.user_ids]

    return compute


def number_of(*names: str) -> Callable[[LearnerBatch], list[int | str]]:
    """Return a function that sums counts of :class:`store.Counts`; blank for those of whom nothing is known."""

    def compute(batch: LearnerBatch) -> list[int | str]:
        counts = batch.once("counts", lambda: _counts(batch))
        none: int | str = 0 if batch.once("known", lambda: store.known_since(batch.course_key)) else ""
        found = (counts.get(user_id) for user_id in batch.user_ids)
        return [none if one is None else sum(getattr(one, name) for name in names) for one in found]

    return compute


def _active_days(batch: LearnerBatch) -> dict[int, set[date]]:
    """The days of the last 30 on which each learner was active (1 query)."""
    period = Period(today() - timedelta(days=_LONGEST - 1), today())
    return recent.active_days(batch.course_key, batch.user_ids, period)


def grades(batch: LearnerBatch) -> list[float | str]:
    """The grade that the platform keeps of each learner, in percent; blank where it keeps none (1 query)."""
    rows = platform_api.course_grades(batch.course_key).filter(user_id__in=batch.user_ids)
    found = dict(rows.values_list("user_id", "percent_grade"))
    return [round(100 * found[user_id], 1) if user_id in found else "" for user_id in batch.user_ids]


def _counts(batch: LearnerBatch) -> dict[int, store.Counts]:
    """What each learner did in all, as far as it was recorded or imported (2 queries)."""
    counts = store.counts(batch.course_key, first=_BEGINNING, last=today(), users=batch.user_ids)
    return {count.user_id: count for count in counts}


def _column(key: str, label: Any, description: Any, source: str, compute: Callable[[LearnerBatch], Any]) -> Column:
    return Column(key, label, description, source, Privacy.COURSE, compute=compute, optional=True)


GRADE = _column(
    "grade",
    _("Grade so far"),
    _("The grade in percent that the platform keeps of the learner, as of the last change of a score; blank for none yet."),
    "grades_persistentcoursegrade.percent_grade",
    grades,
)
_ITEMS = "learner_data_plugin_learnerdayitem"
COLUMNS = (
    _column(
        "last_active",
        _("Last active"),
        _("The last day (UTC) on which the learner is known to have been in the course."),
        "learner_data_plugin_learnerday.day",
        last_active,
    ),
    _column(
        "days_active_7",
        _("Days active in the last 7"),
        _("Days (UTC) on which the learner was in the course, of the last 7, today included."),
        "learner_data_plugin_learnerday.day",
        days_active(7),
    ),
    _column(
        "days_active_30",
        _("Days active in the last 30"),
        _("Days (UTC) on which the learner was in the course, of the last 30, today included."),
        "learner_data_plugin_learnerday.day",
        days_active(30),
    ),
    _column(
        "problems_tried",
        _("Problems tried"),
        _("Problems for which the learner submitted an answer, as far as it was recorded."),
        _ITEMS,
        number_of("problems_attempted"),
    ),
    _column(
        "problems_correct",
        _("Problems correct"),
        _("Problems with at least one correct answer, as far as it was recorded."),
        _ITEMS,
        number_of("problems_correct"),
    ),
    _column(
        "videos_played",
        _("Videos played"),
        _("Videos that the learner began to play, each once, as far as it was recorded."),
        _ITEMS,
        number_of("videos"),
    ),
    _column(
        "discussion_posts",
        _("Posts in discussions"),
        _("Posts, responses and comments of the learner, as far as it was recorded."),
        _ITEMS,
        number_of("threads", "responses", "comments"),
    ),
    GRADE,
)
