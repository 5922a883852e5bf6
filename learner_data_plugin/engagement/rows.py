"""The rows of the engagement report: everyone who was enrolled at the end of a day or week, and what they did in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from opaque_keys.edx.keys import CourseKey

from ..columns import groups
from ..export.base import Batch
from ..platform import api as platform_api
from ..platform.streaming import read_in_order
from . import enrolled
from .known import Known, read_known
from .periods import Period
from .tallies import Tallies, tally

_COUNTS = (
    "Unique Problems Attempted",
    "Total Problem Attempts",
    "Unique Problems Correct",
    "Unique Videos Played",
    "Discussion Posts",
    "Discussion Responses",
    "Discussion Comments",
    "Textbook Pages Viewed",
    "URL of Last Subsection Viewed",
)
HEADER_OF_DAY = ("Date", "Course ID", "Username", "Email", "Cohort", "Was Active", *_COUNTS)
HEADER_OF_WEEK = ("End Date", "Course ID", "Username", "Email", "Cohort", "Days Active This Week", *_COUNTS)

_BLANK = ""
_COUNTED_AT_ONCE = 3
"""Times the rows of a batch: so the database is asked less often, and the most memory is still taken by the rows."""


def read_rows(course_key: CourseKey, period: Period, *, batch_size: int) -> Iterator[Batch]:
    """Yield one row for each account that was enrolled at the end of a period, ordered by username as the database sorts.

    A batch holds the account ids and then the cells of each column of the header. What is not known is blank. Memory is that of
    a batch, and 45 bytes for each of those enrolled. There are 1 query for the accounts, and those of :mod:`enrolled` and
    :mod:`tallies`, for three batches at once.
    """
    at_once = _COUNTED_AT_ONCE * batch_size
    user_ids = enrolled.user_ids_enrolled(course_key, before=period.end, batch_size=at_once)
    if not user_ids:
        return
    enrollments = platform_api.use_read_replica_if_available(
        platform_api.CourseEnrollment.objects.filter(course_id=course_key)
    )
    # An account that was deleted has no name to be shown by, and is not found here.
    accounts = enrollments.order_by("user__username").values_list("user_id", "user__username", "user__email", groups.COHORT)
    with closing(read_in_order(accounts, size=batch_size)) as reading:  # which the database sorts while it counts
        known = read_known(course_key, period)
        tallies = tally(course_key, known, user_ids, batch_size=at_once)
        write = _Cells(course_key, known, tallies)
        for read in reading:
            found = [(row, place) for row in read if (place := tallies.place(row[0])) is not None]
            if found:
                rows, places = zip(*found, strict=True)
                yield write.columns(rows, places)


class _Cells:
    """Makes cells of what was counted."""

    def __init__(self, course_key: CourseKey, known: Known, tallies: Tallies) -> None:
        self._course_key = course_key
        self._known = known
        self._tallies = tallies
        self._urls = [address and self._url(address) for address in tallies.addresses]

    def columns(self, accounts: Sequence[tuple[Any, ...]], places: Sequence[int]) -> Batch:
        """Return the account ids and the cells of each column, for accounts (id, username, email, cohort) and their places."""
        user_ids, usernames, emails, cohorts = zip(*accounts, strict=True)
        known, values, number = self._known, self._tallies.values, len(user_ids)

        def counted(name: str, is_known: bool) -> list[int | str]:
            return _cells(map(values[name].__getitem__, places), is_known=is_known)

        days = map(self._tallies.days.__getitem__, places)
        return [
            user_ids,
            [known.period.last.isoformat()] * number,
            [str(self._course_key)] * number,
            usernames,
            emails,
            [_BLANK if cohort is None else cohort for cohort in cohorts],
            _cells(map(int.bit_count, days), is_known=known.events),
            *(counted(name, known.problems) for name in ("attempted", "attempts", "correct")),
            counted("videos", known.events),
            *(counted(name, known.posts) for name in ("threads", "responses", "comments")),
            counted("pages", known.events),
            [self._urls[subsection] for subsection in map(self._tallies.subsections.__getitem__, places)],
        ]

    def _url(self, address: str) -> str:
        if address.startswith("/"):
            return platform_api.lms_root_url() + address
        return platform_api.subsection_url(self._course_key, address)


def _cells(numbers: Iterable[int], *, is_known: bool) -> list[int | str]:
    return list(numbers) if is_known else [number or _BLANK for number in numbers]
