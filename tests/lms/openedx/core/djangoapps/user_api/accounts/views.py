"""What retirement does to a learner's profile."""

from __future__ import annotations

from django.contrib.auth.models import User

USER_PROFILE_PII = {
    "name": "",
    "meta": "",
    "location": "",
    "year_of_birth": None,
    "gender": None,
    "mailing_address": None,
    "city": None,
    "country": None,
    "bio": None,
    "phone_number": None,
}


class LMSAccountRetirementView:
    """Sends ``USER_RETIRE_LMS_MISC`` and ``USER_RETIRE_MAILINGS`` on the platform."""


class AccountRetirementView:
    """Sends ``USER_RETIRE_LMS_CRITICAL`` on the platform."""

    @staticmethod
    def clear_pii_from_userprofile(user: User) -> None:
        """Blank the personal fields of a profile; goals, education, language and state stay."""
        for name, value in USER_PROFILE_PII.items():
            setattr(user.profile, name, value)
        user.profile.save()
        user.profile.social_links.all().delete()
