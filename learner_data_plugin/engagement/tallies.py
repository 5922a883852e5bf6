"""Counts for the learners of a report, kept in arrays: 33 bytes a learner."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from opaque_keys.edx.keys import CourseKey

from . import forum, problems, store
from .known import Known
from .periods import Period

COUNTED = ("attempted", "attempts", "correct", "threads", "responses", "comments")


class Tallies:
    """What some accounts did that is counted in one pass over a course, in no order of accounts.

    ``user_ids`` are those accounts, in order; every value has the place of its account. ``days`` are the days on which they
    were active, a bit for each of a period's days, of which there are eight at most.
    """

    def __init__(self, user_ids: array[int]) -> None:
        self.user_ids = user_ids
        self.values = {name: array("I", bytes(4 * len(user_ids))) for name in COUNTED}
        self.days = array("B", bytes(len(user_ids)))

    def add(self, user_id: int, *, days: int = 0, **counts: int) -> None:
        """Add to an account's counts and days; other accounts are left out."""
        place = bisect_left(self.user_ids, user_id)
        if place == len(self.user_ids) or self.user_ids[place] != user_id:
            return
        self.days[place] |= days
        for name, number in counts.items():
            self.values[name][place] += number


def tally(course_key: CourseKey, known: Known, user_ids: array[int]) -> Tallies:
    """Count what the platform's own tables hold of a period: submissions, and posts where they are stored there."""
    tallies = Tallies(user_ids)
    _add_problems(tallies, course_key, known)
    for posts in forum.read_posts(course_key, known.period):
        counts = {"threads": posts.threads, "responses": posts.responses, "comments": posts.comments}
        tallies.add(posts.user_id, days=known.period.bit(posts.day), **counts)
    return tallies


def _add_problems(tallies: Tallies, course_key: CourseKey, known: Known) -> None:
    if known.problem_history is None:
        return
    batch: list[problems.TriedProblem] = []
    for tried in problems.read_tried(course_key, known.problem_history):
        batch.append(tried)
        if len(batch) == problems.MODULES:
            _add_tried(tallies, course_key, known, batch)
            batch = []
    _add_tried(tallies, course_key, known, batch)


def _add_tried(tallies: Tallies, course_key: CourseKey, known: Known, batch: list[problems.TriedProblem]) -> None:
    earlier = _tried_earlier(course_key, known.problem_events, batch) if batch else {}
    for tried in batch:
        was_correct = earlier.get((tried.user_id, tried.key))
        tallies.add(
            tried.user_id,
            days=_days(known.period, tried),
            attempted=was_correct is None,
            attempts=len(tried.submissions),
            correct=not was_correct and any(found.is_correct for found in tried.submissions),
        )


def _days(period: Period, tried: problems.TriedProblem) -> int:
    days = 0
    for submission in tried.submissions:
        days |= period.bit(submission.day)
    return days


def _tried_earlier(
    course_key: CourseKey, period: Period | None, batch: list[problems.TriedProblem]
) -> dict[tuple[int, str], bool]:
    """Which of these problems the same learners tried on the days that events tell of, and whether one of them correctly.

    They are counted with those days. Only of the week in which the history begins there are such days (1 query a batch then).
    """
    if period is None:
        return {}
    found: dict[tuple[int, str], bool] = {}
    users = {tried.user_id for tried in batch}
    for problem in store.problems(course_key, first=period.first, last=period.last, users=users):
        name = (problem.user_id, problem.key)
        found[name] = found.get(name, False) or problem.is_correct
    return found
