"""Learners, their enrollments, their roles and their anonymous IDs."""

from .access_roles import CourseAccessRole, UserStanding
from .anonymous_ids import AnonymousUserId, anonymous_id_for_user, unique_id_for_user, user_by_anonymous_id
from .enrollments import CourseEnrollment, CourseEnrollmentManager, CourseEnrollmentState
from .invitations import CourseEnrollmentAllowed, CourseEnrollmentAttribute
from .profiles import LanguageProficiency, SocialLink, UserProfile
from .users import (
    User,
    get_retired_email_by_email,
    get_retired_username_by_username,
    get_user_by_username_or_email,
)

__all__ = [
    "AnonymousUserId",
    "CourseAccessRole",
    "CourseEnrollment",
    "CourseEnrollmentAllowed",
    "CourseEnrollmentAttribute",
    "CourseEnrollmentManager",
    "CourseEnrollmentState",
    "LanguageProficiency",
    "SocialLink",
    "User",
    "UserProfile",
    "UserStanding",
    "anonymous_id_for_user",
    "get_retired_email_by_email",
    "get_retired_username_by_username",
    "get_user_by_username_or_email",
    "unique_id_for_user",
    "user_by_anonymous_id",
]
