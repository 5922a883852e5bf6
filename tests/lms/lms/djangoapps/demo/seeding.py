"""Bringing a database to what the demo promises, whatever of it is there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from common.djangoapps.student.models import CourseEnrollment, CourseEnrollmentAllowed
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from . import accounts, awkward, courses, learner_rows, learning, people, presence
from .courses import LARGE, OTHER, SMALL, CourseGroups, DemoCourse
from .people import Person

SMALL_ENROLLED = 150
OTHER_ENROLLED = 25
AT_ONCE = 1_000
OnProgress = Callable[[DemoCourse, int], None]
"""Told a course and how many of its numbered learners have been added so far."""


@dataclass(frozen=True)
class Seeded:
    """What a seeding changed: how many learners it added to the courses, and took from them."""

    added: int
    removed: int


def seed(*, learners: int, on_progress: OnProgress) -> Seeded:
    """Make everything that is missing, so that exactly ``learners`` are enrolled in the large course.

    Dates count back from the day of the first seeding, which the courses' start remembers. Each batch is a transaction: a
    seeding that was interrupted is completed by the next one.
    """
    start = courses.stored_start()
    today = presence.first_seeded(start) if start else timezone.now().date()
    with transaction.atomic():
        groups = {course: courses.ensure(course, start=presence.start_of(today)) for course in courses.COURSES}
        _ensure_named_accounts(today)
        _ensure_invitations()
        learning.ensure_recorded(today)
        courses.ensure_forum()
    added = removed = 0
    for course, wanted in ((SMALL, SMALL_ENROLLED), (OTHER, OTHER_ENROLLED), (LARGE, learners)):
        course_seeding = _CourseSeeding(course, groups[course], today, wanted)
        removed += course_seeding.remove_surplus()
        added += course_seeding.add_missing(on_progress)
    return Seeded(added=added, removed=removed)


class _CourseSeeding:
    """One course: people with names of their own come first, numbered ones fill it up to what is wanted."""

    def __init__(self, course: DemoCourse, groups: CourseGroups, today: date, wanted: int) -> None:
        self.course = course
        self.groups = groups
        self.today = today
        special = accounts.enrolled_in(course, today)
        self.left: list[Person] = []
        if course is not OTHER:
            special += awkward.enrolled(today)
            self.left = awkward.left(today)
        self.special, self.surplus = special[:wanted], special[wanted:]
        self.numbers = people.numbers_for(wanted - len(self.special))

    def remove_surplus(self) -> int:
        """Delete the numbered learners beyond those wanted; named ones are only taken out of the course."""
        too_high = [user_id for user_id, number in self._numbered() if number not in self.numbers]
        for ids in _batches(too_high, 400):
            with transaction.atomic():
                learning.take_out(self.course, ids)
                User.objects.filter(pk__in=ids).delete()
        names = [person.username for person in self.surplus]
        enrollments = CourseEnrollment.objects.filter(course_id=self.course.key, user__username__in=names)
        user_ids = list(enrollments.values_list("user_id", flat=True))
        with transaction.atomic():
            learner_rows.take_out(self.course, user_ids)
        return len(too_high) + len(user_ids)

    def add_missing(self, on_progress: OnProgress) -> int:
        """Add whoever is not in the course yet."""
        there = {number for _, number in self._numbered()}
        missing = (number for number in self.numbers if number not in there)
        with transaction.atomic():
            added = learner_rows.store(self.course, self.groups, self.special, self.left, self.today)
        done = 0
        for numbers in _batches(missing, AT_ONCE):
            enrolled, left = [], []
            for number in numbers:
                learner = people.person(self.course.series, number, self.today)
                (left if people.has_left(number) else enrolled).append(learner)
            with transaction.atomic():
                added += learner_rows.store(self.course, self.groups, enrolled, left, self.today)
            done += len(numbers)
            on_progress(self.course, done)
        return added

    def _numbered(self) -> Iterator[tuple[int, int]]:
        """Account id and number of the numbered learners in the course, those who left included."""
        special = {person.username for person in (*self.special, *self.surplus, *self.left)}
        rows = CourseEnrollment.objects.filter(course_id=self.course.key).values_list("user_id", "user__username")
        for user_id, username in rows.iterator():
            ending = username.rpartition("_")[2]
            if username not in special and ending.isdecimal():
                yield user_id, int(ending) - self.course.series


def _ensure_named_accounts(today: date) -> None:
    people_of = {account: account.person(today) for account in accounts.NAMED_ACCOUNTS}
    users = learner_rows.ensure_accounts(list(people_of.values()), today)
    for account in accounts.NAMED_ACCOUNTS:
        accounts.give_roles(account, users[account.username])


def _ensure_invitations() -> None:
    for number in (1, 2, 3):
        CourseEnrollmentAllowed.objects.get_or_create(email=f"invited.{number}@example.com", course_id=SMALL.key)


def _batches(items: Iterable[int], size: int) -> Iterator[list[int]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
