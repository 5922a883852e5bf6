"""Days on which learners were active in a course."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


class UserActivity(models.Model):
    """A day on which a learner opened a page of a course."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255)
    date = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "course_key", "date"], name="unique_user_course_date")]
        indexes = [models.Index(fields=["user", "course_key"], name="user_course_index")]
        verbose_name_plural = "User activities"

    def __str__(self) -> str:
        return f"account {self.user_id} on {self.date}"
