"""What the plugin keeps: requests for reports, the files made, and who did what with learner data."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from opaque_keys.edx.django.models import CourseKeyField

from .data import AuditAction, FileFormat, Report

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
    ended = models.DateTimeField(null=True, db_index=True)
    done = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    stored_path = models.CharField(max_length=500, blank=True, default="")
    failure = models.CharField(max_length=32, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.report} of {self.course_id} ({self.task_id})"


class ReportFile(models.Model):
    """A finished report in the platform's report storage; it is listed and served from here, not from the storage.

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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course_id", "name"], name="learner_data_one_file_per_name")]

    def __str__(self) -> str:
        return self.name


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

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.course_id} {self.created:%Y-%m-%d %H:%M}"
