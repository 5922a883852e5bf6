"""What the site under load holds: the demo, more courses beside it, and people who sign in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from common.djangoapps.student.models import CourseAccessRole, CourseEnrollment, UserProfile
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from lms.djangoapps.demo import welcome
from opaque_keys.edx.keys import CourseKey
from xmodule.models import CourseBlock

from learner_data_plugin.models import LearnerDayItem, ReportRun
from tests import factories

PASSWORD = "a password for load tests"
SMALL, LARGE = 150, 600


@dataclass(frozen=True)
class LoadedCourse:
    """A course."""

    key: str


def make_courses(number: int) -> list[LoadedCourse]:
    """The demo's two courses, and so many further ones that there are ``number``; every other one is small."""
    courses = [LoadedCourse(welcome.SMALL), LoadedCourse(welcome.LARGE)]
    for place in range(number - len(courses)):
        is_small = place % 2 == 0
        course_key = factories.make_course(f"Load{place}", org="LoadX", cohorts=True, teams=True)
        factories.make_learners(course_key, SMALL if is_small else LARGE, prefix=f"load{place}")
        courses.append(LoadedCourse(str(course_key)))
    assert CourseBlock.objects.count() >= number
    return courses


def make_learners(number: int, courses: list[LoadedCourse]) -> list[str]:
    """So many learners who can sign in, enrolled in every course; returns their names."""
    users = _make_accounts([f"load_learner_{place:03d}" for place in range(number)])
    CourseEnrollment.objects.bulk_create(
        CourseEnrollment(user=user, course_id=CourseKey.from_string(course.key), mode="audit")
        for user in users
        for course in courses
    )
    return [user.username for user in users]


def kept_items(names: list[str]) -> int:
    """How much of what these learners did has been recorded: rows, one for each learner, course, day and video."""
    users = get_user_model().objects.filter(username__in=names)
    return LearnerDayItem.objects.filter(user_id__in=users.values("pk")).count()


def wait_for_reports(seconds: float) -> None:
    """Wait until no report is queued or under way; exits with a sentence if that takes longer."""
    deadline = time.monotonic() + seconds
    while ReportRun.objects.filter(slot__isnull=False).exists():
        if time.monotonic() > deadline:
            raise SystemExit(f"The workers did not make the reports within {seconds} seconds.")
        time.sleep(0.05)


def make_users(number: int, courses: list[LoadedCourse]) -> list[str]:
    """So many people with a role in every course, half of them Admins; returns their names."""
    users = _make_accounts([f"load_user_{place:02d}" for place in range(number)])
    keys = [CourseKey.from_string(course.key) for course in courses]
    CourseAccessRole.objects.bulk_create(
        CourseAccessRole(user=user, org=key.org, course_id=key, role="instructor" if place % 2 else "staff")
        for place, user in enumerate(users)
        for key in keys
    )
    return [user.username for user in users]


def _make_accounts(names: list[str]) -> list[Any]:
    password = make_password(PASSWORD)  # one for all: making each takes long, on purpose
    user_model = get_user_model()
    user_model.objects.bulk_create(user_model(username=name, email=f"{name}@example.com", password=password) for name in names)
    users = list(user_model.objects.filter(username__in=names).order_by("username"))
    UserProfile.objects.bulk_create(UserProfile(user=user, name="Ada") for user in users)
    return users
