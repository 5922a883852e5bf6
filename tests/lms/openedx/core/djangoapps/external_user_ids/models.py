"""IDs under which LTI tools and event consumers know learners."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import models
from model_utils.models import TimeStampedModel


class ExternalIdType(TimeStampedModel):
    """Who an ID is made for: ``lti``, ``xapi`` or ``caliper``."""

    CALIPER = "caliper"
    XAPI = "xapi"
    LTI = "lti"

    name = models.CharField(max_length=32, unique=True, db_index=True)
    description = models.TextField()

    class Meta:
        app_label = "external_user_ids"

    def __str__(self) -> str:
        return self.name


class ExternalId(TimeStampedModel):
    """The ID of one learner for one type."""

    external_user_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    external_id_type = models.ForeignKey(ExternalIdType, db_index=True, on_delete=models.CASCADE)
    user = models.ForeignKey(User, db_index=True, on_delete=models.CASCADE)

    class Meta:
        app_label = "external_user_ids"
        unique_together = (("user", "external_id_type"),)

    def __str__(self) -> str:
        return str(self.external_user_id)

    @classmethod
    def add_new_user_id(cls, user: User, type_name: str) -> tuple[ExternalId | None, bool]:
        """The learner's ID of a type, and whether it was made just now; None where the site has no such type."""
        kind = ExternalIdType.objects.filter(name=type_name).first()
        return (None, False) if kind is None else cls.objects.get_or_create(user=user, external_id_type=kind)
