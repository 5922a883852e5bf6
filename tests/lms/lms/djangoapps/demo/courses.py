"""The demo's courses with their tracks, cohorts and teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.djangoapps.course_modes.models import CourseMode
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from openedx.core.djangoapps.course_groups.models import CourseCohort, CourseCohortsSettings, CourseUserGroup
from waffle.models import Flag
from xmodule.models import CourseBlock

from lms.djangoapps.teams.models import CourseTeam

from . import welcome

MODES = (("audit", "Audit", 0), ("verified", "Verified Certificate", 99), ("honor", "Honor Code", 0))
TEAM_SETS = ({"id": "projects", "name": "Projects"}, {"id": "reading", "name": "Reading circles"})


@dataclass(frozen=True)
class DemoCourse:
    """A course as the demo wants it: ``series`` is the number at which the names of its own learners begin."""

    key: CourseKey
    name: str
    series: int
    cohorts: Sequence[str] = ()
    teams: Sequence[tuple[str, str]] = ()


SMALL = DemoCourse(
    key=CourseKey.from_string(welcome.SMALL),
    name="Introduction to Learner Data",
    series=100,
    cohorts=("Default Group", "Mornings", "Evenings", "Grupo en español", "المجموعة العربية"),
    teams=(
        ("projects", "Blue Whales 🐋"), ("projects", "Red Pandas"), ("projects", "Équipe «Étoile»"), ("projects", "黑猫队"),
        ("projects", "نسور"), ("projects", "=SUM(1,2)"), ("projects", "Night Owls"), ("projects", "Zebras, Inc."),
        ("reading", "Slow readers"), ("reading", "Fast readers"),
    ),
)  # fmt: skip
LARGE = DemoCourse(
    key=CourseKey.from_string(welcome.LARGE),
    name="Statistics for Everybody",
    series=1_000,
    cohorts=("Default Group", "Americas", "Europe and Africa", "Asia", "Employees"),
)
OTHER = DemoCourse(key=CourseKey.from_string(welcome.OTHER), name="A Course of Somebody Else", series=50)
COURSES = (SMALL, LARGE, OTHER)


@dataclass(frozen=True)
class CourseGroups:
    """The stored cohorts of a course, and its teams by team-set."""

    cohorts: list[CourseUserGroup]
    teams: dict[str, list[CourseTeam]]


def ensure(course: DemoCourse, *, start: datetime) -> CourseGroups:
    """Make what is missing of a course, and answer its groups."""
    teams_settings: dict[str, Any] = {"enabled": bool(course.teams), "team_sets": list(TEAM_SETS) if course.teams else []}
    CourseBlock.objects.get_or_create(
        id=course.key,
        defaults={
            "display_name": course.name,
            "is_cohorted": bool(course.cohorts),
            "teams_settings": teams_settings,
            "start": start,
            "language": "en",
        },
    )
    if not CourseOverview.objects.filter(id=course.key).exists():
        CourseOverview.load_from_module_store(course.key)
    CourseCohortsSettings.objects.get_or_create(course_id=course.key, defaults={"is_cohorted": bool(course.cohorts)})
    for slug, name, price in MODES:
        CourseMode.objects.get_or_create(
            course_id=course.key, mode_slug=slug, defaults={"mode_display_name": name, "min_price": price}
        )
    return CourseGroups(
        cohorts=[_cohort(course.key, name) for name in course.cohorts],
        teams={
            team_set["id"]: [_team(course.key, topic, name) for topic, name in course.teams if topic == team_set["id"]]
            for team_set in TEAM_SETS
        },
    )


def ensure_forum() -> None:
    """Have the forum keep its posts in the LMS's database."""
    for name in ("discussions.enable_forum_v2", "forum_v2.enable_mysql_backend"):
        Flag.objects.get_or_create(name=name, defaults={"everyone": True})


def stored_start() -> datetime | None:
    """When the courses began, None in a database that holds no demo yet."""
    return CourseBlock.objects.filter(id=SMALL.key).values_list("start", flat=True).first()


def _cohort(course_key: CourseKey, name: str) -> CourseUserGroup:
    kind = CourseCohort.RANDOM if name == "Default Group" else CourseCohort.MANUAL
    return CourseCohort.create(name, course_key, assignment_type=kind).course_user_group


def _team(course_key: CourseKey, topic: str, name: str) -> CourseTeam:
    team = CourseTeam.objects.filter(course_id=course_key, topic_id=topic, name=name).first()
    if team is None:
        team = CourseTeam.create(name, course_key, f"A team of the demo: {name}", topic_id=topic)
        team.save()
    return team
