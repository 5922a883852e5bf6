"""Submissions to problems, read from the history that the platform keeps of each learner's state in a problem.

The platform adds a row to that history with each request that saves the state: views, saved answers and rescores make rows too.
A submission is a pair of ``attempts`` and ``last_submission_time`` that was not there before. The platform sets both when it
grades an answer and before it emits the ``problem_check`` event, so the time says which day the submission belongs to; of the
rows with one pair the first has what the event had, later ones what a rescore or an external grader made of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import CharField, Count, Max, Min, QuerySet
from django.db.models.functions import Cast
from opaque_keys.edx.keys import CourseKey

from ..platform import api as platform_api
from ..platform.batches import read_batches
from .periods import DAY, Period, midnight

MODULES = 500
"""Learners' states whose history is read with one query."""

_LONGEST_REQUEST = timedelta(hours=1)
"""A row is stored at the end of the request in which the answer was graded; nobody waits longer for that."""

_CLOCKS_DIFFER = DAY
"""Servers' clocks may differ: a state's last change may be stored as earlier than a row of its history."""

_IS_CORRECT = frozenset({"correct", "partially-correct"})


class Submission(NamedTuple):
    """One submission; ``moment`` is ISO 8601, UTC, to the second."""

    moment: str
    is_correct: bool

    @property
    def day(self) -> date:
        return date.fromisoformat(self.moment[:10])


class TriedProblem(NamedTuple):
    """What one learner submitted to one problem in a period, at least once; ``key`` is the problem's usage key."""

    user_id: int
    key: str
    submissions: list[Submission]


def read_tried(course_key: CourseKey, period: Period) -> Iterator[TriedProblem]:
    """Yield what was submitted in a period, each learner and problem once, in no particular order.

    Memory is that of the history of MODULES states in the period. There is 1 query for each table and batch of MODULES states
    that changed since the period began, 1 for the batch, and 1 besides.
    """
    since = period.start - _CLOCKS_DIFFER
    modules = _modules(course_key).filter(modified__gte=since)
    known = modules.aggregate(first=Min("id"), last=Max("id"), number=Count("id"))
    if not known["number"]:
        return
    bounds, fields = (known["first"], known["last"]), ("student_id", _as_text("module_state_key"))
    for _part, rows in read_batches(modules, fields, batch_size=MODULES, expected=known["number"], bounds=bounds):
        learners = {module_id: (user_id, key) for module_id, user_id, key in rows}
        for module_id, states in _histories(list(learners), period):
            if found := submissions(states, period):
                user_id, key = learners[module_id]
                yield TriedProblem(user_id, key, found)


def submissions(states: Iterable[str | None], period: Period) -> list[Submission]:
    """Return the submissions of a period out of one learner's states in one problem, given in the order of the history."""
    first, last = period.first.isoformat(), period.last.isoformat()
    found: dict[tuple[int, str], Submission] = {}
    for text in states:
        # Most rows of learners who only looked at a problem hold no time of a submission: those are not parsed.
        if text is None or "last_submission_time" not in text:
            continue
        state = _parsed(text)
        attempts, moment = state.get("attempts"), _moment(state.get("last_submission_time"))
        if moment is None or not first <= moment[:10] <= last:
            continue
        if isinstance(attempts, int) and not isinstance(attempts, bool) and attempts >= 1 and (attempts, moment) not in found:
            found[attempts, moment] = Submission(moment, _is_correct(state.get("correct_map")))
    return list(found.values())


def first_covered_day(course_key: CourseKey, period: Period) -> date | None:
    """Return the first of a period's days of which the history holds the whole; None if it holds none of them.

    It holds the days after the moment of the course's first row, and nothing else counts for those. 2 queries a table and 3
    besides where the history goes back beyond the period; where it does not, 1 for each batch of the course's states.
    """
    on_site = began_on_site()
    if on_site is None or on_site >= period.end or (began := _first_row(course_key, before=period.start)) is None:
        return None
    day = began.astimezone(UTC).date()
    day = max(period.first, day if began == midnight(day) else day + DAY)
    return day if day <= period.last else None


def known_since(course_key: CourseKey) -> datetime | None:
    """Return the moment of the first row that the history has of a course; queries as in :func:`first_covered_day`."""
    return _first_row(course_key, before=None)


def began_on_site() -> datetime | None:
    """Return the moment of the first row that the history has of any course (1 query a table); None if it is empty."""
    firsts = [rows.order_by("created").values_list("created", flat=True).first() for rows in platform_api.problem_histories()]
    return min((first for first in firsts if first is not None), default=None)


def _modules(course_key: CourseKey) -> QuerySet:
    modules = platform_api.StudentModule.objects.filter(course_id=course_key, module_type="problem")
    return platform_api.use_read_replica_if_available(modules)


def _histories(module_ids: list[int], period: Period) -> Iterator[tuple[int, list[str | None]]]:
    """The states of each module in the order of its history; the tables are no parts of each other and may overlap."""
    rows: list[tuple[Any, ...]] = []
    for history in platform_api.problem_histories():
        of_modules = history.filter(
            student_module_id__in=module_ids, created__gte=period.start, created__lt=period.end + _LONGEST_REQUEST
        )
        # Sorted here: databases sort rows with long texts slowly.
        fields = ("student_module_id", _as_text("created"), "id", "state")
        rows += sorted(of_modules.values_list(*fields), key=itemgetter(0, 1, 2))
    rows.sort(key=itemgetter(0, 1))  # keeps the order of ids within a table
    for module_id, of_module in groupby(rows, key=itemgetter(0)):
        yield module_id, [row[3] for row in of_module]


def _as_text(field: str) -> Cast:
    """A value as the database keeps it: making keys and moments of them takes longer than reading the rows."""
    return Cast(field, CharField(max_length=255))


def _first_row(course_key: CourseKey, *, before: datetime | None) -> datetime | None:
    """The moment of the first row of a course's problems, or of any one that is not later than ``before``."""
    firsts: list[datetime] = []
    for _part, modules in read_batches(_modules(course_key), (), batch_size=MODULES, expected=MODULES):
        module_ids = [module_id for (module_id,) in modules]
        for history in platform_api.problem_histories():
            first = history.filter(student_module_id__in=module_ids).aggregate(first=Min("created"))["first"]
            firsts += [] if first is None else [first]
            if first is not None and before is not None and first <= before:
                return first
    return min(firsts, default=None)


def _parsed(text: str) -> dict[str, Any]:
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}


def _moment(given: object) -> str | None:
    """A stored time as ISO 8601, UTC, to the second; None for what is none."""
    if not isinstance(given, str):
        return None
    try:
        moment = datetime.fromisoformat(given)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="seconds")[:19]


def _is_correct(correct_map: object) -> bool:
    """Whether every answer is correct or partially correct, as the platform's event says it; so is a map without answers."""
    if not correct_map:
        return True
    if not isinstance(correct_map, dict):
        return False
    # Old states hold the word itself where new ones hold a dictionary.
    words = (answer.get("correctness") if isinstance(answer, dict) else answer for answer in correct_map.values())
    return all(isinstance(word, str) and word in _IS_CORRECT for word in words)
