"""The one place where the plugin meets the platform: no other module imports ``lms``, ``common``, ``openedx`` or ``xmodule``.

What is here is named after what the plugin needs, and platform errors leave it as the plugin's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from common.djangoapps.course_modes.models import CourseMode
from common.djangoapps.edxmako.shortcuts import render_to_response
from common.djangoapps.student.models import (
    AnonymousUserId,
    CourseAccessRole,
    CourseEnrollment,
)
from common.djangoapps.util.file import course_filename_prefix_generator
from common.djangoapps.util.query import use_read_replica_if_available
from completion.models import BlockCompletion
from crum import get_current_request
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import router
from django.http import Http404, HttpRequest
from django.utils import timezone
from edx_django_utils.cache import RequestCache
from edx_rest_framework_extensions.auth.jwt.authentication import JwtAuthentication
from edx_rest_framework_extensions.auth.session.authentication import SessionAuthenticationAllowInactiveUser
from lms.djangoapps.course_goals.models import UserActivity
from lms.djangoapps.courseware.masquerade import MASQUERADE_SETTINGS_KEY, get_masquerade_role
from lms.djangoapps.courseware.models import StudentModule
from lms.djangoapps.instructor_task.api_helper import AlreadyRunningError, QueueConnectionError
from lms.djangoapps.instructor_task.api_helper import submit_task as platform_submit_task
from lms.djangoapps.instructor_task.models import PROGRESS, QUEUING, InstructorTask, ReportStore
from lms.djangoapps.instructor_task.tasks_base import BaseInstructorTask
from lms.djangoapps.instructor_task.tasks_helper.runner import TaskProgress, run_main_task
from lms.djangoapps.instructor_task.tasks_helper.utils import tracker_emit
from lms.djangoapps.program_enrollments.models import ProgramEnrollment
from lms.djangoapps.teams.models import CourseTeam, CourseTeamMembership
from lms.djangoapps.verify_student.models import (
    ManualVerification,
    SoftwareSecurePhotoVerification,
    SSOVerification,
    VerificationAttempt,
)
from opaque_keys import InvalidKeyError
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from openedx.core.djangoapps.course_groups.cohorts import is_course_cohorted
from openedx.core.djangoapps.course_groups.models import CourseUserGroup
from openedx.core.djangoapps.site_configuration.models import SiteConfiguration
from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_MISC
from openedx.core.lib.api.authentication import BearerAuthenticationAllowInactiveUser
from openedx.core.lib.courses import get_course_by_id

from .data import Course
from .exceptions import CourseNotFound, QueueUnavailable

__all__ = [
    "AUTHENTICATION_CLASSES",
    "PROGRESS",
    "QUEUING",
    "AnonymousUserId",
    "BaseInstructorTask",
    "BlockCompletion",
    "CourseAccessRole",
    "CourseEnrollment",
    "CourseTeam",
    "CourseTeamMembership",
    "CourseUserGroup",
    "ManualVerification",
    "ProgramEnrollment",
    "SSOVerification",
    "SoftwareSecurePhotoVerification",
    "StudentModule",
    "TaskProgress",
    "UserActivity",
    "VerificationAttempt",
    "render_to_response",
    "tracker_emit",
    "use_read_replica_if_available",
]

AUTHENTICATION_CLASSES = (JwtAuthentication, BearerAuthenticationAllowInactiveUser, SessionAuthenticationAllowInactiveUser)
"""How the platform's own APIs know who is asking (``openedx.core.lib.api.view_utils.view_auth_classes``)."""

VERIFIED_MODES = frozenset(CourseMode.VERIFIED_MODES)
"""Enrollment tracks that ask learners to verify their identity."""

RETIREMENT_SIGNALS = (USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_MISC)
"""Sent with ``user`` when the platform retires an account; a site's retirement pipeline may send either or both."""

REPORT_STORE = "GRADES_DOWNLOAD"
"""The platform's setting that says where instructor reports are stored."""


class TaskAlreadyRunning(Exception):
    """The platform has a row of this course and task type that has not ended."""


_ENDED_STATES = ("SUCCESS", "FAILURE", "REVOKED")


def get_course(course_id: str) -> Course:
    """Return the course run of this id. Raises CourseNotFound for one that is malformed or not on this site."""
    try:
        course_key = CourseKey.from_string(course_id)
        overview = CourseOverview.get_from_id(course_key)
    except (InvalidKeyError, CourseOverview.DoesNotExist, Http404):
        raise CourseNotFound from None
    # A database collation may match a key of other case; the platform compares keys exactly.
    if overview.id != course_key:
        raise CourseNotFound
    return Course(key=course_key, org=course_key.org or "", display_name=overview.display_name or str(course_key))


def get_value_for_org(org: str | None, name: str, default: Any = None) -> Any:
    """What the site of an organisation configures; while a request is answered, the site is looked up once (1 query)."""
    if org is None:
        return default
    if get_current_request() is None:
        configuration = SiteConfiguration.get_configuration_for_org(org)
    else:
        looked_up = RequestCache("learner_data_plugin.site_configuration").data
        if org not in looked_up:
            looked_up[org] = SiteConfiguration.get_configuration_for_org(org)
        configuration = looked_up[org]
    return default if configuration is None else configuration.get_value(name, default)


def all_course_keys() -> Iterable[CourseKey]:
    """Every course run of this site."""
    return CourseOverview.objects.order_by("id").values_list("id", flat=True)


def has_cohorts(course_key: CourseKey) -> bool:
    """Whether the course team has switched cohorts on. Raises CourseNotFound if the course has no content."""
    try:
        return bool(is_course_cohorted(course_key))
    except Http404:
        raise CourseNotFound from None


def has_teams(course_key: CourseKey) -> bool:
    """Whether the course team has switched teams on. Raises CourseNotFound if the course has no content."""
    try:
        return bool(get_course_by_id(course_key).teams_enabled)
    except Http404:
        raise CourseNotFound from None


def track_names(course_key: CourseKey) -> dict[str, str]:
    """The names that the course team gave to the tracks of a course, by slug (1 query); closed tracks included."""
    tracks = CourseMode.objects.filter(course_id=course_key)
    return dict(use_read_replica_if_available(tracks.values_list("mode_slug", "mode_display_name")))


def is_masquerading_as_learner(user: Any, course_key: CourseKey) -> bool:
    """Whether a member of the course team is looking at the course as a learner at this moment.

    The platform's courseware keeps that in the session and puts it on the account object in its own views only.
    """
    if get_masquerade_role(user, course_key) == "student":
        return True
    request = get_current_request()
    session = getattr(request, "session", None)
    if session is None or request.user.pk != user.pk or not settings.FEATURES.get("ENABLE_MASQUERADE", False):
        return False
    masquerade = session.get(MASQUERADE_SETTINGS_KEY, {}).get(course_key)
    return masquerade is not None and masquerade.role == "student"


def submit_task(
    request: HttpRequest, *, task: Any, task_type: str, course_key: CourseKey, task_input: dict[str, Any]
) -> InstructorTask:
    """Queue an instructor task; answer its row.

    Must not be called inside a transaction. Raises TaskAlreadyRunning, and QueueUnavailable, after which no row is left
    running.
    """
    try:
        return platform_submit_task(request, task_type, task, course_key, task_input, "")
    except AlreadyRunningError:
        raise TaskAlreadyRunning from None
    except QueueConnectionError:
        # The platform leaves the error's bare text as output, over which its own status view then stumbles.
        rows = InstructorTask.objects.filter(course_id=course_key, task_type=task_type, task_state="FAILURE")
        for row in rows.order_by("-id")[:1]:
            set_failure_message(row.id, str(QueueUnavailable()))
        raise QueueUnavailable from None


def queue_again(task: Any, task_id: str) -> None:
    """Send the message of a task that has a row already once more. Raises whatever the broker's client raises."""
    entry_id = InstructorTask.objects.values_list("pk", flat=True).get(task_id=task_id)
    task.apply_async([entry_id, {"task_id": task_id}], task_id=task_id)


def running_task_ids(course_key: CourseKey, task_type: str) -> list[str]:
    """Ids of the tasks of this type that are queued or running in a course."""
    rows = InstructorTask.objects.filter(course_id=course_key, task_type=task_type)
    return list(rows.exclude(task_state__in=_ENDED_STATES).values_list("task_id", flat=True))


def set_failure_message(entry_id: int, message: str) -> None:
    """Replace what the platform stored about a failed task, a piece of traceback, by a sentence for the course team."""
    InstructorTask.objects.filter(pk=entry_id).update(task_output=json.dumps({"message": message}))


def queued_task(entry_id: int) -> tuple[str, dict[str, Any]]:
    """The Celery id of the instructor task in this row, and the input it was submitted with."""
    task_id, task_input = InstructorTask.objects.values_list("task_id", "task_input").get(pk=entry_id)
    return task_id, json.loads(task_input)


def task_states(task_ids: Iterable[str]) -> dict[str, str]:
    """The platform's state of each of these tasks, by task id (1 query); tasks without a row are missing."""
    return dict(InstructorTask.objects.filter(task_id__in=task_ids).values_list("task_id", "task_state"))


def ended_tasks(task_ids: Iterable[str], *, before: datetime) -> set[str]:
    """Those of these tasks that had ended before a moment, well or not (1 query)."""
    rows = InstructorTask.objects.filter(task_id__in=task_ids, task_state__in=_ENDED_STATES, updated__lt=before)
    return set(rows.values_list("task_id", flat=True))


def fail_task(task_id: str, message: str) -> None:
    """End a task that nobody works on any more, with a sentence for the course team. Ended ones stay as they are."""
    _end_task(task_id, "FAILURE", {"message": message})


def finish_task(task_id: str, progress: dict[str, Any]) -> None:
    """End a task that has done its work. Ended ones stay as they are."""
    _end_task(task_id, "SUCCESS", progress)


def _end_task(task_id: str, state: str, output: dict[str, Any]) -> None:
    if task_id:
        rows = InstructorTask.objects.filter(task_id=task_id).exclude(task_state__in=_ENDED_STATES)
        rows.update(task_state=state, task_output=json.dumps(output), updated=timezone.now())


def run_instructor_task(entry_id: int, task_body: Callable[..., dict[str, Any]], action_name: str) -> dict[str, Any]:
    """Run ``task_body(entry_id, course_key, task_input, action_name)`` with the platform's bookkeeping around it."""
    return run_main_task(entry_id, task_body, action_name)


def report_store() -> Any:
    """The platform's report store. Raises whatever its configuration makes it raise."""
    return ReportStore.from_config(REPORT_STORE)


def file_name_prefix(course_key: CourseKey) -> str:
    """``{org}_{course}_{run}`` as the platform begins the names of its report files."""
    return course_filename_prefix_generator(course_key)


def is_user_attribute(name: str) -> bool:
    """Whether accounts have a value of this name; never the password."""
    found = getattr(get_user_model(), name, None)
    return name.isidentifier() and name[0] != "_" and name != "password" and found is not None and not callable(found)


def user_attributes(user_ids: Iterable[int], name: str) -> dict[int, Any]:
    """What each of these accounts has under this name (1 query, and those of the site's own code); None where that fails."""
    users = use_read_replica_if_available(get_user_model().objects.filter(pk__in=user_ids).select_related("profile"))
    return {user.pk: _attribute(user, name) for user in users}


def _attribute(user: Any, name: str) -> Any:
    try:
        return getattr(user, name)
    except Exception:  # the code is the site's own
        return None


def days_verification_is_good_for() -> int:
    """Days for which a verification counts that has no expiry of its own."""
    return settings.VERIFY_STUDENT["DAYS_GOOD_FOR"]


def lms_root_url() -> str:
    """Where this LMS is reached, without a trailing slash."""
    return settings.LMS_ROOT_URL.rstrip("/")


def site_configuration_database() -> str:
    """The alias of the database that site configurations are read from."""
    return router.db_for_read(SiteConfiguration)


def site_configuration_values(name: str) -> list[tuple[str, Any]]:
    """The domain of each site that has a value of this name in its enabled configuration, and the value (1 query)."""
    configurations = SiteConfiguration.objects.filter(enabled=True).select_related("site").order_by("site__domain")
    values = [(configuration.site.domain, configuration.site_values) for configuration in configurations]
    return [(domain, given[name]) for domain, given in values if isinstance(given, dict) and name in given]
