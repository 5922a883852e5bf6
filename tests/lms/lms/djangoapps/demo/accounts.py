"""The accounts that people sign in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from common.djangoapps.student.roles import (
    CourseDataResearcherRole,
    CourseInstructorRole,
    CourseRole,
    CourseStaffRole,
)
from django.contrib.auth.models import User

from .courses import LARGE, OTHER, SMALL, DemoCourse
from .people import Person
from .welcome import PASSWORD


@dataclass(frozen=True)
class NamedAccount:
    """An account with its role in some courses, and those it is enrolled in."""

    username: str
    name: str
    role: type[CourseRole] | None = None
    role_in: tuple[DemoCourse, ...] = ()
    enrolled_in: tuple[DemoCourse, ...] = ()
    is_global_staff: bool = False

    def person(self, today: date) -> Person:
        """The account as somebody to enroll."""
        profile = {"name": self.name, "year_of_birth": today.year - 38, "country": "US", "goals": ""}
        return Person(self.username, f"{self.username}@example.com", profile, account={"password": PASSWORD})


BOTH = (SMALL, LARGE)
NAMED_ACCOUNTS = (
    NamedAccount("admin", "Ada Admin", is_global_staff=True),
    NamedAccount("instructor", "Ines Instructor", CourseInstructorRole, BOTH, BOTH),
    NamedAccount("staff", "Stan Staff", CourseStaffRole, BOTH, BOTH),
    NamedAccount("researcher", "Rita Researcher", CourseDataResearcherRole, BOTH),
    NamedAccount("outsider", "Otto Outsider", CourseStaffRole, (OTHER,), (OTHER,)),
    NamedAccount("learner", "Lea Learner", None, (), BOTH),
)


def enrolled_in(course: DemoCourse, today: date) -> list[Person]:
    """The named accounts that are enrolled in a course."""
    return [account.person(today) for account in NAMED_ACCOUNTS if course in account.enrolled_in]


def give_roles(account: NamedAccount, user: User) -> None:
    """Give a stored account what it may do."""
    if account.is_global_staff and not user.is_staff:
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    for course in account.role_in:
        if account.role is not None:
            account.role(course.key).add_users(user)
