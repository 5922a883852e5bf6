"""Learners in programs, known by a key of the institution's own."""

from __future__ import annotations

from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth.models import User
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField

from .constants import ProgramCourseEnrollmentStatuses, ProgramEnrollmentStatuses


class ProgramEnrollment(TimeStampedModel):
    """A learner in a program; without an account as long as nobody has claimed the key."""

    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE)
    external_user_key = models.CharField(db_index=True, max_length=255, null=True)
    program_uuid = models.UUIDField(db_index=True, null=False)
    curriculum_uuid = models.UUIDField(db_index=True, null=False)
    status = models.CharField(max_length=9, choices=[(status, status) for status in ProgramEnrollmentStatuses.__ALL__])

    class Meta:
        app_label = "program_enrollments"
        unique_together = (
            ("user", "program_uuid", "curriculum_uuid"),
            ("external_user_key", "program_uuid", "curriculum_uuid"),
        )

    def __str__(self) -> str:
        return f"[ProgramEnrollment id={self.id}]"


class ProgramCourseEnrollment(TimeStampedModel):
    """A learner in one course of a program."""

    program_enrollment = models.ForeignKey(
        ProgramEnrollment, on_delete=models.CASCADE, related_name="program_course_enrollments"
    )
    course_enrollment = models.ForeignKey(CourseEnrollment, null=True, blank=True, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255)
    status = models.CharField(
        max_length=9, choices=[(status, status) for status in ProgramCourseEnrollmentStatuses.__ALL__]
    )

    class Meta:
        app_label = "program_enrollments"
        unique_together = (("program_enrollment", "course_key"),)

    def __str__(self) -> str:
        return f"[ProgramCourseEnrollment id={self.id}]"
