"""The grades that the platform keeps of courses."""

from __future__ import annotations

from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField

from lms.djangoapps.courseware.models import UnsignedBigIntAutoField


class PersistentCourseGrade(TimeStampedModel):
    """A learner's grade in a course as of the last change of a score or of the grading policy."""

    id = UnsignedBigIntAutoField(primary_key=True)
    user_id = models.IntegerField(db_index=True)
    course_id = CourseKeyField(max_length=255)
    course_edited_timestamp = models.DateTimeField(null=True, blank=True)
    course_version = models.CharField(max_length=255, blank=True)
    grading_policy_hash = models.CharField(max_length=255)
    percent_grade = models.FloatField()
    letter_grade = models.CharField(max_length=255)
    passed_timestamp = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "grades"
        unique_together = [("course_id", "user_id")]
        indexes = [
            models.Index(fields=["passed_timestamp", "course_id"], name="passed_timestamp_course_id_idx"),
            models.Index(fields=["modified", "course_id"], name="modified_course_id_idx"),
        ]

    def __str__(self) -> str:
        return f"grade of account {self.user_id}"
