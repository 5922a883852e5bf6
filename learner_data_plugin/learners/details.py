"""What stands beside a learner's row in the table: activity week by week, and where the platform shows the progress."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..data import LearnerDetails, Selection
from ..engagement import presets, recent
from ..engagement.periods import WEEK, Period, monday_of, today
from ..platform import api as platform_api
from . import queries

WEEKS = 12


def shown_weeks() -> list[date]:
    """The Mondays (UTC) of the last weeks, oldest first, the running one included."""
    last = monday_of(today())
    return [last - number * WEEK for number in range(WEEKS - 1, -1, -1)]


def read_details(course_key: CourseKey, usernames: Collection[str]) -> dict[str, LearnerDetails]:
    """Return the details of those of these learners who are enrolled, by username (4 queries, however many)."""
    enrollments = queries.present(queries.enrollments_of(course_key, Selection(usernames=tuple(usernames))))
    found = dict(enrollments.order_by().values_list("user__username", "user_id"))
    user_ids = {name: user_id for name, user_id in found.items() if name in usernames}
    if not user_ids:
        return {}
    weeks, accounts = shown_weeks(), list(user_ids.values())
    days = recent.active_days(course_key, accounts, Period(weeks[0], today()))
    private = configuration.private_columns(course_key.org)
    latest = recent.last_active(course_key, accounts)
    struggling = recent.struggling(course_key, accounts) if "struggling" in presets.telling_nothing_of(private) else ()
    return {
        name: LearnerDetails(
            weeks=tuple(sum(monday <= day < monday + WEEK for day in days.get(user_id, ())) for monday in weeks),
            last_active=latest.get(user_id),
            is_struggling=user_id in struggling,
            progress_url="" if "id" in private else platform_api.progress_url(course_key, user_id),
        )
        for name, user_id in user_ids.items()
    }
