"""Questions about enrollments in programs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import QuerySet

from lms.djangoapps.program_enrollments.models import ProgramEnrollment


def fetch_program_enrollments_by_students(
    users: Iterable[User] | None = None,
    external_user_keys: Iterable[str] | None = None,
    program_enrollment_statuses: Iterable[str] | None = None,
    realized_only: bool = False,
    waiting_only: bool = False,
) -> QuerySet:
    """The program enrollments of these learners; raises ValueError if none are named."""
    if not (users or external_user_keys):
        raise ValueError("users and external_user_keys are both empty; at least one must be provided.")
    if realized_only and waiting_only:
        raise ValueError("realized_only and waiting_only are mutually exclusive.")
    enrollments = ProgramEnrollment.objects.all()
    if users is not None:
        enrollments = enrollments.filter(user__in=users)
    if external_user_keys is not None:
        pattern = "|".join(re.escape(key) for key in external_user_keys)
        enrollments = enrollments.filter(external_user_key__iregex=f"^({pattern})$")
    if program_enrollment_statuses is not None:
        enrollments = enrollments.filter(status__in=program_enrollment_statuses)
    if realized_only:
        enrollments = enrollments.filter(user__isnull=False)
    if waiting_only:
        enrollments = enrollments.filter(user__isnull=True)
    return enrollments
