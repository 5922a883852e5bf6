"""``manage.py lms learner_data_retention``: delete what has expired, as the scheduled task does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from learner_data_plugin import erasure, retention


class Command(BaseCommand):
    help = (
        "Finishes erasures of retired learners, and deletes stored reports and audit records that are older "
        "than RETENTION_DAYS and AUDIT_RETENTION_DAYS allow."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        erasure.erase_pending()
        removed = retention.remove_expired()
        self.stdout.write(f"Deleted {removed.files} expired reports and {removed.audit_records} old audit records.")
