"""Which blocks learners have completed.

Stands in for the package edx-completion, which connects itself to parts of the LMS that do not exist here.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import LearningContextKeyField, UsageKeyField


class BlockCompletion(TimeStampedModel):
    """How far one learner is with one block, from 0 to 1."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    context_key = LearningContextKeyField(max_length=255, db_column="course_key")
    block_key = UsageKeyField(max_length=255)
    block_type = models.CharField(max_length=64)
    completion = models.FloatField()

    class Meta:
        indexes = [
            models.Index(fields=["context_key", "block_type", "user"]),
            models.Index(fields=["user", "context_key", "modified"]),
        ]
        unique_together = [("context_key", "block_key", "user")]
        get_latest_by = "modified"

    def __str__(self) -> str:
        return f"account {self.user_id}, {self.block_key}: {self.completion}"
