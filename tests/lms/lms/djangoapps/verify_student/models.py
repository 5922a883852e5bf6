"""Attempts of learners to prove who they are: four kinds, a table each."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.timezone import now
from model_utils import Choices
from model_utils.models import StatusModel


def expiration_default() -> datetime:
    """When a verification made now expires."""
    return now() + timedelta(days=settings.VERIFY_STUDENT["DAYS_GOOD_FOR"])


def new_receipt_id() -> str:
    """A receipt nobody can guess."""
    return str(uuid.uuid4())


class IDVerificationAttempt(StatusModel):
    """What three of the four kinds have in common."""

    STATUS = Choices("created", "ready", "submitted", "must_retry", "approved", "denied")

    user = models.ForeignKey(User, db_index=True, on_delete=models.CASCADE)
    name = models.CharField(blank=True, max_length=255)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)
    expiration_date = models.DateTimeField(null=True, blank=True, db_index=True, default=expiration_default)

    class Meta:
        app_label = "verify_student"
        abstract = True
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}: {self.status}"

    @property
    def expiration_datetime(self) -> datetime:
        """When it expires; without a date, that many days after it was made."""
        return self.expiration_date or self.created_at + timedelta(days=settings.VERIFY_STUDENT["DAYS_GOOD_FOR"])


class ManualVerification(IDVerificationAttempt):
    """A verification by decision of the staff."""

    reason = models.CharField(max_length=255, blank=True)

    class Meta:
        app_label = "verify_student"


class SSOVerification(IDVerificationAttempt):
    """A verification by a trusted sign-on."""

    SAML = "common.djangoapps.third_party_auth.models.SAMLProviderConfig"

    identity_provider_type = models.CharField(max_length=100, blank=False, default=SAML)
    identity_provider_slug = models.SlugField(max_length=30, db_index=True, default="default")

    class Meta:
        app_label = "verify_student"


class SoftwareSecurePhotoVerification(IDVerificationAttempt):
    """A verification by photographs of a face and an ID card."""

    face_image_url = models.URLField(blank=True, max_length=255)
    photo_id_image_url = models.URLField(blank=True, max_length=255)
    receipt_id = models.CharField(db_index=True, default=new_receipt_id, max_length=255)
    display = models.BooleanField(db_index=True, default=True)
    submitted_at = models.DateTimeField(null=True, db_index=True)
    reviewing_user = models.ForeignKey(
        User,
        db_index=True,
        default=None,
        null=True,
        related_name="photo_verifications_reviewed",
        on_delete=models.CASCADE,
    )
    reviewing_service = models.CharField(blank=True, max_length=255)
    error_msg = models.TextField(blank=True)
    error_code = models.CharField(blank=True, max_length=50)
    photo_id_key = models.TextField(max_length=1024)
    copy_id_photo_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE)
    expiry_email_date = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        app_label = "verify_student"
        ordering = ["-created_at"]


class VerificationAttempt(StatusModel):
    """A verification by any plugin; the only kind whose expiry may be unknown."""

    STATUS = Choices("created", "pending", "approved", "denied")

    user = models.ForeignKey(User, db_index=True, on_delete=models.CASCADE)
    name = models.CharField(blank=True, max_length=255)
    expiration_datetime = models.DateTimeField(null=True, blank=True)
    hide_status_from_user = models.BooleanField(default=False, null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    def __str__(self) -> str:
        return f"VerificationAttempt {self.pk}: {self.status}"

    @classmethod
    def retire_user(cls, user_id: int) -> None:
        """Delete a learner's attempts."""
        cls.objects.filter(user_id=user_id).delete()
