"""Courses of a given size, with four cohorts, some meta, goals and missing profiles.

A fifth of the learners are in the verified track, half of those are verified.
"""

from __future__ import annotations

from typing import Any

from common.djangoapps.student.models import AnonymousUserId, CourseEnrollment, UserProfile
from django.contrib.auth import get_user_model
from django.utils import timezone
from django_countries import countries
from lms.djangoapps.verify_student.models import ManualVerification
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.course_groups.models import CohortMembership, CourseUserGroup

from tests import factories

User = get_user_model()

ORG = "BenchX"
COHORTS = ("Red", "Green", "Blue", "Yellow")
LEVELS = ("p", "m", "b", "a", "hs", "jhs", "el", "none", "other")
COUNTRIES = tuple(code for code, _name in countries)
_BATCH = 5_000


def course_of(learners: int, *, verified_every: int = 5) -> CourseKey:
    """Return the course of this size, made once; one in so many learners is in the verified track."""
    number = f"L{learners}" if verified_every == 5 else f"L{learners}V{verified_every}"
    key = CourseKey.from_string(f"course-v1:{ORG}+{number}+2026")
    if CourseEnrollment.objects.filter(course_id=key).count() == learners:
        return key
    course_key = factories.make_course(number, org=ORG, cohorts=True)
    cohorts = [factories.make_cohort(course_key, name) for name in COHORTS]
    for start in range(0, learners, _BATCH):
        _add(course_key, cohorts, range(start, min(learners, start + _BATCH)), verified_every)
    return course_key


def _add(course_key: CourseKey, cohorts: list[CourseUserGroup], places: range, verified_every: int) -> None:
    names = [f"learner_{place * 7919 % 100_003:06d}_{course_key.course}_{place}" for place in places]
    User.objects.bulk_create(User(username=name, email=f"{name}@example.com", password="!") for name in names)
    ids = dict(User.objects.filter(username__in=names).values_list("username", "id"))
    people = [(ids[name], place) for name, place in zip(names, places, strict=True)]
    UserProfile.objects.bulk_create(_profile(pk, place) for pk, place in people if place % 500)
    CourseEnrollment.objects.bulk_create(
        CourseEnrollment(user_id=pk, course_id=course_key, mode="audit" if place % verified_every else "verified")
        for pk, place in people
    )
    members: Any = CourseUserGroup.users.through
    in_cohort = [(pk, cohorts[place % 4]) for pk, place in people if place % 10]
    members.objects.bulk_create(members(user_id=pk, courseusergroup_id=group.pk) for pk, group in in_cohort)
    CohortMembership.objects.bulk_create(
        CohortMembership(user_id=pk, course_user_group=group, course_id=course_key) for pk, group in in_cohort
    )
    now = timezone.now()
    ManualVerification.objects.bulk_create(
        ManualVerification(user_id=pk, status="approved", name="", created_at=now, updated_at=now)
        for pk, place in people
        if place % (2 * verified_every) == 0
    )
    # IDs that the platform gave out earlier, for most.
    AnonymousUserId.objects.bulk_create(
        AnonymousUserId(user_id=pk, course_id=key, anonymous_user_id=f"{kind}{pk:031x}")
        for pk, place in people
        for kind, key in (("a", None), ("b", course_key))
    )


def _profile(user_id: int, place: int) -> UserProfile:
    return UserProfile(
        user_id=user_id,
        name=f"Ada Lovelace {place}",
        meta='{"city": "Cambridge"}' if place % 20 == 0 else "",
        year_of_birth=1950 + place % 60,
        gender="mfo"[place % 3],
        level_of_education=LEVELS[place % 9],
        goals="to learn" * (place % 8),
        city="London",
        country=COUNTRIES[place * place % len(COUNTRIES)],
    )
