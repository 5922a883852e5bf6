"""The numbers under which courses and items stand in the tables of what learners do, remembered once they are known."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import TypeAlias

from opaque_keys.edx.keys import CourseKey

from ..models import NO_ITEM, EngagementCourse, EngagementItem
from ..platform import api as platform_api
from . import statements
from .facts import digest

_Name: TypeAlias = tuple[int, str]
"""Number of the course, key: what an item is called."""

_ITEMS = statements.Table(EngagementItem, ("digest", "key"))
_SECONDS_ABSENT = 600
_MOST_ABSENT = 10_000
_MOST_IN_QUERY = 500


class CourseNumbers:
    """Numbers of courses that are on this site. Learners can ask for addresses of any others; those get none."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._absent: dict[str, float] = {}

    def of(self, course_ids: Collection[str]) -> dict[str, int]:
        """Return the number of each of these courses that is on this site."""
        now = time.monotonic()
        for course_id in course_ids:
            if course_id not in self._numbers and self._absent.get(course_id, 0) < now:
                self._look_up(course_id, now)
        return {course_id: self._numbers[course_id] for course_id in course_ids if course_id in self._numbers}

    def known(self, course_id: str) -> int | None:
        """Return the number of a course; None where it is not remembered."""
        return self._numbers.get(course_id)

    def _look_up(self, course_id: str, now: float) -> None:
        course_key = CourseKey.from_string(course_id)
        if platform_api.is_course_here(course_key):
            self._numbers[course_id] = EngagementCourse.objects.get_or_create(course_id=course_key)[0].pk
            return
        if len(self._absent) >= _MOST_ABSENT:
            self._absent.clear()
        self._absent[course_id] = now + _SECONDS_ABSENT


class ItemNumbers:
    """Numbers of problems, videos and subsections; new ones are entered, ``waits_short`` as :func:`.statements.enter` does."""

    def __init__(self, *, most_remembered: int, waits_short: bool = False) -> None:
        self._numbers: dict[tuple[str, str], int] = {}  # by the course's id: its number may be one that was rolled back
        self._most, self._waits_short = most_remembered, waits_short

    def of(self, courses: Mapping[int, str], items: Collection[_Name]) -> dict[_Name, int]:
        """Return the number of each of these items, given by the number of their course and their key.

        Of the key '' it is NO_ITEM. ``courses`` are the ids of the courses by their numbers.
        """
        if len(self._numbers) + len(items) > self._most:
            self._numbers.clear()
        names = {item: (courses[item[0]], item[1]) for item in items}
        unknown = [name for name in names.values() if name[1] and name not in self._numbers]
        for place in range(0, len(unknown), _MOST_IN_QUERY):
            part = unknown[place : place + _MOST_IN_QUERY]
            self._look_up({digest(*name): name for name in part})
        return {item: self._numbers[name] if name[1] else NO_ITEM for item, name in names.items()}

    def known(self, course_id: str, key: str) -> int | None:
        """Return the number of an item, given by the id of its course and its key; None where it is not remembered."""
        return self._numbers.get((course_id, key)) if key else NO_ITEM

    def _look_up(self, items: dict[int, tuple[str, str]]) -> None:
        """Find items by their digests, and enter those that are missing."""
        found = self._find(items)
        if missing := sorted(items.keys() - found.keys()):
            new = [(number, _storable(items[number][1])) for number in missing]
            statements.enter((_ITEMS, new), waits_short=self._waits_short)  # another process may enter them just now
            found |= self._find(missing)
        self._numbers |= {items[number]: pk for number, pk in found.items()}

    def _find(self, digests: Collection[int]) -> dict[int, int]:
        # From where they are written: a replica may not have the newest.
        alias = statements.alias_of(EngagementItem)
        return dict(EngagementItem.objects.using(alias).filter(digest__in=digests).values_list("digest", "id"))


def _storable(key: str) -> str:
    """A key as any MySQL can keep it: tables of older sites know no characters of four bytes."""
    return "".join(character if character <= "\uffff" else "\ufffd" for character in key)
