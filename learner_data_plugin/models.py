"""What the plugin keeps: requests for reports, the files made, and who did what with learner data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from opaque_keys.edx.django.models import CourseKeyField

from .exceptions import AuditIsAppendOnly


class ReportRun(models.Model):
    """One request for a report: what was asked for, and how far it is.

    ``slot`` is set while the run is queued or running, and unique: the database lets one run of a report have its place in a
    course, and lets others of another format or selection wait for it. ``turn`` is when a run that waited got the place;
    ``suspected`` when a running one was found silent. ``failure`` is a key of ``failures.FAILURES``. ``in_force`` holds
    :class:`.data.InForce` of the request, and ``roles`` the roles of it, each between blanks: only they and global staff see
    the report. Both are empty for what was requested in release 1.0. ``stored_path`` is content in the report store that this
    run answers for; ``clearing`` that it is being removed there. Moments are the database's own.

    .. pii: ``selection`` may hold the name or address that was searched for; ``requester`` says who asked.
    .. pii_types: name, email_address, username
    .. pii_retirement: local_api
    """

    course_id = CourseKeyField(max_length=255, db_index=True)
    report = models.CharField(max_length=32)
    file_format = models.CharField(max_length=8)
    selection = models.JSONField(default=dict)
    in_force = models.JSONField(default=dict)
    roles = models.CharField(max_length=255, blank=True, default="")
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    address = models.CharField(max_length=45, blank=True, default="")
    purpose = models.CharField(max_length=255, blank=True, default="")
    task_id = models.CharField(max_length=255, blank=True, default="", db_index=True)
    slot = models.CharField(max_length=40, null=True, unique=True)
    created = models.DateTimeField(default=timezone.now, db_index=True)
    started = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    turn = models.DateTimeField(null=True)
    suspected = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(null=True)
    total = models.PositiveIntegerField(null=True)
    stored_path = models.CharField(max_length=500, blank=True, default="")
    clearing = models.BooleanField(default=False)
    failure = models.CharField(max_length=32, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.report} of {self.course_id} ({self.task_id})"


class ReportFile(models.Model):
    """A finished report in the platform's report storage; it is listed and served from here, not from the storage.

    ``withdrawn`` is set while the storage refuses to delete the content: nobody gets to see the report any more. ``numbers``
    are what a report tells of itself besides its rows, by :attr:`reports.base.Report.counter`.

    .. pii: The file it speaks of holds learner data; ``requester`` is the person who requested it.
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
    numbers = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course_id", "name"], name="learner_data_one_file_per_name")]

    def __str__(self) -> str:
        return self.name


class LearnerIndex(models.Model):
    """Keyed-hash index of the learners in a stored report; answers one account at a time, with the site's secret key.

    ``digests`` are keyed hashes, see :mod:`learner_index`; neither accounts nor their number in common with another report can
    be read out of them.

    .. no_pii: Keyed hashes of account numbers, with a key that is not in the database.
    """

    file = models.OneToOneField(ReportFile, on_delete=models.CASCADE, related_name="learner_index", primary_key=True)
    key_check = models.BinaryField(max_length=16)
    digests = models.BinaryField()

    def __str__(self) -> str:
        return f"Learner index of report {self.file_id}"


class ReportSchedule(models.Model):
    """A report of a course that is made again and again: every day, on Mondays, or on the first of each month.

    ``next_day`` is the day (UTC) of its next due time, which is ``next_due``. ``state`` is a :class:`.data.ScheduleState`,
    ``reason`` a key of ``failures.SCHEDULE_REASONS``. ``in_force`` is :class:`.data.InForce` of the request.
    ``changes`` asks for the difference to the report before; with ``skip_empty`` nobody is told of a report without rows, or
    without differences. ``unread`` counts the reports since the last one that somebody downloaded.

    .. pii: ``requester`` says who of the course team asked for it, ``purpose`` what for.
    .. pii_types: username, other
    .. pii_retirement: local_api
    """

    course_id = CourseKeyField(max_length=255, db_index=True)
    report = models.CharField(max_length=32)
    file_format = models.CharField(max_length=8)
    selection = models.JSONField(default=dict)
    in_force = models.JSONField(default=dict)
    every = models.CharField(max_length=8)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    purpose = models.CharField(max_length=255, blank=True, default="")
    changes = models.BooleanField(default=False)
    skip_empty = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, default="active")
    reason = models.CharField(max_length=32, blank=True, default="")
    next_day = models.DateField()
    next_due = models.DateTimeField(db_index=True)
    unread = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"Schedule {self.pk} of {self.course_id}"


class ScheduleRecipient(models.Model):
    """Who is told when a recurring report is ready, while they may see it.

    .. pii: An account of the course team.
    .. pii_types: username
    .. pii_retirement: local_api
    """

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="recipients")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "user"], name="learner_data_one_recipient")]

    def __str__(self) -> str:
        return f"Recipient {self.user_id} of schedule {self.schedule_id}"


class ScheduleOccurrence(models.Model):
    """What became of a schedule on a day (UTC) on which it was due: one row for each, which the database makes sure of.

    ``state`` is an :class:`.data.OccurrenceState`. ``run`` makes the report, ``changes_run`` the difference to the one before.
    ``told`` are, while emails are sent, the numbers of the accounts that got theirs; ``unsent`` is how many could not be sent.
    ``claimed`` says that a process is sending them at this moment.

    .. pii: ``told`` are accounts of the course team.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="occurrences")
    day = models.DateField()
    created = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    run = models.ForeignKey(ReportRun, null=True, on_delete=models.SET_NULL, related_name="occurrences")
    changes_run = models.ForeignKey(ReportRun, null=True, on_delete=models.SET_NULL, related_name="compared_in")
    failure = models.CharField(max_length=32, blank=True, default="")
    told = models.JSONField(default=list)
    unsent = models.PositiveSmallIntegerField(default=0)
    claimed = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "day"], name="learner_data_one_occurrence_of_day")]

    def __str__(self) -> str:
        return f"Schedule {self.schedule_id} on {self.day:%Y-%m-%d}: {self.state}"


class SiteStatus(ReportRun):
    """The place of the operators' view in Django admin; it has no table of its own.

    .. no_pii: A proxy of ReportRun, by which its permission is told from those of others.
    """

    class Meta:
        proxy = True
        verbose_name = "status"
        verbose_name_plural = "status"
        default_permissions = ("view",)


class Erasure(models.Model):
    """An account that was retired or deleted: no report may hold it, now or later. The row is kept for ever.

    It is pending until ``done``: ``claimed`` says that a process takes the account out of the stored reports at this moment.
    Reports of the courses that it is enrolled in are gone through, or with ``everywhere`` those of all courses.

    .. no_pii: The number of an account whose personal data the platform has removed.
    """

    user_id = models.IntegerField(unique=True)
    created = models.DateTimeField(default=timezone.now, db_index=True)
    everywhere = models.BooleanField(default=False)
    claimed = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return f"Erasure of account {self.user_id}"


class SavedView(models.Model):
    """A view of the table of learners that somebody of the course team has given a name, for everyone of the team.

    ``selection`` has the fields of :class:`.data.Selection` except what was searched for, which may be somebody's name.

    .. pii: ``creator`` says who of the course team saved it.
    .. pii_types: username
    .. pii_retirement: local_api
    """

    course_id = CourseKeyField(max_length=255, db_index=True)
    name = models.CharField(max_length=64)
    selection = models.JSONField(default=dict)
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course_id", "name"], name="learner_data_one_view_per_name")]

    def __str__(self) -> str:
        return f"View {self.pk} of {self.course_id}"


class CourseAggregates(models.Model):
    """What the charts of a course are drawn from: one row for each course whose charts somebody looked at.

    ``exact`` are the counts as of ``counted``, ``learners`` is the number enrolled among them. ``shareable`` are the numbers of
    the charts that are safe to share, as of ``snapshot_taken``; the other fields of the snapshot are those of
    :class:`charts.snapshots.Snapshot`. ``requested`` is set from the moment in which a refresh was asked for until it is done.

    .. no_pii: Counts of a course's learners, some of them of a single learner, without anything that names an account.
    """

    course_id = CourseKeyField(max_length=255, unique=True)
    requested = models.DateTimeField(null=True)
    counted = models.DateTimeField(null=True)
    learners = models.PositiveIntegerField(null=True)
    exact = models.JSONField(null=True)
    shareable = models.JSONField(null=True)
    snapshot_taken = models.DateTimeField(null=True)
    snapshot_noise = models.PositiveSmallIntegerField(default=0)
    snapshot_last_enrollment = models.PositiveBigIntegerField(default=0)
    snapshot_remaining = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Aggregates of {self.course_id}"


class AuditQuerySet(models.QuerySet["AuditRecord"]):
    """Records can be added and read; what retention removes is named by its age."""

    def update(self, **kwargs: Any) -> int:
        raise AuditIsAppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AuditIsAppendOnly

    def remove_older_than(self, moment: datetime) -> int:
        """Remove what was recorded before ``moment``; returns how many records. For retention alone."""
        return super().filter(created__lt=moment)._remove()

    def pseudonymize(self, record: AuditRecord, *, username: str, identity: str) -> None:
        """Take account and address out of a record. For refusals of accounts that are erased alone."""
        record.user_id, record.username, record.address, record.identity = None, username, "", identity
        values = {name: getattr(record, name) for name in ("user_id", "username", "address", "identity")}
        super().filter(pk=record.pk)._change(values)

    def _change(self, values: dict[str, Any]) -> None:
        super().update(**values)

    def _remove(self) -> int:
        return super().delete()[1].get(self.model._meta.label, 0)  # not of what goes with them


class AuditRecord(models.Model):
    """Something that was done with learner data. Records are added, never changed; retention removes old ones.

    The account is kept by number and name, so that the record outlives it. ``identity`` is what a seal knows of account and
    address once they were taken out of a refusal.

    .. pii: Who of the course team did what, and from which address. Refusals of retired accounts are pseudonymized.
    .. pii_types: username, ip
    .. pii_retirement: retained
    """

    action = models.CharField(max_length=16)
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
    purpose = models.CharField(max_length=255, blank=True, default="")
    identity = models.CharField(max_length=64, blank=True, default="")

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        base_manager_name = "objects"
        indexes = [models.Index(fields=["sha256"], name="learner_data_audit_sha256")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AuditIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AuditIsAppendOnly

    def __str__(self) -> str:
        return f"{self.action} {self.course_id} {self.created:%Y-%m-%d %H:%M}"


class EngagementCourse(models.Model):
    """The number under which a course stands in the tables of what learners do.

    What was before ``forgotten_before`` has been deleted because of its age.

    .. no_pii: The key of a course.
    """

    id = models.AutoField(primary_key=True)
    course_id = CourseKeyField(max_length=255, unique=True)
    forgotten_before = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.course_id)


NO_ITEM = -1
"""Where no item is meant. Not null, which no unique index tells from another null; not 0, which Django takes for no number."""


class EngagementItem(models.Model):
    """The number under which a problem, a video or a subsection stands in the tables of what learners do.

    ``digest`` is of the course's key and ``key`` (:func:`engagement.facts.digest`): a database's collation takes keys that
    differ in case for the same.

    .. no_pii: The key of a block, or the address of a part of a course.
    """

    id = models.AutoField(primary_key=True)
    digest = models.BigIntegerField(unique=True)
    key = models.CharField(max_length=500)

    def __str__(self) -> str:
        return self.key


class LearnerDay(models.Model):
    """A day (UTC) on which an account was active in a course, and the last subsection it had open on that day.

    ``subsection_moment`` is in microseconds since 1970, 0 where no subsection was opened.

    .. pii: On which days a learner was in a course.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    course = models.ForeignKey(EngagementCourse, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    day = models.DateField()
    user_id = models.IntegerField()
    subsection = models.ForeignKey(
        EngagementItem, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", default=NO_ITEM
    )
    subsection_moment = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "day", "user_id"], name="learner_data_one_learner_day")]
        # Of one learner: the last active days in the table, and erasure.
        indexes = [models.Index(fields=["user_id", "course", "day"], name="learner_data_days_of_learner")]

    def __str__(self) -> str:
        return f"Account {self.user_id} on {self.day:%Y-%m-%d}"


class LearnerDayItem(models.Model):
    """Something an account did in a course on a day (UTC) which its reports count; there is a LearnerDay beside it.

    ``kind`` is an :class:`engagement.facts.Kind`. What is counted by items (videos) has a row for each item and ``mark`` 0;
    what is counted by events has a row for each, told apart by ``mark``, and no ``item`` where only their number is asked for.

    .. pii: What a learner did in a course.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    course = models.ForeignKey(EngagementCourse, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    day = models.DateField()
    user_id = models.IntegerField()
    kind = models.PositiveSmallIntegerField()
    item = models.ForeignKey(
        EngagementItem, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", default=NO_ITEM
    )
    mark = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "day", "user_id", "kind", "item", "mark"], name="learner_data_one_learner_day_item"
            )
        ]

    def __str__(self) -> str:
        return f"Account {self.user_id} on {self.day:%Y-%m-%d}: {self.kind}"


NEVER = date(1970, 1, 1)
"""For a day. Not null, which is neither before nor after another."""


class LastAnswers(models.Model):
    """The last day (UTC) on which an account answered a problem of a course not correctly, and correctly; NEVER for none.

    Made from the same events as its LearnerDayItems. Days that are long past go, since nobody asks for them.

    .. pii: Whether a learner solves problems of a course.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    user_id = models.IntegerField()
    course = models.ForeignKey(EngagementCourse, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    tried = models.DateField(default=NEVER)
    solved = models.DateField(default=NEVER)

    class Meta:
        # By account first, for erasure.
        constraints = [models.UniqueConstraint(fields=["user_id", "course"], name="learner_data_one_last_answers")]
        indexes = [models.Index(fields=["course", "tried", "solved", "user_id"], name="learner_data_last_answers")]

    def __str__(self) -> str:
        return f"Account {self.user_id}: tried {self.tried:%Y-%m-%d}, solved {self.solved:%Y-%m-%d}"


class RecordedDay(models.Model):
    """How completely a day (UTC) was recorded while it happened.

    ``hours`` has a bit for each hour in which recording was seen to run, the lowest for the first; ``lost`` is how many events
    could not be written; ``was_off`` says that the site ran with recording switched off for part of the day.

    .. no_pii: Of the installation, not of people.
    """

    day = models.DateField(primary_key=True)
    hours = models.IntegerField(default=0)
    lost = models.IntegerField(default=0)
    was_off = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class ImportedDays(models.Model):
    """Days (UTC) that the import of a tracking log covered wholly, of one course or (None) of all.

    .. no_pii: Of the installation, not of people.
    """

    course = models.ForeignKey(EngagementCourse, null=True, on_delete=models.CASCADE, db_constraint=False)
    first_day = models.DateField()
    last_day = models.DateField()
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m-%d} to {self.last_day:%Y-%m-%d}"


class EngagementWeek(models.Model):
    """How many accounts did what in a course in the week that begins on a Monday (UTC), and when that was counted.

    .. no_pii: Numbers of accounts.
    """

    course = models.ForeignKey(EngagementCourse, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    week = models.DateField()
    active = models.PositiveIntegerField()
    watched_video = models.PositiveIntegerField()
    tried_problem = models.PositiveIntegerField()
    discussed = models.PositiveIntegerField()
    counted = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "week"], name="learner_data_one_week_of_course")]

    def __str__(self) -> str:
        return f"Week of {self.week:%Y-%m-%d}"
class Disclosure(models.Model):
    """Whose data was handed out, in a file that an audit record speaks of; kept as long as that record.

    ``marked_sha256`` is the hash of a CSV with a byte order mark before it, ``selection`` what was chosen for a report, without
    what was searched for. Who was in the file is told by ``parts`` rows of keyed hashes, see :mod:`reports.disclosures`;
    ``key_check`` says whether the site's key still is the one that they were made with.

    .. pii: ``purpose`` and ``approval`` are what somebody of the course team wrote.
    .. pii_types: other
    .. pii_retirement: retained
    """

    record = models.OneToOneField(AuditRecord, on_delete=models.CASCADE, related_name="disclosure", primary_key=True)
    role = models.CharField(max_length=32, blank=True, default="")
    purpose = models.TextField(blank=True, default="")
    approval = models.CharField(max_length=200, blank=True, default="")
    selection = models.JSONField(default=dict)
    marked_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    salt = models.BinaryField(max_length=16)
    key_check = models.BinaryField(max_length=16)
    parts = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"Disclosure {self.record_id}"


class DisclosurePart(models.Model):
    """Some of the learners of a disclosure: those whose account numbers have the same remainder.

    .. no_pii: Keyed hashes of account numbers, with a key that is not in the database.
    """

    disclosure = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="learners")
    part = models.PositiveIntegerField()
    digests = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disclosure", "part"], name="learner_data_one_disclosure_part")]

    def __str__(self) -> str:
        return f"Part {self.part} of disclosure {self.disclosure_id}"


class NameRequest(models.Model):
    """A request to deanonymize a file, which a second person has to grant; nothing of the file but its hash and counts is kept.

    ``granted`` is None until somebody has decided; ``valid_until`` is until when it can be decided, and then used.

    .. pii: Who of the course team asked for names, why, and who decided.
    .. pii_types: username
    .. pii_retirement: retained
    """

    course_id = CourseKeyField(max_length=255, db_index=True)
    user_id = models.IntegerField()
    username = models.CharField(max_length=150)
    created = models.DateTimeField(auto_now_add=True)
    fingerprint = models.CharField(max_length=64)
    asked_for = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    purpose = models.TextField()
    approval = models.CharField(max_length=200, blank=True, default="")
    granted = models.BooleanField(null=True)
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True, default="")
    valid_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user_id", "fingerprint"], name="learner_data_name_request")]

    def __str__(self) -> str:
        return f"Request {self.pk} for names of {self.course_id}"


class AuditSeal(models.Model):
    """The hash of a day's audit records and of the seal before, see :mod:`audit.seals`.

    .. no_pii: Hashes and numbers of records.
    """

    day = models.DateField(unique=True)
    parts = models.JSONField()
    chain = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Seal of {self.day}"
