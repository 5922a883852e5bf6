"""Whether a learner's identity is verified, by the platform's rules, oddities included."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from common.djangoapps.course_modes.models import CourseMode
from django.contrib.auth.models import User
from django.utils.timezone import now

from .models import ManualVerification, SoftwareSecurePhotoVerification, SSOVerification, VerificationAttempt


class IDVerificationService:
    """Answers about one learner at a time, at four queries each."""

    @classmethod
    def user_is_verified(cls, user: User) -> bool:
        """Whether the approved attempt that was *touched* last has not expired; no expiry counts as expired."""
        expiry = cls.get_expiration_datetime(user, ["approved"])
        return expiry >= now() if expiry else False

    @classmethod
    def get_expiration_datetime(cls, user: User, statuses: Collection[str]) -> datetime | None:
        """The expiry of the attempt touched last among those of these statuses; on a tie the kind named first wins."""
        latest = None
        for kind in (SoftwareSecurePhotoVerification, SSOVerification, ManualVerification, VerificationAttempt):
            for attempt in kind.objects.filter(user=user, status__in=statuses):
                if latest is None or attempt.updated_at > latest.updated_at:
                    latest = attempt
        return latest and latest.expiration_datetime

    @classmethod
    def verification_status_for_user(
        cls, user: User, user_enrollment_mode: str | None, user_is_verified: bool | None = None
    ) -> str:
        """``N/A`` outside the verified tracks, else ``ID Verified`` or ``Not ID Verified``."""
        if user_enrollment_mode not in CourseMode.VERIFIED_MODES:
            return "N/A"
        if user_is_verified is None:
            user_is_verified = cls.user_is_verified(user)
        return "ID Verified" if user_is_verified else "Not ID Verified"
