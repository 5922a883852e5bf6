"""Ways to publish the charts of a course: the plugin's, and others for comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from opaque_keys.edx.keys import CourseKey

from learner_data_plugin.charts import shareable, snapshots
from learner_data_plugin.charts.demographics import TOGETHER

from .courses import ATTRIBUTES, YEAR, Person, aggregate, group

MINIMUM = 10
DAY = timedelta(days=1)

Look = Mapping[str, Mapping[str, int]]
"""What is shown: for each chart the groups with their numbers."""

Law = Callable[[int, int], float]
"""How likely a number that is shown changes by so much while so many (net) join its group."""


class Course:
    """People who are enrolled, each with the id of an enrollment, and the day."""

    def __init__(self, name: str, people: Sequence[Person]) -> None:
        self.key = CourseKey.from_string(f"course-v1:AttackX+{name}+{YEAR}")
        self.enrolled: dict[int, Person] = {}
        self.last_enrollment = 0
        self.moment = datetime(YEAR, 1, 5, tzinfo=UTC)
        self.year = YEAR
        self.join(people)

    def join(self, people: Sequence[Person]) -> list[int]:
        """Enroll people; returns the ids of their enrollments."""
        first = self.last_enrollment + 1
        self.last_enrollment += len(people)
        ids = list(range(first, self.last_enrollment + 1))
        self.enrolled |= dict(zip(ids, people, strict=True))
        return ids

    def leave(self, ids: Sequence[int]) -> None:
        """Let people leave."""
        for pk in ids:
            del self.enrolled[pk]

    def wait(self) -> None:
        """Let a day pass."""
        self.moment += DAY

    def people(self) -> list[Person]:
        """Who is enrolled now."""
        return list(self.enrolled.values())


class SafeToShare:
    """The plugin's own: the functions that make the charts that are safe to share, with a row of the table in memory."""

    def __init__(self) -> None:
        self._last = snapshots.Snapshot(None, 0, 0, 0)
        self._numbers: shareable.Shareable | None = None

    def look(self, course: Course) -> Look:
        """What somebody sees who looks at the charts now, after they were refreshed."""
        earlier = sum(pk <= self._last.last_enrollment for pk in course.enrolled)
        membership = snapshots.Membership(earlier, len(course.enrolled) - earlier, course.last_enrollment)
        due = snapshots.next_snapshot(self._last, membership, moment=course.moment, minimum=MINIMUM)
        if due is not None:
            exact = aggregate(course.people(), year=course.year)
            self._last = due
            self._numbers = shareable.protect(exact, course_key=course.key, snapshot=due, minimum=MINIMUM)
        assert self._numbers is not None
        return shareable.hide(self._numbers, minimum=MINIMUM).groups

    @staticmethod
    def law(change: int, joined: int) -> float:
        return max(0, 7 - abs(change - joined)) / 49


class SmallGroupsHidden:
    """Exact numbers of the moment, without the small groups."""

    def look(self, course: Course) -> Look:
        groups = aggregate(course.people(), year=course.year).groups
        return {name: _combined(counts, counts) for name, counts in groups.items()}

    @staticmethod
    def law(change: int, joined: int) -> float:
        return float(change == joined)


class CellKeys:
    """Numbers of the moment, each with a noise that follows from who is in its group."""

    def look(self, course: Course) -> Look:
        members: dict[str, dict[str, list[int]]] = {name: {} for name in ATTRIBUTES}
        for pk, person in course.enrolled.items():
            for name in ATTRIBUTES:
                members[name].setdefault(group(name, person[name], year=course.year), []).append(pk)
        look = {}
        for name, groups in members.items():
            keys = {key: sha256(f"{course.key} {name} {key} {ids}".encode()).digest() for key, ids in groups.items()}
            noise = {key: digest[0] % 7 - 3 for key, digest in keys.items()}
            counts = {key: len(ids) for key, ids in groups.items()}
            look[name] = _combined(counts, {key: count + noise[key] for key, count in counts.items()})
        return look

    @staticmethod
    def law(change: int, joined: int) -> float:
        return SafeToShare.law(change, joined) if joined else float(change == 0)


def _combined(counts: Mapping[str, int], shown: Mapping[str, int]) -> dict[str, int]:
    large = {key: count for key, count in shown.items() if count >= MINIMUM}
    rest = sum(count for key, count in counts.items() if key not in large)
    return {**large, TOGETHER: rest} if rest >= MINIMUM else large
