"""What the plugin's modules hand to each other: frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from opaque_keys.edx.keys import CourseKey


class AuditAction(StrEnum):
    """What the audit records."""

    REQUESTED = "requested"
    GENERATED = "generated"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CANCELLATION_REFUSED = "cancel_refused"
    DOWNLOADED = "downloaded"
    LISTED = "listed"
    ANONYMIZED_IDS = "anonymized_ids"
    REFUSED = "refused"
    DELETED = "deleted"
    DELETION_REFUSED = "deletion_refused"
    EXPIRED = "expired"
    ERASED = "erased"
    WITHDRAWN = "withdrawn"
    PREVIEWED = "previewed"
    DEANONYMIZED = "deanonymized"
    PSEUDONYMIZED = "pseudonymized"
    NAMES_REQUESTED = "names_requested"
    NAMES_GRANTED = "names_granted"
    NAMES_DECLINED = "names_declined"
    PURGED = "purged"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    SCHEDULE_PAUSED = "schedule_paused"
    SCHEDULE_RESUMED = "schedule_resumed"
    SCHEDULE_STOPPED = "schedule_stopped"


class ScheduleState(StrEnum):
    """What a recurring report does: it is made, waits for somebody to resume it, or has come to its end."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class OccurrenceState(StrEnum):
    """How far a recurring report is on a day on which it was due.

    WAITING for its place, RUNNING, to be compared (COMPARE), COMPARING, READY to be told; then DONE, EMPTY (made, and nobody
    told), FAILED, MISSED (nothing ran in time, and a later one was made), DROPPED (the schedule ended or paused before).
    """

    WAITING = "waiting"
    RUNNING = "running"
    COMPARE = "compare"
    COMPARING = "comparing"
    READY = "ready"
    DONE = "done"
    EMPTY = "empty"
    FAILED = "failed"
    MISSED = "missed"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Actor:
    """Who asks for learner data: account, and the address the request came from ('' for a command).

    ``without_content`` says that only the size of an answer was asked for (HEAD).
    """

    user_id: int | None
    username: str
    address: str = ""
    without_content: bool = False


@dataclass(frozen=True)
class InForce:
    """What held for an organization's learner data when something was requested.

    ``site_id`` is the site whose address was used. ``columns`` were offered then, private ones included; ``roles`` had access.
    """

    site_id: int | None
    columns: tuple[str, ...]
    private_columns: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """A course run as far as this plugin cares."""

    key: CourseKey
    org: str
    display_name: str


@dataclass(frozen=True)
class CourseState:
    """What the learner data of a course consists of at this moment; counts are active enrollments."""

    learner_count: int
    learners_limit: int
    table_available: bool
    cohorts: bool
    teams: bool
    formats: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """Which learners and columns a table or a profile report holds.

    ``columns`` are column keys in order, None for the site's own choice. ``search`` matches part of the username, name or
    email address, without regard to case and accents, or on a page of many learners its beginning (see ``learners.pages``);
    ``usernames`` are the only learners wanted, () for all; ``cohort`` and ``team`` are names, ``enrollment_mode`` a track's
    slug, ``activity`` one of ``engagement.presets.ACTIVITY``; '' means all. ``sort`` is a column key, with a leading ``-`` for
    descending order; '' means by username.
    """

    columns: tuple[str, ...] | None = None
    search: str = ""
    cohort: str = ""
    team: str = ""
    enrollment_mode: str = ""
    activity: str = ""
    sort: str = ""
    usernames: tuple[str, ...] = ()

    @property
    def is_filtered(self) -> bool:
        return bool(
            self.search or self.usernames or self.cohort or self.team or self.enrollment_mode or self.activity
        )

    def stored(self) -> dict[str, object]:
        """The selection as JSON, in which what is not chosen is left out."""
        kept: dict[str, object] = {key: value for key, value in vars(self).items() if value}
        if self.columns is not None:
            kept["columns"] = list(self.columns)
        if self.usernames:
            kept["usernames"] = list(self.usernames)
        return kept

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Selection:
        """The selection that was stored."""
        columns, usernames = stored.get("columns"), tuple(stored.get("usernames", ()))
        return cls(**{**stored, "columns": None if columns is None else tuple(columns), "usernames": usernames})


@dataclass(frozen=True)
class RequestedReport:
    """A report that is queued or running: by this request, or (``already_running``) by an earlier one."""

    task_id: str
    report: str
    state: str
    already_running: bool


@dataclass(frozen=True)
class TaskStatus:
    """How far a report is. ``done`` and ``total`` are rows, ``percent`` 0 to 100; None while unknown.

    ``state`` is the platform's task state; ``stale`` says that the task has shown no sign of life for longer than it should
    take, ``silent_seconds`` for how long, of one that runs; ``waits`` that another format or selection of the same report is
    made first; ``may_cancel`` whether whoever asks may cancel it; ``report_name`` is the finished file.
    """

    task_id: str
    report: str
    file_format: str
    state: str
    requester: str
    created: datetime
    done: int | None
    total: int | None
    percent: int | None
    message: str
    age_seconds: int
    stale: bool = False
    waits: bool = False
    silent_seconds: int | None = None
    may_cancel: bool = False
    report_name: str | None = None


@dataclass(frozen=True)
class StoredReport:
    """A finished file in the report store; ``requester`` is a username, '' when the account is gone.

    ``is_selection`` says that columns, learners or an order were chosen for it, as for an exported view of the table;
    ``has_codebook`` that a file about its columns is offered beside it. ``title`` and ``contents`` say in words what it is and
    what was chosen for it.
    """

    name: str
    report: str
    file_format: str
    created: datetime
    size_bytes: int
    rows: int
    requester: str
    is_selection: bool
    has_codebook: bool = False
    title: str = ""
    contents: tuple[str, ...] = ()
    changes: Mapping[str, int] | None = None
    """Of a difference: how many learners joined, left and changed."""


@dataclass(frozen=True)
class ScheduledReport:
    """The latest due time of a recurring report and what became of it.

    ``state`` is an OccurrenceState. ``report_name`` and ``changes_name`` are the files, where they are there and may be seen;
    ``changes`` are how many learners joined, left and changed since the report before.
    """

    day: date
    state: str
    report_name: str | None = None
    rows: int | None = None
    changes_name: str | None = None
    changes: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Schedule:
    """A recurring report; ``recipients`` and ``requester`` are usernames, '' for an account that is gone.

    ``reason`` is the sentence that says why it is paused or was stopped.
    """

    number: int
    report: str
    file_format: str
    every: str
    recipients: tuple[str, ...]
    selection: Mapping[str, Any]
    changes: bool
    skip_empty: bool
    purpose: str
    requester: str
    created: datetime
    state: str
    reason: str
    next_due: datetime | None
    can_change: bool
    last: ScheduledReport | None


@dataclass(frozen=True)
class LearnerTable:
    """The learners of a small course, in order; each is a mapping from column key to text or number."""

    columns: tuple = field(default=())
    learners: tuple[dict[str, object], ...] = field(default=())


@dataclass(frozen=True)
class LearnerDetails:
    """What stands beside a learner's row: days active in each of the last weeks, oldest first, and what follows from them.

    ``last_active`` is a day (UTC), None where none is known; ``progress_url`` is '' where there is no such page, or where the
    number of the account, which stands in it, is private.
    """

    weeks: tuple[int, ...]
    last_active: date | None
    is_struggling: bool
    progress_url: str


@dataclass(frozen=True)
class LearnersPage(LearnerTable):
    """A page of a table; ``count`` are the learners on all pages."""

    count: int = 0
    current_page: int = 1
    num_pages: int = 1


class ChartKind(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    COLUMNS = "columns"
    AREA = "area"


@dataclass(frozen=True)
class ChartRow:
    """One group, week or period of a chart.

    ``count`` is a number of learners, None when withheld; ``mark`` then says what is known of it. ``share`` is its part of all
    enrolled, 0 to 1. ``drawn`` is what is drawn, where that is not ``count``; ``place`` is where on the axis of time, 0 to 1.
    ``muted`` rows stand back behind the others. ``left`` is how many joined in a period and have left since.
    """

    key: str
    label: str
    count: int | None
    share: float | None
    mark: str = ""
    muted: bool = False
    drawn: int | None = None
    place: float | None = None
    left: int | None = None


@dataclass(frozen=True)
class Chart:
    """A picture of a course's learners with the numbers behind it; without rows, ``note`` says why there are none."""

    name: str
    title: str
    description: str
    kind: ChartKind
    rows: tuple[ChartRow, ...]
    note: str = ""


@dataclass(frozen=True)
class CourseStatistics:
    """All charts of a course as of a moment; ``learner_count`` is active enrollments.

    Where they are ``safe`` to share, every number is changed by up to 3, and ``learner_count`` is None where it is too small to
    be shown. ``as_of`` is None, and there are no charts, while a large course is counted for the first time. ``is_refreshing``
    says that newer numbers are on their way.
    """

    learner_count: int | None
    charts: tuple[Chart, ...]
    as_of: datetime | None
    safe: bool
    is_refreshing: bool


@dataclass(frozen=True)
class Preview:
    """What deanonymizing a file would find; counts are rows, and each row but a duplicate counts once more for what it is.

    ``file_columns`` are the names by which ``id_column`` can be chosen; ``kind`` is '' where no ID is known here.
    """

    id_column: str
    file_columns: tuple[str, ...]
    kind: str
    total: int
    matched: int
    not_in_course: int
    retired: int
    unknown: int
    duplicates: int


@dataclass(frozen=True)
class VerifiedFile:
    """What is known of a file that was made here and is unchanged; ``made_by`` is a username.

    ``what`` is the report, or the action that made it; ``selection`` what was chosen, without what was searched for;
    ``without_erased`` says that a learner was taken out of it when it was as it is.
    """

    what: str
    course_key: CourseKey
    file_name: str
    created: datetime
    made_by: str
    rows: int | None
    columns: tuple[str, ...]
    selection: Mapping[str, Any]
    without_erased: bool


@dataclass(frozen=True)
class LearnerDisclosure:
    """One file in which a learner's data was handed out.

    ``what`` is the report, or the action that made it; ``role`` that of whoever asked, ``made_by`` their username;
    ``downloads`` is how often it was handed out.
    """

    course_key: CourseKey
    what: str
    created: datetime
    columns: tuple[str, ...]
    role: str
    made_by: str
    purpose: str
    approval: str
    file_name: str
    downloads: int
