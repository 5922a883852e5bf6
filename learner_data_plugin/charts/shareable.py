"""The numbers of the charts that are safe to share.

Each of them is changed by a little noise, and those below the site's minimum are not shown. What is published follows from
the changed numbers alone, also whether a group is shown, so that a group does not appear at the very moment in which it grows
large enough. The noise follows from the site's secret key, the course and the exact counts: the same counts always get the
same noise, in every format and language, and other counts get another one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from opaque_keys.edx.keys import CourseKey

from . import enrollments
from .activity import Weeks
from .aggregates import Aggregates
from .demographics import TOGETHER
from .enrollments import Period
from .snapshots import Snapshot

ENROLLED = "enrolled"


@dataclass(frozen=True)
class Shareable:
    """Numbers that may be published: those that reach the minimum; ``enrolled`` and weeks are None where they do not."""

    minimum: int
    enrolled: int | None
    groups: Mapping[str, Mapping[str, int]]
    periods: Sequence[Period]
    weeks: Mapping[str, Weeks]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Shareable:
        periods = tuple(Period(**period) for period in stored["periods"])
        weeks = {name: Weeks(**of_chart) for name, of_chart in stored["weeks"].items()}
        return cls(**{**stored, "periods": periods, "weeks": weeks})


def protect(exact: Aggregates, *, course_key: CourseKey, snapshot: Snapshot, minimum: int) -> Shareable:
    """Return what may be published of these counts for this snapshot."""
    noise = _Noise(_key(exact, course_key, snapshot), snapshot.noise)
    changed = Shareable(
        minimum=minimum,
        enrolled=exact.enrolled + noise.draw(ENROLLED),
        groups={name: _groups(name, counts, noise, minimum) for name, counts in exact.groups.items()},
        periods=tuple(_periods(exact, noise, minimum)),
        weeks={name: _changed_weeks(name, weeks, noise) for name, weeks in exact.weeks.items()},
    )
    return hide(changed, minimum=minimum)


def hide(numbers: Shareable, *, minimum: int) -> Shareable:
    """Return the numbers without those below the minimum, which a site may have raised since they were taken."""
    periods = enrollments.joined(numbers.periods, minimum=minimum)
    return Shareable(
        minimum=minimum,
        enrolled=None if numbers.enrolled is None or numbers.enrolled < minimum else numbers.enrolled,
        groups={
            name: {key: count for key, count in groups.items() if count >= minimum}
            for name, groups in numbers.groups.items()
        },
        # When the very first joined is not told.
        periods=tuple(replace(period, first=period.first if place else None) for place, period in enumerate(periods)),
        weeks={name: _shown_weeks(weeks, minimum) for name, weeks in numbers.weeks.items()},
    )


def _changed_weeks(name: str, weeks: Weeks, noise: _Noise) -> Weeks:
    """The weeks with noise; one that is not known is as one without anybody."""
    counts = {week: (count or 0) + noise.draw(f"weeks/{name}/{week}") for week, count in weeks.counts.items()}
    return Weeks(counts, weeks.known_since)


def _shown_weeks(weeks: Weeks, minimum: int) -> Weeks:
    counts = {week: None if count is None or count < minimum else count for week, count in weeks.counts.items()}
    is_anything = any(count is not None for count in counts.values())
    return Weeks(counts if is_anything else {}, weeks.known_since)


class _Noise:
    """Whole numbers from ``-most`` to ``most``, each as likely as the others, that follow from a key and a name."""

    def __init__(self, key: bytes, most: int) -> None:
        self._key = key
        self.most = most

    def draw(self, name: str, *, near: Sequence[int] = ()) -> int:
        """Return the number of this name; one that differs by at most ``most`` from each of those in ``near``."""
        low, high = max((0, *near)) - self.most, min((0, *near)) + self.most
        digest = hmac.digest(self._key, name.encode(), hashlib.sha256)
        return low + int.from_bytes(digest, "big") % (high - low + 1)


def _groups(name: str, counts: Mapping[str, int], noise: _Noise, minimum: int) -> dict[str, int]:
    """Groups that reach the minimum with their noise, and all others combined, with a noise of their own."""
    changed = {key: count + noise.draw(f"{name}/{key}") for key, count in counts.items() if count}
    shown = {key: count for key, count in changed.items() if count >= minimum}
    rest = sum(count for key, count in counts.items() if key not in shown)
    return {**shown, TOGETHER: rest + noise.draw(f"{name}/{TOGETHER}")}


def _periods(exact: Aggregates, noise: _Noise, minimum: int) -> Iterator[Period]:
    """Periods in which enough joined; both their number and the running total are changed by no more than the noise.

    The last one goes to the end, whatever its size, and its total is the number enrolled as it is shown elsewhere.
    """
    at_the_end = noise.draw(ENROLLED)
    everything = enrollments.periods(exact.days, {})
    before, total_before, first = 0, 0, None
    for period in everything:
        first = first or period.first
        is_last = period is everything[-1]
        drawn = at_the_end if is_last else noise.draw(f"enrollments/{period.first}", near=(before, at_the_end))
        total = period.total + drawn
        if is_last or total - total_before >= minimum:
            yield Period(first, period.last, total - total_before, total)
            before, total_before, first = drawn, total, None


def _key(exact: Aggregates, course_key: CourseKey, snapshot: Snapshot) -> bytes:
    """A key for these counts of this course and snapshot; a group without anybody is as if it were not there."""
    counts = asdict(exact)
    facts = [str(course_key), snapshot.noise, snapshot.last_enrollment, snapshot.remaining, counts]
    content = json.dumps(facts, sort_keys=True).encode()
    return hmac.digest(settings.SECRET_KEY.encode(), b"learner_data_plugin.charts.shareable" + content, hashlib.sha256)
