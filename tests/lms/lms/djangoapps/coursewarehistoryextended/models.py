"""The history of problems' states in a table that has room for more rows, and usually in a database of its own."""

from __future__ import annotations

from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from lms.djangoapps.courseware.models import BaseStudentModuleHistory, StudentModule, UnsignedBigIntAutoField


class StudentModuleHistoryExtended(BaseStudentModuleHistory):
    """How the state of a problem was; deleted with the state, although no database knows of both."""

    id = UnsignedBigIntAutoField(primary_key=True)
    student_module = models.ForeignKey(StudentModule, db_index=False, db_constraint=False, on_delete=models.DO_NOTHING)

    class Meta:
        app_label = "coursewarehistoryextended"
        get_latest_by = "created"
        indexes = [models.Index(fields=["student_module"], name="student_module_idx")]


@receiver(post_save, sender=StudentModule)
def save_history(sender: type, instance: StudentModule, **_kwargs: object) -> None:
    BaseStudentModuleHistory.save_history_entry(instance, StudentModuleHistoryExtended, "extended history")


@receiver(post_delete, sender=StudentModule)
def delete_history(sender: type, instance: StudentModule, **_kwargs: object) -> None:
    StudentModuleHistoryExtended.objects.filter(student_module=instance).delete()
