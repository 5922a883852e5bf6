"""Whether the course team can send email to many learners."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def is_bulk_email_feature_enabled(course_id: Any = None) -> bool:
    """Whether the site has it switched on; the platform keeps that in the database."""
    return bool(getattr(settings, "STAND_IN_BULK_EMAIL", False))
