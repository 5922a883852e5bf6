"""Who is in which course."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from edx_django_utils.cache import RequestCache
from opaque_keys.edx.keys import CourseKey
from openedx.core.djangoapps.content.course_overviews.models import CourseOverview
from simple_history.models import HistoricalRecords

from common.djangoapps.course_modes.models import CourseMode
from common.djangoapps.util.query import use_read_replica_if_available

from .invitations import CourseEnrollmentAllowed


class CourseEnrollmentState(NamedTuple):
    """Track and activity of one enrollment; both None where there is none."""

    mode: str | None
    is_active: bool | None


class CourseEnrollmentManager(models.Manager):
    """Questions about the enrollments of a course."""

    def is_small_course(self, course_id: CourseKey) -> bool:
        """Whether no more than ``FEATURES["MAX_ENROLLMENT_INSTR_BUTTONS"]`` learners are enrolled."""
        limit = settings.FEATURES.get("MAX_ENROLLMENT_INSTR_BUTTONS")
        return self.filter(course_id=course_id, is_active=1)[: limit + 1].count() <= limit

    def num_enrolled_in_exclude_admins(self, course_id: CourseKey) -> int:
        """How many are enrolled who neither teach nor coach the course."""
        from common.djangoapps.student.roles import CourseCcxCoachRole, CourseInstructorRole, CourseStaffRole

        key = course_id.to_course_locator() if getattr(course_id, "ccx", None) else course_id
        enrollments = self.filter(course_id=course_id, is_active=1)
        for role in (CourseStaffRole, CourseInstructorRole, CourseCcxCoachRole):
            enrollments = enrollments.exclude(user__in=role(key).users_with_role())
        return enrollments.count()

    def users_enrolled_in(
        self, course_id: CourseKey, include_inactive: bool = False, verified_only: bool = False
    ) -> models.QuerySet:
        """The accounts enrolled in a course."""
        conditions: dict[str, object] = {"courseenrollment__course_id": course_id}
        if not include_inactive:
            conditions["courseenrollment__is_active"] = True
        if verified_only:
            conditions["courseenrollment__mode"] = CourseMode.VERIFIED
        return User.objects.filter(**conditions)

    def enrollment_counts(self, course_id: CourseKey) -> dict[str, int]:
        """How many are enrolled in each track, and in all under ``total``."""
        rows = use_read_replica_if_available(
            self.filter(course_id=course_id, is_active=True).order_by().values("mode").annotate(models.Count("mode"))
        )
        counts: dict[str, int] = defaultdict(int)
        for row in rows:
            counts[row["mode"]] = row["mode__count"]
        counts["total"] = sum(counts.values())
        return counts


class CourseEnrollment(models.Model):
    """One account in one course; who left keeps an inactive row."""

    MODE_CACHE_NAMESPACE = "CourseEnrollment.mode_and_active"

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    course = models.ForeignKey(CourseOverview, db_constraint=False, on_delete=models.DO_NOTHING)
    created = models.DateTimeField(auto_now_add=True, null=True, db_index=True)
    is_active = models.BooleanField(default=True)
    mode = models.CharField(default=CourseMode.get_default_mode_slug, max_length=100)

    history = HistoricalRecords(
        history_id_field=models.UUIDField(default=uuid.uuid4), table_name="student_courseenrollment_history"
    )
    objects = CourseEnrollmentManager()

    class Meta:
        unique_together = (("user", "course"),)
        indexes = [models.Index(fields=["user", "-created"])]
        ordering = ("user", "course")

    def __str__(self) -> str:
        return f"enrollment {self.pk} in {self.course_id}"

    @classmethod
    def get_or_create_enrollment(cls, user: User, course_key: CourseKey) -> CourseEnrollment:
        """The enrollment, made inactive if there is none; a pending invitation is used up."""
        enrollment, _ = cls.objects.get_or_create(
            user=user, course_id=course_key, defaults={"mode": CourseMode.DEFAULT_MODE_SLUG, "is_active": False}
        )
        CourseEnrollmentAllowed.objects.filter(email=user.email, course_id=course_key, user__isnull=True).update(
            user=user
        )
        return enrollment

    @classmethod
    def enroll(
        cls,
        user: User,
        course_key: CourseKey,
        mode: str | None = None,
        check_access: bool = False,
        can_upgrade: bool = False,
        enterprise_uuid: str | None = None,
    ) -> CourseEnrollment:
        """Enroll, or enroll again. The platform's filters, events and access checks are left out."""
        enrollment = cls.get_or_create_enrollment(user, course_key)
        enrollment.update_enrollment(is_active=True, mode=mode or CourseMode.DEFAULT_MODE_SLUG)
        return enrollment

    @classmethod
    def unenroll(cls, user: User, course_id: CourseKey, skip_refund: bool = False) -> None:
        """Make the enrollment inactive; nothing happens if there is none."""
        enrollment = cls.objects.filter(user=user, course_id=course_id).first()
        if enrollment is not None:
            enrollment.update_enrollment(is_active=False)

    def update_enrollment(self, mode: str | None = None, is_active: bool | None = None, **kwargs) -> None:
        """Change track or activity and save, if that changes anything."""
        new = (self.mode if mode is None else mode, self.is_active if is_active is None else is_active)
        if new != (self.mode, self.is_active):
            self.mode, self.is_active = new
            self.save()
            self._states()[(self.user_id, self.course_id)] = CourseEnrollmentState(*new)

    @classmethod
    def is_enrolled(cls, user: User, course_key: CourseKey) -> bool:
        return cls._state(user, course_key).is_active or False

    @classmethod
    def enrollment_mode_for_user(cls, user: User, course_id: CourseKey) -> tuple[str | None, bool | None]:
        """Track and activity; one query an account, kept for the length of the request."""
        state = cls._state(user, course_id)
        return state.mode, state.is_active

    @classmethod
    def bulk_fetch_enrollment_states(cls, users: Iterable[User], course_key: CourseKey) -> None:
        """Read the states of many accounts at once, for ``enrollment_mode_for_user`` to answer from."""
        RequestCache(cls.MODE_CACHE_NAMESPACE).clear()
        for row in cls.objects.filter(user__in=users, course_id=course_key):
            cls._states()[(row.user_id, course_key)] = CourseEnrollmentState(row.mode, row.is_active)

    @classmethod
    def _state(cls, user: User, course_key: CourseKey) -> CourseEnrollmentState:
        if user.is_anonymous:
            return CourseEnrollmentState(None, None)
        states, key = cls._states(), (user.id, course_key)
        if key not in states:
            row = cls.objects.filter(user=user, course_id=course_key).first()
            states[key] = CourseEnrollmentState(row.mode, row.is_active) if row else CourseEnrollmentState(None, None)
        return states[key]

    @classmethod
    def _states(cls) -> dict:
        return RequestCache(cls.MODE_CACHE_NAMESPACE).data
