"""What the plugin's modules hand to each other: frozen records without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from opaque_keys.edx.keys import CourseKey


class Report(StrEnum):
    """The reports that are made in the background; the value is the name the REST API uses."""

    PROFILE = "profile"
    ANONYMIZED_IDS = "anonymized_ids"


class FileFormat(StrEnum):
    """The formats a report can be written in; the value is also the file's extension."""

    CSV = "csv"
    XLSX = "xlsx"


class AuditAction(StrEnum):
    """What the audit records."""

    REQUESTED = "requested"
    GENERATED = "generated"
    FAILED = "failed"
    DOWNLOADED = "downloaded"
    LISTED = "listed"
    ANONYMIZED_IDS = "anonymized_ids"
    REFUSED = "refused"
    DELETED = "deleted"
    EXPIRED = "expired"
    ERASED = "erased"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Actor:
    """Who asks for learner data: account, and the address the request came from ('' for a command)."""

    user_id: int | None
    username: str
    address: str = ""


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
    formats: tuple[FileFormat, ...]


@dataclass(frozen=True)
class Selection:
    """Which learners and columns a table or a profile report holds.

    ``columns`` are column keys in order, None for the site's own choice. ``search`` matches part of the username, name or
    e-mail address, without regard to case and accents; ``cohort`` and ``team`` are names, ``enrollment_mode`` a track's slug;
    '' means all. ``sort`` is a column key, with a leading ``-`` for descending order; '' means by username.
    """

    columns: tuple[str, ...] | None = None
    search: str = ""
    cohort: str = ""
    team: str = ""
    enrollment_mode: str = ""
    sort: str = ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.search or self.cohort or self.team or self.enrollment_mode)


@dataclass(frozen=True)
class RequestedReport:
    """A report that is queued or running: by this request, or (``already_running``) by an earlier one."""

    task_id: str
    report: Report
    state: str
    already_running: bool


@dataclass(frozen=True)
class TaskStatus:
    """How far a report is. ``done`` and ``total`` are rows, ``percent`` 0 to 100; None while unknown.

    ``state`` is the platform's task state; ``stale`` says that nothing has been heard of the task for longer than it should
    take; ``report_name`` is the finished file.
    """

    task_id: str
    report: Report
    file_format: FileFormat
    state: str
    requester: str
    created: datetime
    done: int | None
    total: int | None
    percent: int | None
    message: str
    age_seconds: int
    stale: bool = False
    report_name: str | None = None


@dataclass(frozen=True)
class StoredReport:
    """A finished file in the report store; ``requester`` is a username, '' when the account is gone.

    ``is_selection`` says that columns, learners or an order were chosen for it, as for an exported view of the table.
    """

    name: str
    report: Report
    file_format: FileFormat
    created: datetime
    size_bytes: int
    rows: int
    requester: str
    is_selection: bool


@dataclass(frozen=True)
class LearnerTable:
    """The learners of a small course, in order; each is a mapping from column key to text or number."""

    columns: tuple = field(default=())
    learners: tuple[dict[str, object], ...] = field(default=())


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
    ``muted`` rows stand back behind the others.
    """

    key: str
    label: str
    count: int | None
    share: float | None
    mark: str = ""
    muted: bool = False
    drawn: int | None = None
    place: float | None = None


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
    """All charts of a course; ``learner_count`` is active enrollments."""

    learner_count: int
    charts: tuple[Chart, ...]
