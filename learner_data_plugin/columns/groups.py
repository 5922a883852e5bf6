"""Cohorts and teams: who is in which, and the values of their columns."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from ..platform import api as platform_api

UNASSIGNED = "[unassigned]"
UNAVAILABLE = "[unavailable]"
"""What the guide calls a learner without a cohort, and one without a team."""


def cohort_members() -> QuerySet:
    """Memberships in the cohorts of all courses; the cohort is ``courseusergroup``."""
    return platform_api.use_read_replica_if_available(platform_api.CourseUserGroup.users.through.objects.all())


def team_members() -> QuerySet:
    """Memberships in the teams of all courses; the team is ``team``."""
    return platform_api.use_read_replica_if_available(platform_api.CourseTeamMembership.objects.all())


def _first_name(members: QuerySet, group: str) -> Subquery:
    """The name of the group of this course that a learner joined first; None for a learner in none."""
    here = {"user_id": OuterRef("user_id"), f"{group}__course_id": OuterRef("course_id")}
    return Subquery(members.filter(**here).order_by("id").values(f"{group}__name")[:1])


COHORT = _first_name(cohort_members(), "courseusergroup")
TEAM = _first_name(team_members(), "team")
"""A learner can be in one team for each team-set; as the platform does, the report names one of them."""
