"""What learners did in the blocks of a course."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from opaque_keys.edx.django.models import LearningContextKeyField, UsageKeyField


class UnsignedBigIntAutoField(models.AutoField):
    """A number that counts itself up, of eight bytes without a sign where the database has such."""

    def db_type(self, connection) -> str | None:
        return "bigint UNSIGNED AUTO_INCREMENT" if connection.vendor == "mysql" else super().db_type(connection)

    def rel_db_type(self, connection) -> str | None:
        return "bigint UNSIGNED" if connection.vendor == "mysql" else super().rel_db_type(connection)


class StudentModule(models.Model):
    """One learner's state in one block."""

    id = UnsignedBigIntAutoField(primary_key=True)
    module_type = models.CharField(max_length=32, db_index=True)
    module_state_key = UsageKeyField(max_length=255, db_column="module_id")
    student = models.ForeignKey(User, db_index=True, db_constraint=False, on_delete=models.CASCADE)
    course_id = LearningContextKeyField(max_length=255, db_index=True)
    state = models.TextField(null=True, blank=True)
    grade = models.FloatField(null=True, blank=True, db_index=True)
    max_grade = models.FloatField(null=True, blank=True)
    done = models.CharField(
        max_length=8,
        choices=(("na", "NOT_APPLICABLE"), ("f", "FINISHED"), ("i", "INCOMPLETE")),
        default="na",
    )
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    modified = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        app_label = "courseware"
        unique_together = (("student", "module_state_key", "course_id"),)
        indexes = [models.Index(fields=["module_state_key", "grade", "student"], name="courseware_stats")]

    def __str__(self) -> str:
        return f"state of account {self.student_id} in {self.module_state_key}"
