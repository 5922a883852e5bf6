"""What learners did in the blocks of a course."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models.signals import post_save
from edx_django_utils.cache import RequestCache
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


class BaseStudentModuleHistory(models.Model):
    """How the state of a problem was after a request that saved it."""

    HISTORY_SAVING_TYPES = frozenset({"problem"})

    version = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    created = models.DateTimeField(db_index=True)
    state = models.TextField(null=True, blank=True)
    grade = models.FloatField(null=True, blank=True)
    max_grade = models.FloatField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"state of module {self.student_module_id} at {self.created}"

    @staticmethod
    def save_history_entry(
        student_module: StudentModule, history_model_cls: type[BaseStudentModuleHistory], request_cache_key: str
    ) -> None:
        """Keep the state of a problem that was saved; a second save in one request changes the first one's row."""
        if student_module.module_type not in history_model_cls.HISTORY_SAVING_TYPES:
            return
        made = RequestCache("studentmodulehistory").data.setdefault(request_cache_key, {})
        entry = history_model_cls.objects.filter(pk=made.get(student_module.id)).first()
        entry = entry or history_model_cls(student_module=student_module, version=None)
        entry.created = student_module.modified
        entry.state, entry.grade, entry.max_grade = student_module.state, student_module.grade, student_module.max_grade
        entry.save()
        made[student_module.id] = entry.id


class StudentModuleHistory(BaseStudentModuleHistory):
    """The history in the default database, kept unless FEATURES["ENABLE_CSMH_EXTENDED"]."""

    student_module = models.ForeignKey(StudentModule, db_index=True, db_constraint=False, on_delete=models.CASCADE)

    class Meta:
        app_label = "courseware"
        get_latest_by = "created"


def _save_history(sender: type, instance: StudentModule, **_kwargs: object) -> None:
    BaseStudentModuleHistory.save_history_entry(instance, StudentModuleHistory, "history")


if not settings.FEATURES.get("ENABLE_CSMH_EXTENDED"):
    post_save.connect(_save_history, sender=StudentModule)
