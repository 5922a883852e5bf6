"""People who may enroll before they have, and what else is known of an enrollment."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey


class CourseEnrollmentAllowed(models.Model):
    """An address that may enroll; ``user`` is whoever used it."""

    email = models.CharField(max_length=255, db_index=True)
    course_id = CourseKeyField(max_length=255, db_index=True)
    auto_enroll = models.BooleanField(default=False)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE)
    created = models.DateTimeField(auto_now_add=True, null=True, db_index=True)

    class Meta:
        unique_together = (("email", "course_id"),)

    def __str__(self) -> str:
        return f"invitation to {self.course_id}"

    @classmethod
    def may_enroll_and_unenrolled(cls, course_id: CourseKey) -> models.QuerySet:
        """The invitations to a course that nobody has used."""
        return cls.objects.filter(course_id=course_id, user__isnull=True)


class CourseEnrollmentAttribute(models.Model):
    """A named value beside an enrollment."""

    enrollment = models.ForeignKey("CourseEnrollment", related_name="attributes", on_delete=models.CASCADE)
    namespace = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    value = models.CharField(max_length=255)

    def __str__(self) -> str:
        return f"{self.namespace}:{self.name}"
