"""The tracks that a course offers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview


class CourseMode(models.Model):
    """One track of one course."""

    HONOR = "honor"
    PROFESSIONAL = "professional"
    VERIFIED = "verified"
    AUDIT = "audit"
    NO_ID_PROFESSIONAL_MODE = "no-id-professional"
    CREDIT_MODE = "credit"
    MASTERS = "masters"
    EXECUTIVE_EDUCATION = "executive-education"
    PAID_EXECUTIVE_EDUCATION = "paid-executive-education"
    UNPAID_EXECUTIVE_EDUCATION = "unpaid-executive-education"
    PAID_BOOTCAMP = "paid-bootcamp"
    UNPAID_BOOTCAMP = "unpaid-bootcamp"

    DEFAULT_MODE_SLUG = AUDIT
    ALL_MODES = [
        AUDIT,
        CREDIT_MODE,
        HONOR,
        NO_ID_PROFESSIONAL_MODE,
        PROFESSIONAL,
        VERIFIED,
        MASTERS,
        EXECUTIVE_EDUCATION,
        PAID_EXECUTIVE_EDUCATION,
        UNPAID_EXECUTIVE_EDUCATION,
        PAID_BOOTCAMP,
        UNPAID_BOOTCAMP,
    ]
    VERIFIED_MODES = [
        VERIFIED,
        PROFESSIONAL,
        MASTERS,
        EXECUTIVE_EDUCATION,
        PAID_EXECUTIVE_EDUCATION,
        PAID_BOOTCAMP,
    ]
    _PAID_MODES = [VERIFIED, PROFESSIONAL, EXECUTIVE_EDUCATION, PAID_EXECUTIVE_EDUCATION, PAID_BOOTCAMP]
    AUDIT_MODES = [AUDIT, HONOR, UNPAID_EXECUTIVE_EDUCATION, UNPAID_BOOTCAMP]

    course = models.ForeignKey(
        CourseOverview, db_constraint=False, db_index=True, related_name="modes", on_delete=models.DO_NOTHING
    )
    mode_slug = models.CharField(max_length=100)
    mode_display_name = models.CharField(max_length=255)
    min_price = models.IntegerField(default=0)
    currency = models.CharField(default="usd", max_length=8)
    _expiration_datetime = models.DateTimeField(default=None, null=True, blank=True, db_column="expiration_datetime")
    sku = models.CharField(max_length=255, null=True, blank=True)

    class Meta:
        app_label = "course_modes"
        unique_together = ("course", "mode_slug", "currency")

    def __str__(self) -> str:
        return f"{self.course_id}: {self.mode_slug}"

    def save(self, *args, **kwargs) -> None:
        """Refuse a track that has to be paid for but names no price."""
        if self.mode_slug in self._PAID_MODES and self.min_price < 1:
            raise ValidationError(f"The {self.mode_slug} course mode has a minimum price of 1.")
        super().save(*args, **kwargs)

    @property
    def slug(self) -> str:
        return self.mode_slug

    @property
    def name(self) -> str:
        return self.mode_display_name

    @property
    def expiration_datetime(self):
        return self._expiration_datetime

    @expiration_datetime.setter
    def expiration_datetime(self, moment) -> None:
        self._expiration_datetime = moment

    @classmethod
    def get_default_mode_slug(cls) -> str:
        return cls.DEFAULT_MODE_SLUG

    @classmethod
    def modes_for_course(
        cls, course_id: CourseKey, include_expired: bool = False, only_selectable: bool = True
    ) -> list[CourseMode]:
        """The tracks of a course; the default track where it has none."""
        modes: QuerySet = cls.objects.filter(course_id=course_id)
        if not include_expired:
            modes = modes.filter(Q(_expiration_datetime__isnull=True) | Q(_expiration_datetime__gte=now()))
        if only_selectable:
            modes = modes.exclude(mode_slug=cls.CREDIT_MODE)
        return list(modes) or [cls(mode_slug=cls.DEFAULT_MODE_SLUG, mode_display_name="Audit")]
