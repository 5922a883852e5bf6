"""Preferences of accounts."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models


class UserPreference(models.Model):
    """One preference of one account."""

    user = models.ForeignKey(User, db_index=True, related_name="preferences", on_delete=models.CASCADE)
    key = models.CharField(max_length=255, db_index=True)
    value = models.TextField()

    class Meta:
        unique_together = ("user", "key")

    def __str__(self) -> str:
        return self.key

    @classmethod
    def get_value(cls, user: User, preference_key: str, default: str | None = None) -> str | None:
        row = cls.objects.filter(user=user, key=preference_key).first()
        return row.value if row else default
