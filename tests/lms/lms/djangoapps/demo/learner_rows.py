"""Storing learners of a course: account, profile, enrollment, groups, verifications, and what they did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import md5
from random import Random

from common.djangoapps.student.models import (
    AnonymousUserId,
    CourseEnrollment,
    UserProfile,
    anonymous_id_for_user,
)
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from openedx.core.djangoapps.course_groups.models import CohortMembership, CourseUserGroup

from lms.djangoapps.course_goals.models import UserActivity
from lms.djangoapps.grades.models import PersistentCourseGrade
from lms.djangoapps.teams.models import CourseTeam, CourseTeamMembership

from . import learning, presence, verifications
from .courses import SMALL, CourseGroups, DemoCourse
from .dates import insert, insert_values
from .learning import Learning
from .people import SEED, Person

UNUSABLE_PASSWORD = "!learners of the demo do not sign in"


@cache
def _password(password: str) -> str:
    return make_password(password) if password else UNUSABLE_PASSWORD


def ensure_accounts(people: Sequence[Person], today: date) -> dict[str, User]:
    """Make the accounts that are missing, with profile and verifications, and answer all of them by name."""
    names = [person.username for person in people]
    known = {user.username: user for user in User.objects.filter(username__in=names)}
    new = [person for person in people if person.username not in known]
    if not new:
        return known
    noon = datetime.combine(today, time(12), UTC)
    insert(User, [_account(person, noon) for person in new])
    # Not every database tells the ids of what was inserted.
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    insert(
        UserProfile,
        [UserProfile(user=users[person.username], **person.profile) for person in new if person.profile is not None],
    )
    verifications.store([(person, users[person.username]) for person in new], noon)
    return users


def store(course: DemoCourse, groups: CourseGroups, enrolled: Iterable[Person], left: Iterable[Person], today: date) -> int:
    """Store those of these people that are not in the course yet; answers how many that were."""
    enrolled, left = list(enrolled), list(left)
    users = ensure_accounts([*enrolled, *left], today)
    there = set(
        CourseEnrollment.objects.filter(course_id=course.key, user__in=users.values()).values_list("user_id", flat=True)
    )
    new = [
        (person, users[person.username], is_active)
        for is_active, people in ((True, enrolled), (False, left))
        for person in people
        if users[person.username].pk not in there
    ]
    _Batch(course, groups, today).store(new)
    return len(new)


def take_out(course: DemoCourse, user_ids: Sequence[int]) -> None:
    """Delete all that ``store`` stored of these accounts for this course; the accounts remain."""
    for rows in (
        CourseEnrollment.objects.filter(course_id=course.key),
        UserActivity.objects.filter(course_key=course.key),
        CohortMembership.objects.filter(course_id=course.key),
        CourseTeamMembership.objects.filter(team__course_id=course.key),
        AnonymousUserId.objects.filter(course_id=course.key),
    ):
        rows.filter(user__in=user_ids).delete()
    PersistentCourseGrade.objects.filter(course_id=course.key, user_id__in=user_ids).delete()
    learning.take_out(course, user_ids)


class _Batch:
    """The rows of learners that are all new in one course."""

    def __init__(self, course: DemoCourse, groups: CourseGroups, today: date) -> None:
        self.course = course
        self.groups = groups
        self.today = today
        self.enrollments: list[CourseEnrollment] = []
        self.activity: list[tuple[int, str, date]] = []
        self.members: list[CohortMembership] = []
        self.team_members: list[CourseTeamMembership] = []
        self.anonymous: list[AnonymousUserId] = []
        self.grades: list[PersistentCourseGrade] = []
        self.learning = Learning(course, today)

    def store(self, learners: Iterable[tuple[Person, User, bool]]) -> None:
        for person, user, is_active in learners:
            self._add(person, user, is_active)
        insert(CourseEnrollment, self.enrollments)
        insert_values(UserActivity, ("user", "course_key", "date"), self.activity)
        insert(CohortMembership, self.members)
        users = CourseUserGroup.users.through
        insert(users, [users(courseusergroup_id=row.course_user_group_id, user_id=row.user_id) for row in self.members])
        insert(CourseTeamMembership, self.team_members)
        for team in {row.team for row in self.team_members}:
            team.reset_team_size()
        insert(AnonymousUserId, self.anonymous)
        insert(PersistentCourseGrade, self.grades)
        self.learning.store()

    def _add(self, person: Person, user: User, is_active: bool) -> None:
        chance = Random(f"{SEED}:{self.course.key}:{person.username}")
        created = presence.enrolled_at(chance, self.today)
        self.enrollments.append(
            CourseEnrollment(user=user, course_id=self.course.key, created=created, is_active=is_active, mode=person.mode)
        )
        stay = self.today if is_active else created.date() + timedelta(days=chance.randrange(1, 60))
        days = list(presence.active_days(chance, created.date(), stay, self.today))
        self._add_grade(person, user, len(days))
        self.activity += [(user.pk, str(self.course.key), day) for day in days]
        self.learning.add(user, days)
        self._add_groups(person, user, is_active, chance, created)
        if "two_anonymous_ids" in person.extra:
            # As if the site's key had been changed in between: the newer of the two counts.
            self.anonymous += [
                AnonymousUserId(user=user, course_id=self.course.key, anonymous_user_id=_old_id(user, self.course, age))
                for age in ("older", "newer")
            ]
        elif self.course is SMALL and chance.random() < 0.3:
            anonymous_id_for_user(user, None)

    def _add_grade(self, person: Person, user: User, days: int) -> None:
        """The platform keeps a grade of those who came; the more often, the better it tends to be."""
        if days:
            chance = Random(f"{SEED}:grade:{self.course.key}:{person.username}")
            grade = PersistentCourseGrade(user_id=user.pk, course_id=self.course.key, grading_policy_hash="demo")
            grade.percent_grade = round(min(1.0, chance.betavariate(1 + min(days, 30) / 6, 3)), 4)
            self.grades.append(grade)

    def _add_groups(self, person: Person, user: User, is_active: bool, chance: Random, joined: datetime) -> None:
        if self.groups.cohorts and "no_cohort" not in person.extra and chance.random() > 0.08:
            cohort = chance.choice(self.groups.cohorts)
            self.members.append(CohortMembership(course_user_group=cohort, user=user, course_id=self.course.key))
        if not is_active or "no_team" in person.extra:
            return
        for team_set, share in (("projects", 0.65), ("reading", 0.2)):
            teams: list[CourseTeam] = self.groups.teams[team_set]
            if teams and ("two_teams" in person.extra or chance.random() < share):
                membership = CourseTeamMembership(user=user, team=chance.choice(teams), date_joined=joined)
                membership.last_activity_at = joined
                self.team_members.append(membership)


def _account(person: Person, noon: datetime) -> User:
    chance = Random(f"{SEED}:account:{person.username}")
    account = {"is_active": True, **person.account}
    return User(
        username=person.username,
        email=person.email,
        password=_password(account.pop("password", "")),
        date_joined=noon - timedelta(days=chance.randrange(130, 900)),
        last_login=None if chance.random() < 0.1 else noon - timedelta(hours=chance.randrange(1, 2_000)),
        **account,
    )


def _old_id(user: User, course: DemoCourse, age: str) -> str:
    return md5(f"{age}:{user.pk}:{course.key}".encode(), usedforsecurity=False).hexdigest()
