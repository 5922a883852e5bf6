"""What the site under load holds: the demo, more courses beside it, and people who sign in."""

from __future__ import annotations

from dataclasses import dataclass

from common.djangoapps.student.models import CourseAccessRole
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from lms.djangoapps.demo import welcome
from opaque_keys.edx.keys import CourseKey
from xmodule.models import CourseBlock

from tests import factories

PASSWORD = "a password for load tests"
SMALL, LARGE = 150, 600


@dataclass(frozen=True)
class LoadedCourse:
    """A course, and whether its table is offered."""

    key: str
    has_table: bool


def make_courses(number: int) -> list[LoadedCourse]:
    """The demo's two courses, and so many further ones that there are ``number``; every other one is small."""
    courses = [LoadedCourse(welcome.SMALL, has_table=True), LoadedCourse(welcome.LARGE, has_table=False)]
    for place in range(number - len(courses)):
        is_small = place % 2 == 0
        course_key = factories.make_course(f"Load{place}", org="LoadX", cohorts=True, teams=True)
        factories.make_learners(course_key, SMALL if is_small else LARGE, prefix=f"load{place}")
        courses.append(LoadedCourse(str(course_key), has_table=is_small))
    assert CourseBlock.objects.count() >= number
    return courses


def make_users(number: int, courses: list[LoadedCourse]) -> list[str]:
    """So many people with a role in every course, half of them Admins; returns their names."""
    user_model = get_user_model()
    names = [f"load_user_{place:02d}" for place in range(number)]
    password = make_password(PASSWORD)  # one for all: making each takes long, on purpose
    user_model.objects.bulk_create(
        user_model(username=name, email=f"{name}@example.com", password=password) for name in names
    )
    users = user_model.objects.filter(username__in=names).order_by("username")
    keys = [CourseKey.from_string(course.key) for course in courses]
    CourseAccessRole.objects.bulk_create(
        CourseAccessRole(user=user, org=key.org, course_id=key, role="instructor" if place % 2 else "staff")
        for place, user in enumerate(users)
        for key in keys
    )
    return names
