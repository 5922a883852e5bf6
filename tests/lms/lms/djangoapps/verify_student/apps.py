"""The verification app; it deletes what it must when a learner is retired."""

from __future__ import annotations

from django.apps import AppConfig


class VerifyStudentConfig(AppConfig):
    """``lms.djangoapps.verify_student``."""

    name = "lms.djangoapps.verify_student"

    def ready(self) -> None:
        from openedx.core.djangoapps.user_api.accounts.signals import USER_RETIRE_LMS_MISC

        USER_RETIRE_LMS_MISC.connect(retire_attempts, dispatch_uid="verify_student.retire_attempts")


def retire_attempts(sender, user, **kwargs) -> None:
    """Receiver: delete a retired learner's attempts."""
    from .models import VerificationAttempt

    VerificationAttempt.retire_user(user.id)
