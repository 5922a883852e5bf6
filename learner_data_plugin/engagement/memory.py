"""What a process remembers of what it has written today, so that the same is not written again and again."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date

from .facts import PROBLEM_KINDS, Facts, Kind

MOST_REMEMBERED = 50_000
"""Learners' days, videos and kinds of answers; past that everything is forgotten, which costs some needless statements."""


class Memory:
    """What has been written of one day. Forgets it all when another day begins."""

    def __init__(self) -> None:
        self._day = date.min
        self._written: set[Hashable] = set()

    def knows(self, facts: Facts) -> bool:
        """Whether writing these would change nothing."""
        if facts.day != self._day or facts.subsection or facts.mark or facts.is_anonymous:
            return False
        return self.knows_day(facts) and (facts.kind is None or _item(facts) in self._written)

    def knows_day(self, facts: Facts) -> bool:
        """Whether it has been written that the learner was active on the day."""
        return facts.day == self._day and _learner_day(facts) in self._written

    def knows_answer(self, facts: Facts) -> bool:
        """Whether it has been written that the learner gave an answer of this kind on the day."""
        return facts.day == self._day and _answer(facts) in self._written

    def remember(self, facts: Facts) -> None:
        """Take in what has been written, and committed."""
        if facts.day < self._day or facts.is_anonymous:
            return
        if facts.day > self._day or len(self._written) >= MOST_REMEMBERED:
            self._day, self._written = facts.day, set()
        self._written.add(_learner_day(facts))
        if facts.kind is Kind.VIDEO:
            self._written.add(_item(facts))
        elif facts.kind in PROBLEM_KINDS:
            self._written.add(_answer(facts))


def _learner_day(facts: Facts) -> Hashable:
    return facts.user_id or facts.username, facts.course_id


def _item(facts: Facts) -> Hashable:
    return facts.user_id or facts.username, facts.course_id, facts.item


def _answer(facts: Facts) -> Hashable:
    return facts.user_id or facts.username, facts.course_id, facts.kind
