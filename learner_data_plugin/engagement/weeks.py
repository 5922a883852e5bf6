"""How many learners were active, watched a video, tried a problem and took part in discussions, week by week."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import partial
from typing import Any, TypeAlias

from django.core.cache import cache
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..models import EngagementCourse, EngagementWeek, LearnerDay
from ..platform import api as platform_api
from ..platform.batches import read_batches
from ..platform.deadlocks import retry_on_deadlock
from . import forum, problems, store, traces
from .known import KnownDays, read_known
from .periods import Period, monday_of, today, weeks

SERIES = ("active", "watched_video", "tried_problem", "discussed")

FRESH = timedelta(minutes=15)
"""A week that goes on is counted again after so long."""

SETTLED = timedelta(hours=2)
"""What is counted so long after the end of a week is not counted again."""

SECONDS = 2.0
"""A request spends so long on weeks that are not counted yet; what it leaves is counted by a later one, or by a command."""

_TOO_LARGE_SECONDS = 3600

Counts: TypeAlias = Mapping[str, int]


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday, of all accounts that did something, enrolled or not.

    ``counts`` are distinct accounts by series, None where it is not known; ``known_since`` is the first day from which on the
    series is known completely, up to the end of the week or yesterday, None if that is not so.
    """

    monday: date
    is_complete: bool
    counts: Mapping[str, int | None]
    known_since: Mapping[str, date | None]


class _OutOfTime(Exception):
    """Counting would take longer than somebody waits."""


def read_weeks(course_key: CourseKey, *, seconds: float | None = SECONDS) -> list[Week]:
    """Return the weeks since the course began, the running one included.

    Each week is counted once and kept; those that are not there yet are counted now, the latest first, for about ``seconds``
    (None: however long it takes). About 8 queries where nothing is to be counted.
    """
    began = _first_day(course_key)
    if began is None or began > today():
        return []
    counted = _counted(course_key, began)
    deadline = None if seconds is None else time.monotonic() + seconds
    too_large = f"learner_data_plugin.weeks.{course_key}"
    if deadline is None or not cache.get(too_large):
        try:
            for period in reversed(list(weeks(began, today()))):
                if period.first not in counted:
                    counted[period.first] = _count_and_keep(course_key, period, deadline)
        except _OutOfTime:
            if monday_of(today()) not in counted:  # not even one week can be counted while somebody waits
                cache.set(too_large, True, _TOO_LARGE_SECONDS)
    return list(_described(course_key, began, counted))


def forget(first: date, last: date) -> None:
    """Have the weeks that hold these days counted again, of all courses (1 query): more is known of the past now."""
    EngagementWeek.objects.filter(week__gte=monday_of(first), week__lte=last).delete()


def _first_day(course_key: CourseKey) -> date | None:
    """The day of the first enrollment, or of the first activity that was recorded, whichever was earlier (2 queries)."""
    enrollments = platform_api.CourseEnrollment.objects.filter(course_id=course_key)
    created = platform_api.use_read_replica_if_available(enrollments).aggregate(first=Min("created"))["first"]
    recorded = LearnerDay.objects.filter(course__course_id=course_key).order_by("day").values_list("day", flat=True).first()
    days = [] if created is None else [created.astimezone(UTC).date()]
    return min([*days, *([] if recorded is None else [recorded])], default=None)


def _counted(course_key: CourseKey, began: date) -> dict[date, Counts]:
    """The weeks that have been counted and are not to be counted again, by their Mondays (1 query)."""
    now = timezone.now()
    found: dict[date, Counts] = {}
    for week in EngagementWeek.objects.filter(course__course_id=course_key, week__gte=monday_of(began)):
        is_settled = week.counted >= Period.week_from(week.week).end + SETTLED
        if is_settled or now - week.counted < FRESH:
            found[week.week] = {name: getattr(week, name) for name in SERIES}
    return found


def _count_and_keep(course_key: CourseKey, period: Period, deadline: float | None) -> Counts:
    counts = _count(course_key, period, deadline)
    course, _created = EngagementCourse.objects.get_or_create(course_id=course_key)
    values = {**counts, "counted": timezone.now()}
    keep = partial(EngagementWeek.objects.update_or_create, course=course, week=period.first, defaults=values)
    retry_on_deadlock(transaction.atomic(keep))
    return counts


def _count(course_key: CourseKey, period: Period, deadline: float | None) -> Counts:
    """Distinct accounts of each series in a week. Memory grows with them, by about 60 bytes each."""
    did: dict[str, set[int]] = {name: set() for name in SERIES}
    if deadline is not None and time.monotonic() > deadline:
        raise _OutOfTime
    for name, user_id in _told(course_key, period):
        did[name].add(user_id)
        if deadline is not None and time.monotonic() > deadline:
            raise _OutOfTime
    did["active"].update(did["tried_problem"], did["discussed"])
    return {name: len(accounts) for name, accounts in did.items()}


def _told(course_key: CourseKey, period: Period) -> Iterator[tuple[str, int]]:
    """Series and account, of everything that a source tells; many of them several times."""
    known = read_known(course_key, period)
    interval: dict[str, Any] = {"first": period.first, "last": period.last}
    yield from (("active", found.user_id) for found in store.active_days(course_key, **interval))
    yield from (("watched_video", found.user_id) for found in store.videos(course_key, **interval))
    if known.problem_history is not None:
        yield from (("tried_problem", tried.user_id) for tried in problems.read_tried(course_key, known.problem_history))
    if (days := known.problem_events) is not None:
        found = store.problems(course_key, first=days.first, last=days.last)
        yield from (("tried_problem", tried.user_id) for tried in found)
    if known.posts_are_stored:
        yield from (("discussed", posts.user_id) for posts in forum.read_posts(course_key, period))
    else:
        yield from (
            ("discussed", found.user_id)
            for found in store.counts(course_key, **interval)
            if found.threads or found.responses or found.comments
        )
    for accounts in _ever_enrolled(course_key):
        yield from (("active", user_id) for user_id, _day in traces.active_days(accounts, period))
        if not known.events:
            yield from (("watched_video", user_id) for user_id, _block_id in traces.videos(accounts, period))


def _ever_enrolled(course_key: CourseKey) -> Iterator[traces.Accounts]:
    size = configuration.value("BATCH_SIZE", org=course_key.org)
    enrollments = platform_api.CourseEnrollment.objects.filter(course_id=course_key)
    for part, rows in read_batches(enrollments, ("user_id",), batch_size=size, expected=enrollments.count()):
        user_ids = [user_id for _pk, user_id in rows]
        yield traces.Accounts(course_key, part, first=min(user_ids), last=max(user_ids))


def _described(course_key: CourseKey, began: date, counted: Mapping[date, Counts]) -> Iterator[Week]:
    """The weeks from the first one of which anything is known."""
    last = today()
    known = KnownDays(course_key, Period(monday_of(began), last))
    since: dict[str, date | None] = dict.fromkeys(SERIES)
    is_to_be_shown = False
    for period in weeks(began, last):
        for day in period.days:
            if day < last:
                known_now = {"active": known.events(day), "watched_video": known.events(day)}
                known_now |= {"tried_problem": known.problems(day), "discussed": known.posts(day)}
                since = {name: (since[name] or day) if known_now[name] else None for name in SERIES}
        known_from = {name: day if day is None else max(day, began) for name, day in since.items()}
        found = counted.get(period.first)
        counts = {name: _told_count(found, name, known_from[name], period, began) for name in SERIES}
        is_to_be_shown = is_to_be_shown or any(count is not None for count in counts.values())
        if is_to_be_shown or period.first == monday_of(last):
            yield Week(period.first, period.last < last, counts, known_from)


def _told_count(found: Counts | None, name: str, since: date | None, period: Period, began: date) -> int | None:
    if found is None:
        return None
    # Before the course began there was nothing to be known.
    is_known = since is not None and since <= max(period.first, began)
    return found[name] if is_known else found[name] or None
