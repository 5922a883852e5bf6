"""What learners tell about themselves."""

from __future__ import annotations

import json

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django_countries.fields import CountryField


class UserProfile(models.Model):
    """The demographic data of one account."""

    GENDER_CHOICES = (("m", "Male"), ("f", "Female"), ("o", "Other/Prefer Not to Say"))
    LEVEL_OF_EDUCATION_CHOICES = (
        ("p", "Doctorate"),
        ("m", "Master's or professional degree"),
        ("b", "Bachelor's degree"),
        ("a", "Associate degree"),
        ("hs", "Secondary/high school"),
        ("jhs", "Junior secondary/junior high/middle school"),
        ("el", "Elementary/primary school"),
        ("none", "No formal education"),
        ("other", "Other education"),
    )

    user = models.OneToOneField(User, unique=True, db_index=True, related_name="profile", on_delete=models.CASCADE)
    name = models.CharField(blank=True, max_length=255, db_index=True)
    meta = models.TextField(blank=True)
    courseware = models.CharField(blank=True, max_length=255, default="course.xml")
    language = models.CharField(blank=True, max_length=255, db_index=True)
    location = models.CharField(blank=True, max_length=255, db_index=True)
    year_of_birth = models.IntegerField(blank=True, null=True, db_index=True)
    gender = models.CharField(blank=True, null=True, max_length=6, db_index=True, choices=GENDER_CHOICES)
    level_of_education = models.CharField(
        blank=True, null=True, max_length=6, db_index=True, choices=LEVEL_OF_EDUCATION_CHOICES
    )
    mailing_address = models.TextField(blank=True, null=True)
    city = models.TextField(blank=True, null=True)
    country = CountryField(blank=True, null=True)
    state = models.CharField(blank=True, null=True, max_length=2)
    goals = models.TextField(blank=True, null=True)
    bio = models.CharField(blank=True, null=True, max_length=3000, db_index=False)
    profile_image_uploaded_at = models.DateTimeField(null=True, blank=True)
    phone_number = models.CharField(blank=True, null=True, max_length=50)

    class Meta:
        db_table = "auth_userprofile"
        permissions = (("can_deactivate_users", "Can deactivate, but NOT delete users"),)

    def __str__(self) -> str:
        return f"profile of account {self.user_id}"

    @property
    def gender_display(self) -> str | None:
        """None if not told; KeyError for a code that is no longer in use."""
        return dict(self.GENDER_CHOICES)[self.gender] if self.gender else None

    @property
    def level_of_education_display(self) -> str | None:
        """None if not told; KeyError for a code that is no longer in use."""
        return dict(self.LEVEL_OF_EDUCATION_CHOICES)[self.level_of_education] if self.level_of_education else None

    def get_meta(self) -> dict:
        return json.loads(self.meta) if self.meta else {}

    def set_meta(self, meta: dict) -> None:
        self.meta = json.dumps(meta)


class LanguageProficiency(models.Model):
    """A language that a learner speaks."""

    user_profile = models.ForeignKey(
        UserProfile, db_index=True, related_name="language_proficiencies", on_delete=models.CASCADE
    )
    code = models.CharField(max_length=16, blank=False, choices=settings.LANGUAGES)

    class Meta:
        unique_together = (("code", "user_profile"),)

    def __str__(self) -> str:
        return self.code


class SocialLink(models.Model):
    """A learner's page elsewhere."""

    user_profile = models.ForeignKey(UserProfile, db_index=True, related_name="social_links", on_delete=models.CASCADE)
    platform = models.CharField(max_length=30)
    social_link = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.platform
