"""Who just joined or came, who has not, and who tries and fails: filters of enrollments, for the table and for reports."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..models import EngagementCourse, LearnerDay
from ..platform import api as platform_api
from . import answers
from .periods import DAY, WEEK, Period, midnight, monday_of, today

ACTIVITY = ("never", "inactive_7", "inactive_14", "struggling", "active_last_week", "joined_7")
"""``never``: never active; ``inactive_N``: not so for N days, those who never were included; ``struggling``: tried problems in
the last 14 days, none of them correctly; ``active_last_week``: active from Monday to Sunday of the last week that is over;
``joined_7``: first enrolled in the last 7 days."""

LABELS = {
    "never": _("Never started"),
    "inactive_7": _("Not active for 7 days"),
    "inactive_14": _("Not active for 14 days"),
    "struggling": _("Struggling"),
    "active_last_week": _("Active last week"),
    "joined_7": _("Joined in the last 7 days"),
}
"""What each preset is called for people."""

JOINED_DAYS = 7

_TELLS_OF = {
    "never": ("last_active",),
    "inactive_7": ("last_active", "days_active_7"),
    "inactive_14": ("last_active",),
    "struggling": ("last_active", "problems_tried", "problems_correct"),
    "active_last_week": ("last_active", "days_active_7"),
    "joined_7": ("enrollment_date",),
}
"""The columns of which each preset tells something."""


def offered(org: str | None) -> tuple[str, ...]:
    """The presets that an organization's course teams have."""
    return telling_nothing_of(configuration.private_columns(org))


def telling_nothing_of(private: Container[str]) -> tuple[str, ...]:
    """The presets that tell nothing of these columns."""
    return tuple(preset for preset in ACTIVITY if not any(column in private for column in _TELLS_OF[preset]))


def filter_by_activity(enrollments: QuerySet, course_key: CourseKey, preset: str) -> QuerySet:
    """Return the enrollments of those learners (1 query at once, for the number of the course).

    Active are those whose activity was recorded or imported, and those of whom a completion, a course goal's day or, for
    ``never``, any state of a block tells. Struggling is known as far as answers were recorded or imported.
    """
    if preset == "joined_7":
        return enrollments.filter(created__gte=midnight(today() - (JOINED_DAYS - 1) * DAY))
    course = EngagementCourse.objects.filter(course_id=course_key).values_list("id", flat=True).first() or 0
    if preset == "struggling":
        return enrollments.filter(user_id__in=answers.struggling().filter(course_id=course).values("user_id"))
    days = LearnerDay.objects.filter(course_id=course, user_id=OuterRef("user_id"))
    goals = platform_api.UserActivity.objects.filter(user_id=OuterRef("user_id"), course_key=course_key)
    completions = platform_api.BlockCompletion.objects.filter(user_id=OuterRef("user_id"), context_key=course_key)
    if preset == "active_last_week":
        week = Period.week_from(monday_of(today()) - WEEK)
        interval = (week.first, week.last)
        # Completed first in the week, or last, as in the chart of weekly activity.
        within = Q(modified__lt=week.end) | Q(created__gte=week.start, created__lt=week.end)
        completed = completions.filter(within, modified__gte=week.start)
        found = (days.filter(day__range=interval), goals.filter(date__range=interval), completed)
        return enrollments.filter(_any_of(*found))
    if preset == "never":
        states = platform_api.StudentModule.objects.filter(student_id=OuterRef("user_id"), course_id=course_key)
        return enrollments.exclude(_any_of(days, goals, completions, states))
    first = today() - timedelta(days=int(preset.removeprefix("inactive_")) - 1)
    since = (days.filter(day__gte=first), goals.filter(date__gte=first), completions.filter(modified__gte=midnight(first)))
    return enrollments.exclude(_any_of(*since))


def _any_of(*sources: QuerySet) -> Q:
    return reduce(or_, (Q(Exists(source)) for source in sources))
