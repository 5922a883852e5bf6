"""``manage.py lms learner_data_retention``: delete what has expired, as the scheduled task does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from learner_data_plugin.privacy import retention


class Command(BaseCommand):
    help = (
        "Finishes erasures of retired learners, and deletes stored reports, audit records and what learners did that are older "
        "than RETENTION_DAYS, AUDIT_RETENTION_DAYS and ENGAGEMENT_RETENTION_DAYS allow."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        removed = retention.remove_expired()
        self.stdout.write(
            f"Deleted {removed.files} expired reports, {removed.audit_records} old audit records and {removed.learner_days} "
            "days of what learners did in a course."
        )
