"""Making courses and learners for tests: the same code on the stand-in LMS and on the real platform."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from common.djangoapps.student.models import (
    CourseAccessRole,
    CourseEnrollment,
    UserProfile,
    anonymous_id_for_user,
    get_retired_email_by_email,
    get_retired_username_by_username,
)
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.utils import timezone
from lms.djangoapps.courseware.masquerade import MASQUERADE_SETTINGS_KEY, CourseMasquerade
from lms.djangoapps.teams.models import CourseTeam, CourseTeamMembership
from lms.djangoapps.verify_student.models import (
    ManualVerification,
    SoftwareSecurePhotoVerification,
    SSOVerification,
    VerificationAttempt,
)
from oauth2_provider.models import AccessToken
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from openedx.core.djangoapps.course_groups.cohorts import set_course_cohorted
from openedx.core.djangoapps.course_groups.models import CohortMembership, CourseCohort, CourseUserGroup
from openedx.core.djangoapps.external_user_ids.models import ExternalId, ExternalIdType
from openedx.core.djangoapps.site_configuration.models import SiteConfiguration
from openedx.core.lib.teams_config import TeamsConfig
from xmodule.modulestore.tests.factories import CourseFactory

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.models import ReportFile, ReportRun

User = get_user_model()

PASSWORD = "a password for tests"
TEAM_SETS = ("groups", "projects")
VERIFICATION_KINDS = {
    "photo": SoftwareSecurePhotoVerification,
    "sso": SSOVerification,
    "manual": ManualVerification,
    "attempt": VerificationAttempt,
}
_UNSET: Any = object()
_numbers = count(1)


def make_course(
    number: str = "", *, name: str = "", org: str = "TestX", run: str = "2026", cohorts: bool = False, teams: bool = False
) -> CourseKey:
    """Return the key of a new course, with its cohorts and its two team-sets switched on or off."""
    number = number or f"Course{next(_numbers)}"
    team_sets = [{"id": name, "name": name, "description": name} for name in TEAM_SETS]
    course = CourseFactory.create(
        org=org,
        number=number,
        run=run,
        display_name=name or f"Course {number}",
        teams_configuration=TeamsConfig({"enabled": teams, "team_sets": team_sets}),
    )
    CourseOverview.get_from_id(course.id)  # makes it, as publishing does
    set_course_cohorted(course.id, cohorts)
    return course.id


def make_user(username: str = "", *, profile: dict[str, Any] | None = _UNSET, **values: Any) -> Any:
    """Return a new account with PASSWORD; ``profile`` are the values of its profile, None for an account without one."""
    username = username or f"user{next(_numbers):05d}"
    user = User.objects.create_user(username, values.pop("email", f"{username}@example.com"), PASSWORD, **values)
    # The platform makes no profile by itself.
    if profile is _UNSET:
        profile = {"name": f"Name of {username}"}
    if profile is not None:
        UserProfile.objects.create(user=user, **profile)
    return User.objects.get(pk=user.pk)


def enroll(user: Any, course_key: CourseKey, *, mode: str = "audit", is_active: bool = True) -> CourseEnrollment:
    """Enroll an account; inactive for somebody who left."""
    return CourseEnrollment.objects.create(user=user, course_id=course_key, mode=mode, is_active=is_active)


def make_learner(
    course_key: CourseKey, username: str = "", *, mode: str = "audit", is_active: bool = True, **values: Any
) -> Any:
    """Return a new account that is enrolled; further values are make_user's."""
    user = make_user(username, **values)
    enroll(user, course_key, mode=mode, is_active=is_active)
    return user


def make_learners(course_key: CourseKey, number: int, *, prefix: str = "bulk", mode: str = "audit") -> list[int]:
    """Enroll many plain learners with few queries; returns their user ids in order of username."""
    offset = next(_numbers)
    names = [f"{prefix}_{offset}_{place:07d}" for place in range(number)]
    User.objects.bulk_create(User(username=name, email=f"{name}@example.com", password="!") for name in names)
    users = User.objects.filter(username__startswith=f"{prefix}_{offset}_")
    ids = list(users.order_by("username").values_list("id", flat=True))
    UserProfile.objects.bulk_create(UserProfile(user_id=pk, name="Ada") for pk in ids)
    CourseEnrollment.objects.bulk_create(CourseEnrollment(user_id=pk, course_id=course_key, mode=mode) for pk in ids)
    return ids


def give_role(user: Any, role: str, course_key: CourseKey | None = None, *, org: str | None = None) -> Any:
    """Give a role in a course, or with ``org`` alone in all courses of an organization."""
    if org is None:
        org = course_key.org if course_key is not None else ""
    CourseAccessRole.objects.create(user=user, role=role, org=org, course_id=course_key)
    return User.objects.get(pk=user.pk)


def make_team_member(role: str, course_key: CourseKey | None = None, *, org: str | None = None) -> Any:
    """Return a new account with a role."""
    return give_role(make_user(), role, course_key, org=org)


def make_cohort(course_key: CourseKey, name: str, users: Iterable[Any] = ()) -> CourseUserGroup:
    """Return a new cohort with these accounts in it."""
    cohort = CourseUserGroup.objects.create(course_id=course_key, name=name, group_type=CourseUserGroup.COHORT)
    CourseCohort.objects.create(course_user_group=cohort, assignment_type=CourseCohort.MANUAL)
    for user in users:
        CohortMembership.assign(cohort, user)
    return cohort


def make_team(course_key: CourseKey, name: str, users: Iterable[Any] = (), *, team_set: str = TEAM_SETS[0]) -> CourseTeam:
    """Return a new team with these accounts in it, enrolled or not."""
    team = CourseTeam.create(name=name, course_id=course_key, description=name, topic_id=team_set)
    team.save()
    for user in users:
        join_team(team, user)
    return team


def join_team(team: CourseTeam, user: Any) -> None:
    """Put an account into a team."""
    CourseTeamMembership.objects.create(user=user, team=team)


def verify(
    user: Any,
    kind: str = "photo",
    *,
    status: str = "approved",
    expires: datetime | None = _UNSET,
    created: datetime | None = None,
    updated: datetime | None = None,
) -> Any:
    """Return a verification of this kind; ``expires`` None is no expiry of its own, left out it is the model's default."""
    model = VERIFICATION_KINDS[kind]
    expiry_field = "expiration_datetime" if kind == "attempt" else "expiration_date"
    values = {} if expires is _UNSET else {expiry_field: expires}
    verification = model.objects.create(user=user, name="", status=status, **values)
    moments = {"created_at": created, "updated_at": updated}
    moments = {field: moment for field, moment in moments.items() if moment is not None}
    if moments:  # both fields are filled by the models themselves when saved
        model.objects.filter(pk=verification.pk).update(**moments)
    return verification


def configure_site(org: str | None, *, site: Site | None = None, enabled: bool = True, **values: Any) -> SiteConfiguration:
    """Return a site's configuration with these values; with an organization they hold for its courses on every site."""
    site = site or Site.objects.create(domain=f"site{next(_numbers)}.example.com", name=f"site{next(_numbers)}")
    of_org = {} if org is None else {"course_org_filter": [org]}
    return SiteConfiguration.objects.create(site=site, enabled=enabled, site_values={**of_org, **values})


def configure_default_site(**values: Any) -> SiteConfiguration:
    """Return the configuration of the site that requests belong to whose host is none of a site's."""
    return configure_site(None, site=Site.objects.get(pk=settings.SITE_ID), **values)


def make_external_id(user: Any, kind: str = "lti") -> str:
    """Return the UUID under which LTI tools, or with another kind xAPI or Caliper, know an account."""
    ExternalIdType.objects.get_or_create(name=kind, defaults={"description": kind})
    made, _is_new = ExternalId.add_new_user_id(user, kind)
    return str(made.external_user_id)


def anonymous_id(user: Any, course_key: CourseKey | None) -> str:
    """Return the platform's own anonymized ID of an account, for a course or (None) for the site."""
    return anonymous_id_for_user(User.objects.get(pk=user.pk), course_key)


def retire(user: Any) -> None:
    """Give an account the names that retirement leaves."""
    retired = {"username": get_retired_username_by_username(user.username), "email": get_retired_email_by_email(user.email)}
    User.objects.filter(pk=user.pk).update(**retired)


def days(number: float) -> datetime:
    """The moment so many days from now."""
    return timezone.now() + timedelta(days=number)


def make_report(course_key: CourseKey, user: Any, *, report: str = "profile", file_format: str = "csv") -> Any:
    """Return the stored file of a report that was requested and made in the name of an account."""
    by = Actor(user.pk, user.username, "192.0.2.1")
    requested = api.request_report(course_key, report, file_format=file_format, by=by)
    return ReportFile.objects.select_related("run").get(run__task_id=requested.task_id)


def make_stored_files(course_key: CourseKey, number: int, requester: Any) -> None:
    """Enter many reports with few queries; nothing is stored under their paths."""
    start = next(_numbers)
    ReportRun.objects.bulk_create(
        ReportRun(course_id=course_key, report="profile", file_format="csv", requester=requester, task_id=f"bulk{start}")
        for _ in range(number)
    )
    ReportFile.objects.bulk_create(
        ReportFile(run=run, course_id=course_key, name=f"bulk_{run.pk}.csv", path="none", size_bytes=1, rows=1, sha256="0" * 64)
        for run in ReportRun.objects.filter(task_id=f"bulk{start}")
    )


def masquerade_as_learner(client: Any, course_key: CourseKey) -> None:
    """Have whoever is signed in look at a course as a learner, as courseware's menu does it."""
    session = client.session
    session[MASQUERADE_SETTINGS_KEY] = {course_key: CourseMasquerade(course_key, role="student")}
    session.save()


def make_access_token(user: Any, *, scope: str = "read write") -> str:
    """Return a bearer token of an account; the scopes are those that the platform gives unless others are asked for."""
    token = f"token-{next(_numbers)}"
    AccessToken.objects.create(user=user, token=token, expires=days(1), scope=scope)
    return token
