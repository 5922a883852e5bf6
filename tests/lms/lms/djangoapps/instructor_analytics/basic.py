"""The platform's own profile report, learner by learner: what this plugin's report is compared with."""

from __future__ import annotations

import json
from collections.abc import Sequence

from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from opaque_keys.edx.keys import CourseKey

from lms.djangoapps.program_enrollments.api import fetch_program_enrollments_by_students
from lms.djangoapps.verify_student.services import IDVerificationService

STUDENT_FEATURES = ("id", "username", "first_name", "last_name", "is_staff", "email", "date_joined", "last_login")
PROFILE_FEATURES = (
    "name",
    "language",
    "location",
    "year_of_birth",
    "gender",
    "level_of_education",
    "mailing_address",
    "goals",
    "meta",
    "city",
    "country",
)
PROGRAM_ENROLLMENT_FEATURES = ("external_user_key",)
AVAILABLE_FEATURES = STUDENT_FEATURES + PROFILE_FEATURES + PROGRAM_ENROLLMENT_FEATURES
UNASSIGNED = "[unassigned]"
UNAVAILABLE = "[unavailable]"


def enrolled_students_features(course_key: CourseKey, features: Sequence[str]) -> list[dict[str, object]]:
    """A dictionary for each learner now enrolled, by username.

    Fails as a whole, as the platform's does, if one learner has no profile or profile data that is not a JSON object.
    """
    learners = User.objects.filter(courseenrollment__course_id=course_key, courseenrollment__is_active=1)
    learners = learners.order_by("username").select_related("profile").prefetch_related("course_groups", "teams")
    keys: dict[int, str | None] = {}
    if "external_user_key" in features and learners:
        rows = fetch_program_enrollments_by_students(users=learners, realized_only=True)
        keys = {row.user_id: row.external_user_key for row in rows}
    return [_learner(learner, course_key, features, keys) for learner in learners]


def _learner(
    learner: User, course_key: CourseKey, features: Sequence[str], keys: dict[int, str | None]
) -> dict[str, object]:
    values = {name: _value(learner, name) for name in STUDENT_FEATURES if name in features}
    values |= {name: _value(learner.profile, name) for name in PROFILE_FEATURES if name in features}
    values |= _from_meta(learner.profile.meta, features)
    if "cohort" in features:
        values["cohort"] = _name_in(learner.course_groups.all(), course_key, UNASSIGNED)
    if "team" in features:
        values["team"] = _name_in(learner.teams.all(), course_key, UNAVAILABLE)
    if "enrollment_mode" in features or "verification_status" in features:
        mode = CourseEnrollment.enrollment_mode_for_user(learner, course_key)[0]
        if "verification_status" in features:
            values["verification_status"] = IDVerificationService.verification_status_for_user(learner, mode)
        if "enrollment_mode" in features:
            values["enrollment_mode"] = mode
    if "external_user_key" in features:
        values["external_user_key"] = keys.get(learner.id, "")
    return values


def _value(owner: object, name: str) -> object:
    value = getattr(owner, name)
    try:
        DjangoJSONEncoder().default(value)
    except TypeError:
        return str(value)
    return value


def _from_meta(text: str, features: Sequence[str]) -> dict[str, object]:
    meta = json.loads(text) if text else {}
    values = {name: meta.get(name.split(".")[1]) for name in features if "meta." in name}
    city = meta.get("city")
    if "city" in features and city:
        values["city"] = city
    return values


def _name_in(groups, course_key: CourseKey, absent: str) -> str:
    return next((group.name for group in groups if group.course_id == course_key), absent)
