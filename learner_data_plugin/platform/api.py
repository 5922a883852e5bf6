"""The one place where the plugin meets the platform: no other module imports ``lms``, ``common``, ``openedx`` or ``xmodule``.

What is here is named after what the plugin needs, and platform errors leave it as the plugin's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from common.djangoapps.course_modes.models import CourseMode
from common.djangoapps.edxmako.shortcuts import render_to_response
from common.djangoapps.student.models import (
    AnonymousUserId,
    CourseEnrollment,
    UserStanding,
)
from common.djangoapps.student.roles import BulkRoleCache, RoleCache
from common.djangoapps.util.file import course_filename_prefix_generator
from common.djangoapps.util.query import use_read_replica_if_available
from completion.models import BlockCompletion
from crum import get_current_request
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import router
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from edx_rest_framework_extensions.auth.session.authentication import SessionAuthenticationAllowInactiveUser
from lms.djangoapps.bulk_email.models_api import is_bulk_email_feature_enabled
from lms.djangoapps.course_goals.models import UserActivity
from lms.djangoapps.courseware.masquerade import MASQUERADE_SETTINGS_KEY, get_masquerade_role
from lms.djangoapps.courseware.models import StudentModule, StudentModuleHistory
from lms.djangoapps.grades.models import PersistentCourseGrade
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
from openedx.core.djangoapps.external_user_ids.models import ExternalId
from openedx.core.djangoapps.site_configuration.models import SiteConfiguration
from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_CRITICAL, USER_RETIRE_LMS_MISC
from openedx.core.lib.api.authentication import BearerAuthenticationAllowInactiveUser
from openedx.core.lib.courses import get_course_by_id

from ..data import Actor, Course
from ..exceptions import CourseNotFound, QueueUnavailable
from . import custom_courses
from .tokens import VerifiedJwtAuthentication

AUTHENTICATION_CLASSES = (
    VerifiedJwtAuthentication,
    BearerAuthenticationAllowInactiveUser,
    SessionAuthenticationAllowInactiveUser,
)
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
        if custom_courses.is_missing(course_key):
            raise CourseNotFound
        overview = CourseOverview.get_from_id(course_key)
    except (InvalidKeyError, CourseOverview.DoesNotExist, Http404):
        raise CourseNotFound from None
    # A database collation may match a key of other case; the platform compares keys exactly.
    if overview.id != course_key:
        raise CourseNotFound
    return Course(key=course_key, org=course_key.org or "", display_name=overview.display_name or str(course_key))


def all_course_keys() -> Iterable[CourseKey]:
    """Every course run of this site."""
    return CourseOverview.objects.order_by("id").values_list("id", flat=True)


def is_course_here(course_key: CourseKey) -> bool:
    """Whether exactly this course run is on this site (1 query)."""
    # A database collation may match a key of other case.
    return course_key in CourseOverview.objects.filter(id=course_key).values_list("id", flat=True)


def account_numbers(usernames: Collection[str]) -> dict[str, int]:
    """The number of each account of exactly these usernames (1 query)."""
    rows = get_user_model().objects.filter(username__in=usernames).values_list("username", "id")
    return {username: number for username, number in rows if username in usernames}


def present_accounts(numbers: Collection[int]) -> set[int]:
    """Those of these accounts that are there and have not been retired (1 query)."""
    accounts = get_user_model().objects.filter(pk__in=numbers)
    return set(accounts.exclude(username__startswith=settings.RETIRED_USERNAME_PREFIX).values_list("pk", flat=True))


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
    task_name: str, *, task_type: str, course_key: CourseKey, task_input: dict[str, Any], by: Actor, task_key: str = ""
) -> str:
    """Queue an instructor task in the name of an account; answer its Celery id.

    Of one type and key the platform lets one be under way in a course. Must not be called inside a transaction. Raises
    TaskAlreadyRunning, and QueueUnavailable, after which no row is left running.
    """
    try:
        task = current_app.tasks[task_name]
        return platform_submit_task(_request_of(by), task_type, task, course_key, task_input, task_key).task_id
    except AlreadyRunningError:
        raise TaskAlreadyRunning from None
    except QueueConnectionError:
        # The platform leaves the error's bare text as output, over which its own status view then stumbles.
        rows = InstructorTask.objects.filter(course_id=course_key, task_type=task_type, task_state="FAILURE")
        for row in rows.order_by("-id")[:1]:
            set_failure_message(row.id, str(QueueUnavailable()))
        raise QueueUnavailable from None


def _request_of(by: Actor) -> HttpRequest:
    """What the platform's submit_task reads of a request: the account, its address, and the host."""
    request = HttpRequest()
    request.user = get_user_model().objects.get(pk=by.user_id)
    request.META |= {"REMOTE_ADDR": by.address, "SERVER_NAME": urlsplit(lms_root_url()).hostname or ""}
    return request


def queue_again(task_name: str, task_id: str) -> None:
    """Send the message of a task that has a row already once more. Raises whatever the broker's client raises."""
    entry_id = InstructorTask.objects.values_list("pk", flat=True).get(task_id=task_id)
    current_app.tasks[task_name].apply_async([entry_id, {"task_id": task_id}], task_id=task_id)


def running_task_ids(course_key: CourseKey, task_type: str, *, task_key: str = "") -> list[str]:
    """Ids of the tasks of this type and key that are queued or running in a course."""
    rows = InstructorTask.objects.filter(course_id=course_key, task_type=task_type, task_key=task_key)
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


def cancel_task(task_id: str, message: str) -> None:
    """End a task that somebody cancelled, with a sentence. Ended ones stay as they are."""
    _end_task(task_id, "REVOKED", {"message": message})


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


def are_retired(usernames: Sequence[str], emails: Sequence[str]) -> list[bool]:
    """Whether each of these accounts is retired, or waits for it: its address goes at once, its name some days later."""
    name, prefix, domain = settings.RETIRED_USERNAME_PREFIX, settings.RETIRED_EMAIL_PREFIX, f"@{settings.RETIRED_EMAIL_DOMAIN}"
    return [
        username.startswith(name) or (email.startswith(prefix) and email.endswith(domain))
        for username, email in zip(usernames, emails, strict=True)
    ]


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


def enrollment_history() -> QuerySet:
    """Every change of an enrollment (``id``): ``history_date``, ``history_type``, and what the enrollment was from then on."""
    return use_read_replica_if_available(CourseEnrollment.history.all())


def problem_histories() -> list[QuerySet]:
    """Every row that the platform keeps of problems' states, as one queryset for each table that it keeps them in.

    The extended table is often in a database of its own: no joins. It counts where its app is installed, since importing its
    models anywhere else makes the platform write to a table that is not there.
    """
    histories = [use_read_replica_if_available(StudentModuleHistory.objects.all())]
    if apps.is_installed("lms.djangoapps.coursewarehistoryextended"):
        extended = apps.get_model("coursewarehistoryextended", "StudentModuleHistoryExtended")
        if router.db_for_read(extended) in settings.DATABASES:
            histories.append(extended.objects.all())
    return histories


def comment_created() -> Any:
    """The signal of a new response or comment in the forum; None where the platform has none."""
    try:
        return getattr(import_module("openedx.core.djangoapps.django_comment_common.signals"), "comment_created", None)
    except ImportError:
        return None


def forum_models(course_key: CourseKey) -> tuple[type[Model], type[Model]] | None:
    """The models of threads and of comments, where a course's forum keeps its posts in the LMS's database.

    Both switches are gone from the platform that knows no other forum (openedx-forum 0.4.3, April 2026).
    """
    if not apps.is_installed("forum"):
        return None
    switches = (
        ("openedx.core.djangoapps.discussions.config.waffle", "is_forum_v2_enabled"),
        ("forum.backend", "is_mysql_backend_enabled"),
    )
    for module, name in switches:
        try:
            is_enabled = getattr(import_module(module), name, None)
        except ImportError:
            continue
        if is_enabled is not None and not is_enabled(course_key):
            return None
    return apps.get_model("forum", "CommentThread"), apps.get_model("forum", "Comment")


def course_grades(course_key: CourseKey) -> QuerySet:
    """The grades that the platform keeps of a course: ``user_id``, and ``percent_grade`` from 0 to 1."""
    return use_read_replica_if_available(PersistentCourseGrade.objects.filter(course_id=course_key))


def progress_url(course_key: CourseKey, user_id: int) -> str:
    """Where the course team sees the progress of a learner; '' on a platform without such a page."""
    try:
        return reverse("student_progress", kwargs={"course_id": str(course_key), "student_id": user_id})
    except NoReverseMatch:
        return ""


def bulk_email_url(course_key: CourseKey) -> str:
    """Where the course team sends email to many learners at once; '' where the site has that switched off."""
    if not is_bulk_email_feature_enabled(course_key):
        return ""
    root = str(getattr(settings, "COMMUNICATIONS_MICROFRONTEND_URL", None) or "").rstrip("/")
    if root:
        return f"{root}/courses/{course_key}/bulk_email"
    try:
        return reverse("instructor_dashboard", kwargs={"course_id": str(course_key)}) + "#view-send_email"
    except NoReverseMatch:
        return ""


def subsection_url(course_key: CourseKey, usage_key: str) -> str:
    """Where learners see a subsection."""
    root = str(getattr(settings, "LEARNING_MICROFRONTEND_URL", None) or "").rstrip("/")
    return f"{root}/course/{course_key}/{usage_key}" if root else f"{lms_root_url()}/courses/{course_key}/jump_to/{usage_key}"
def retired_username_prefix() -> str:
    """What the usernames begin with that the platform gives to accounts it retires."""
    return settings.RETIRED_USERNAME_PREFIX


def retired_accounts() -> QuerySet:
    """The accounts that the platform has retired, known by the names it gives to them."""
    return get_user_model().objects.filter(
        username__startswith=retired_username_prefix(), email__endswith=f"@{settings.RETIRED_EMAIL_DOMAIN}"
    )


def lms_root_url() -> str:
    """Where this LMS is reached, without a trailing slash."""
    return settings.LMS_ROOT_URL.rstrip("/")
