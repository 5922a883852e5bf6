"""The aggregates of each course, which charts are drawn from, and their refresh."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..data import Selection
from ..engagement.weeks import SECONDS
from ..models import CourseAggregates
from ..platform import api as platform_api
from ..platform.deadlocks import retry_on_deadlock
from . import aggregates, memberships, shareable, snapshots

REFRESH_AFTER = timedelta(minutes=5)
"""Charts that are looked at are refreshed when they are older."""

SMALL_COURSE = 5_000
"""Courses with fewer learners are counted while the page waits, where nothing is stored yet."""

COUNTED_ON_REQUEST = 100_000
"""A cohort or track of a course with fewer learners is counted while somebody waits."""

FORMAT = 2
"""Of the stored numbers; those of another release of the plugin are as if they were not there."""

LONGEST_REFRESH_SECONDS = 300
"""A refresh that has taken longer is lost, and another may begin."""

_RECENT = timedelta(hours=1)


@dataclass(frozen=True)
class Stored:
    """What is stored of a course: exact or shareable numbers, as of a moment.

    ``memberships`` are what the overview has besides; None among shareable numbers.
    """

    numbers: aggregates.Aggregates | shareable.Shareable
    track_names: Mapping[str, str]
    as_of: datetime
    is_refreshing: bool
    is_old: bool
    memberships: memberships.Memberships | None = None


def read(course_key: CourseKey, *, safe: bool) -> Stored | None:
    """Return the exact or the shareable numbers of a course, None where there are none yet (1 query).

    Of the shareable ones those that reach the site's minimum at this moment.
    """
    columns = ("shareable", "snapshot_taken") if safe else ("exact", "counted")
    rows = CourseAggregates.objects.filter(course_id=course_key, counted__isnull=False)
    found = rows.values_list(*columns, "counted", "requested").first()
    if found is None or not _is_readable(found[0]):
        return None
    content, as_of, counted, requested = found
    is_old = timezone.now() - counted > REFRESH_AFTER
    numbers: aggregates.Aggregates | shareable.Shareable
    members = None
    if safe:
        minimum = configuration.value("MIN_GROUP_SIZE", org=course_key.org)
        numbers = shareable.hide(shareable.Shareable.from_json(content["numbers"]), minimum=minimum)
    else:
        numbers = aggregates.Aggregates.from_json(content["numbers"])
        members = memberships.Memberships.from_json(content.get("memberships"))
        is_old = is_old or members is None  # stored by an earlier release
    return Stored(numbers, content["track_names"], as_of, requested is not None, is_old, members)


def read_selection(course_key: CourseKey, selection: Selection) -> Stored:
    """Return the exact numbers of a cohort or track, counted now, or some minutes ago by an earlier call.

    About 10 queries. Weeks are not counted.
    """
    facts = json.dumps([str(course_key), selection.cohort, selection.enrollment_mode])
    key = "learner_data_plugin.charts." + hashlib.sha256(facts.encode()).hexdigest()
    if (kept := cache.get(key)) is None:
        counted = timezone.now()
        exact, _membership = aggregates.count(course_key, after=0, selection=selection)
        kept = (counted, _packed(exact, platform_api.track_names(course_key), memberships.count(course_key, selection)))
        cache.set(key, kept, REFRESH_AFTER.total_seconds())
    counted, content = kept
    return Stored(
        aggregates.Aggregates.from_json(content["numbers"]),
        content["track_names"],
        counted,
        is_refreshing=False,
        is_old=False,
        memberships=memberships.Memberships.from_json(content["memberships"]),
    )


@dataclass(frozen=True)
class Size:
    """How many are enrolled; ``tracks`` they are in, and ``track_names`` by slug, are None where that was not stored."""

    learners: int
    tracks: tuple[str, ...] | None
    track_names: Mapping[str, str] | None


def size_of_large_course(course_key: CourseKey) -> Size | None:
    """Return the size of a large course that was counted in the last hour (1 query)."""
    found = _recent(course_key, SMALL_COURSE).values_list("learners", "exact").first()
    if found is None or not _is_readable(found[1]):
        return None
    return Size(found[0], tuple(found[1]["numbers"]["groups"]["enrollment_track"]), found[1]["track_names"])


def count_in_large_course(course_key: CourseKey, *, least: int) -> int | None:
    """Return how many are enrolled where that was counted in the last hour, and they were as many as that (1 query)."""
    return _recent(course_key, least).values_list("learners", flat=True).first()


def tracks_of_large_course(course_key: CourseKey) -> list[str] | None:
    """Return the tracks that learners of a large course are in, where that was counted in the last hour (1 query)."""
    content = _recent(course_key, SMALL_COURSE).values_list("exact", flat=True).first()
    return list(content["numbers"]["groups"]["enrollment_track"]) if _is_readable(content) else None


def is_small(course_key: CourseKey) -> bool:
    """Whether a course is counted while somebody waits (1 query, which looks at SMALL_COURSE enrollments at most)."""
    enrollments = platform_api.CourseEnrollment.objects.filter(course_id=course_key, is_active=True).order_by()
    return enrollments[:SMALL_COURSE].count() < SMALL_COURSE


def claim_refresh(course_key: CourseKey) -> bool:
    """Whether a refresh has to be queued now; False while another one is under way (1 query, 3 for a course's first).

    One that is not done after LONGEST_REFRESH_SECONDS counts as lost.
    """
    now = timezone.now()
    lost = now - timedelta(seconds=LONGEST_REFRESH_SECONDS)
    rows = CourseAggregates.objects.filter(course_id=course_key)
    if rows.filter(Q(requested=None) | Q(requested__lte=lost)).update(requested=now):
        return True
    return CourseAggregates.objects.get_or_create(course_id=course_key, defaults={"requested": now})[1]


def release_refresh(course_key: CourseKey) -> None:
    """Give a claim back: the refresh could not be queued (1 query)."""
    CourseAggregates.objects.filter(course_id=course_key).update(requested=None)


def refresh(course_key: CourseKey, *, seconds: float = SECONDS) -> None:
    """Count a course anew and store the numbers; the shareable ones only when a new snapshot is due.

    Weeks that are not counted yet are counted for about ``seconds``.
    """
    row, _created = CourseAggregates.objects.get_or_create(course_id=course_key)
    began = timezone.now()
    exact, membership = aggregates.count(course_key, after=row.snapshot_last_enrollment, seconds=seconds)
    members = memberships.count(course_key)
    track_names = platform_api.track_names(course_key)
    minimum = configuration.value("MIN_GROUP_SIZE", org=course_key.org)

    @transaction.atomic
    def keep() -> None:
        now = CourseAggregates.objects.select_for_update().get(course_id=course_key)
        if now.counted is not None and now.counted > began:
            return  # another process has counted later
        now.exact, now.learners = _packed(exact, track_names, members), exact.enrolled
        now.counted, now.requested = began, None
        # Where another process has taken a snapshot meanwhile, this one counted who joined since an earlier one.
        if now.snapshot_last_enrollment == row.snapshot_last_enrollment:
            last = snapshots.Snapshot(
                now.snapshot_taken, now.snapshot_noise, now.snapshot_last_enrollment, now.snapshot_remaining
            )
            numbers = _take_snapshot(now, last, exact, membership, minimum)
            if numbers is not None:
                now.shareable = _packed(numbers, track_names)
        now.save()

    retry_on_deadlock(keep)


def _take_snapshot(
    row: CourseAggregates,
    last: snapshots.Snapshot,
    exact: aggregates.Aggregates,
    membership: snapshots.Membership,
    minimum: int,
) -> shareable.Shareable | None:
    """Return new shareable numbers, and put their snapshot into the row; None if the last ones have to stay."""
    if not _is_readable(row.shareable):
        last = replace(last, taken=None)
    due = snapshots.next_snapshot(last, membership, moment=row.counted, minimum=minimum)
    if due is None:
        return None
    row.snapshot_taken, row.snapshot_noise = due.taken, due.noise
    row.snapshot_last_enrollment, row.snapshot_remaining = due.last_enrollment, due.remaining
    return shareable.protect(exact, course_key=row.course_id, snapshot=due, minimum=minimum)


def _recent(course_key: CourseKey, least: int) -> QuerySet[CourseAggregates]:
    rows = CourseAggregates.objects.filter(course_id=course_key, learners__gte=least)
    return rows.filter(counted__gt=timezone.now() - _RECENT)


def _packed(
    numbers: aggregates.Aggregates | shareable.Shareable,
    track_names: Mapping[str, str],
    members: memberships.Memberships | None = None,
) -> dict[str, Any]:
    packed = {"format": FORMAT, "numbers": numbers.as_json(), "track_names": dict(track_names)}
    return packed if members is None else {**packed, "memberships": members.as_json()}


def _is_readable(content: Any) -> bool:
    return content is not None and content.get("format") == FORMAT
