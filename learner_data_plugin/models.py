"""What the plugin keeps: requests for reports, the files made, and who did what with learner data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from opaque_keys.edx.django.models import CourseKeyField

from .data import AuditAction, FileFormat, Report
from .exceptions import AuditIsAppendOnly

_REPORTS = [(report.value, report.value) for report in Report]
_FORMATS = [(file_format.value, file_format.value) for file_format in FileFormat]
_ACTIONS = [
    (AuditAction.REQUESTED.value, _("Report requested")),
    (AuditAction.GENERATED.value, _("Report generated")),
    (AuditAction.FAILED.value, _("Report failed")),
    (AuditAction.DOWNLOADED.value, _("Report downloaded")),
    (AuditAction.LISTED.value, _("Learners listed")),
    (AuditAction.ANONYMIZED_IDS.value, _("Anonymized IDs downloaded")),
    (AuditAction.REFUSED.value, _("Refused")),
    (AuditAction.DELETED.value, _("Report deleted")),
    (AuditAction.EXPIRED.value, _("Report expired")),
    (AuditAction.ERASED.value, _("Learner erased from report")),
    (AuditAction.WITHDRAWN.value, _("Report withdrawn, its deletion still refused by the storage")),
]


class ReportRun(models.Model):
    """One request for a report: what was asked for, and how far it is.

    ``slot`` is set while the run is queued or running, and unique: the database lets one run of a report be under way in a
    course. ``failure`` is a key of ``report_runs.FAILURE_SENTENCES``.

    .. pii: ``selection`` may hold the name or address that was searched for; ``requester`` says who asked.
    .. pii_types: name, email_address, username
    .. pii_retirement: local_api
    """

    course_id = CourseKeyField(max_length=255, db_index=True)
    report = models.CharField(max_length=32, choices=_REPORTS)
    file_format = models.CharField(max_length=8, choices=_FORMATS)
    selection = models.JSONField(default=dict)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    address = models.CharField(max_length=45, blank=True, default="")
    task_id = models.CharField(max_length=255, blank=True, default="", db_index=True)
    slot = models.CharField(max_length=40, null=True, unique=True)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    started = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    stored_path = models.CharField(max_length=500, blank=True, default="")
    failure = models.CharField(max_length=32, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.report} of {self.course_id} ({self.task_id})"


class ReportFile(models.Model):
    """A finished report in the platform's report storage; it is listed and served from here, not from the storage.

    ``withdrawn`` is set while the storage refuses to delete the content: nobody gets to see the report any more.

    .. pii: The file it speaks of holds learner data; ``requester`` says who asked for it.
    .. pii_types: username
    .. pii_retirement: local_api
    """

    run = models.OneToOneField(ReportRun, on_delete=models.CASCADE, related_name="file")
    course_id = CourseKeyField(max_length=255, db_index=True)
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=500)
    size_bytes = models.PositiveBigIntegerField()
    rows = models.PositiveIntegerField()
    columns = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course_id", "name"], name="learner_data_one_file_per_name")]

    def __str__(self) -> str:
        return self.name


class LearnerIndex(models.Model):
    """Whom a stored report holds, answered for one account at a time and only by a site that knows its own secret key.

    ``digests`` are keyed hashes, see :mod:`learner_index`; neither accounts nor their number in common with another report can
    be read out of them.

    .. no_pii: Keyed hashes of account numbers, with a key that is not in the database.
    """

    file = models.OneToOneField(ReportFile, on_delete=models.CASCADE, related_name="learner_index", primary_key=True)
    key_check = models.BinaryField(max_length=16)
    digests = models.BinaryField()

    def __str__(self) -> str:
        return f"Learner index of report {self.file_id}"


class PendingErasure(models.Model):
    """A retired account that still has to be taken out of stored reports; the row goes when that is done.

    .. no_pii: The number of an account whose personal data the platform has removed.
    """

    user_id = models.IntegerField(unique=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Erasure of account {self.user_id}"


class AuditQuerySet(models.QuerySet["AuditRecord"]):
    """Records can be added and read; what retention removes is named by its age."""

    def update(self, **kwargs: Any) -> int:
        raise AuditIsAppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AuditIsAppendOnly

    def remove_older_than(self, moment: datetime) -> int:
        """Remove what was recorded before ``moment``; returns how many records. For retention alone."""
        return super().filter(created__lte=moment)._remove()

    def _remove(self) -> int:
        return super().delete()[0]


class AuditRecord(models.Model):
    """Something that was done with learner data. Records are added, never changed; retention removes old ones.

    The account is kept by number and name, so that the record outlives it.

    .. pii: Who of the course team did what, and from which address.
    .. pii_types: username, ip
    .. pii_retirement: retained
    """

    action = models.CharField(max_length=16, choices=_ACTIONS)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    course_id = CourseKeyField(max_length=255, db_index=True)
    user_id = models.IntegerField(null=True, db_index=True)
    username = models.CharField(max_length=150, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")
    report = models.CharField(max_length=32, blank=True, default="")
    file_format = models.CharField(max_length=8, blank=True, default="")
    file_name = models.CharField(max_length=255, blank=True, default="")
    columns = models.JSONField(default=list)
    rows = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    detail = models.CharField(max_length=64, blank=True, default="")

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AuditIsAppendOnly

    def __str__(self) -> str:
        return f"{self.action} {self.course_id} {self.created:%Y-%m-%d %H:%M}"
