"""Who may do what, and which accounts are disabled."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField
from openedx.core.djangoapps.xmodule_django.models import NoneToEmptyManager


class CourseAccessRole(models.Model):
    """A role of one account: in a course, or in all of an organization where the course is empty."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    org = models.CharField(max_length=64, db_index=True, blank=True)
    course_id = CourseKeyField(max_length=255, db_index=True, blank=True)
    role = models.CharField(max_length=64, db_index=True)

    objects = NoneToEmptyManager()

    class Meta:
        unique_together = ("user", "org", "course_id", "role")

    def __str__(self) -> str:
        return f"{self.role} of {self.org} {self.course_id or ''}"


class UserStanding(models.Model):
    """Whether an account has been disabled by hand."""

    ACCOUNT_DISABLED = "disabled"
    ACCOUNT_ENABLED = "enabled"

    user = models.OneToOneField(User, db_index=True, related_name="standing", on_delete=models.CASCADE)
    account_status = models.CharField(
        blank=True,
        max_length=31,
        choices=((ACCOUNT_DISABLED, "Account Disabled"), (ACCOUNT_ENABLED, "Account Enabled")),
    )
    changed_by = models.ForeignKey(User, blank=True, on_delete=models.CASCADE)
    standing_last_changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.account_status
