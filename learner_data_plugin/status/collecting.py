"""How reports, schedules, stored files and recording are at this moment, for operators. No learner is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, Min, Sum

from ..data import OccurrenceState, ScheduleState
from ..engagement import status as engagement_status
from ..models import Erasure, ReportFile, ReportRun, ReportSchedule, ScheduleOccurrence
from ..platform import clock
from ..reports import runs
from ..schedules.occurrences import UNFINISHED

PERIOD = timedelta(days=1)
"""What has ended is told for so long."""

OVERDUE = timedelta(hours=2)
"""An active schedule that is due for longer says that nobody runs ``learner_data_schedules``."""

_MOST_TIMED = 20_000
_MOST_STUCK = 100


@dataclass(frozen=True)
class Times:
    """Seconds that something took; None where there was nothing."""

    median: float | None = None
    most_of_20: float | None = None
    """19 of 20 took no longer."""
    longest: float | None = None


@dataclass(frozen=True)
class Stuck:
    """A report of which nothing has been heard for longer than the site waits."""

    course_id: str
    report: str
    task_id: str
    state: str
    age_seconds: int


@dataclass(frozen=True)
class Runs:
    """Reports that are queued or running now, and those that ended in the last 24 hours; ``failures`` by reason."""

    queued: int
    running: int
    oldest_queued_seconds: int
    succeeded: int
    failures: Mapping[str, int]
    queue_times: Times
    run_times: Times
    stuck: Sequence[Stuck]


@dataclass(frozen=True)
class Schedules:
    """Recurring reports; ``paused`` and ``stopped`` by reason, ``unfinished`` due times, what ended in the last 24 hours."""

    active: int
    paused: Mapping[str, int]
    stopped: Mapping[str, int]
    overdue: int
    unfinished: int
    occurrences: Mapping[str, int]
    unsent_emails: int


@dataclass(frozen=True)
class CourseFiles:
    """The stored reports of a course."""

    course_id: str
    files: int
    size_bytes: int


@dataclass(frozen=True)
class Files:
    """All stored reports; ``courses`` are those with the most bytes, ``withdrawn`` is how many the store refuses to delete."""

    files: int
    size_bytes: int
    withdrawn: int
    courses: Sequence[CourseFiles]


@dataclass(frozen=True)
class Erasures:
    """Accounts that have yet to be taken out of stored reports."""

    pending: int
    oldest_seconds: int


@dataclass(frozen=True)
class Recording:
    """How what learners do is recorded; ``lost`` are events by day (UTC), of the last seven days."""

    is_wanted: bool
    is_recording: bool
    is_readable: bool
    lost: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Status:
    """All of it, as of a moment of the database's clock."""

    as_of: datetime
    runs: Runs
    schedules: Schedules
    files: Files
    erasures: Erasures
    recording: Recording

    @property
    def needs_attention(self) -> Sequence[str]:
        """What an operator should look at, in words of one line each."""
        found = [
            ("stuck reports", len(self.runs.stuck)),
            ("overdue recurring reports (does cron run learner_data_schedules?)", self.schedules.overdue),
            ("emails that could not be sent", self.schedules.unsent_emails),
            ("reports that the report store refuses to delete", self.files.withdrawn),
            ("erasures pending for more than an hour", self.erasures.pending if self.erasures.oldest_seconds > 3_600 else 0),
            ("lost events", sum(self.recording.lost.values())),
        ]
        told = [f"{what}: {number}" for what, number in found if number]
        is_off = self.recording.is_wanted and not self.recording.is_recording
        return [*told, *(["what learners do is not recorded, although it should be"] if is_off else [])]


def collect(*, most_courses: int = 20) -> Status:
    """Read all of it, in about 20 queries; ``most_courses`` are told of one by one, those with the largest files."""
    now = clock.now()
    return Status(
        as_of=now,
        runs=_runs(now),
        schedules=_schedules(now),
        files=_files(most_courses),
        erasures=_erasures(now),
        recording=_recording(),
    )


def _runs(now: datetime) -> Runs:
    under_way = list(ReportRun.objects.filter(slot__isnull=False))
    ended = ReportRun.objects.filter(ended__gt=now - PERIOD)
    by_failure = dict(ended.order_by().values_list("failure").annotate(number=Count("pk")))
    succeeded = by_failure.pop("", 0)
    times = ended.filter(started__isnull=False).order_by("-ended").values_list("created", "started", "ended")[:_MOST_TIMED]
    moments = list(times)
    queued = [run for run in under_way if run.started is None]
    stuck = [
        Stuck(
            str(run.course_id),
            run.report,
            run.task_id,
            "queued" if run.started is None else "running",
            _seconds(now - run.created),
        )
        for run in under_way
        if runs.is_stale(run, now)
    ]
    return Runs(
        queued=len(queued),
        running=len(under_way) - len(queued),
        oldest_queued_seconds=max((_seconds(now - run.created) for run in queued), default=0),
        succeeded=succeeded,
        failures=dict(sorted(by_failure.items())),
        queue_times=_times([(started - created).total_seconds() for created, started, _ended in moments]),
        run_times=_times([(ended - started).total_seconds() for _created, started, ended in moments]),
        stuck=stuck[:_MOST_STUCK],
    )


def _times(seconds: list[float]) -> Times:
    if not seconds:
        return Times()
    ordered = sorted(max(0.0, value) for value in seconds)
    most = ordered[min(len(ordered) - 1, len(ordered) * 19 // 20)]
    return Times(round(median(ordered), 3), round(most, 3), round(ordered[-1], 3))


def _schedules(now: datetime) -> Schedules:
    counts = ReportSchedule.objects.order_by().values_list("state", "reason").annotate(number=Count("pk"))
    by_state: dict[str, Counter[str]] = {state: Counter() for state in ScheduleState}
    for state, reason, number in counts:
        by_state[state][reason] += number
    recent = ScheduleOccurrence.objects.filter(created__gt=now - PERIOD)
    told = recent.exclude(state__in=UNFINISHED).order_by().values_list("state").annotate(number=Count("pk"))
    overdue = ReportSchedule.objects.filter(state=ScheduleState.ACTIVE, next_due__lt=now - OVERDUE)
    return Schedules(
        active=by_state[ScheduleState.ACTIVE].total(),
        paused=dict(by_state[ScheduleState.PAUSED]),
        stopped=dict(by_state[ScheduleState.STOPPED]),
        overdue=overdue.count(),
        unfinished=ScheduleOccurrence.objects.filter(state__in=UNFINISHED).count(),
        occurrences={str(OccurrenceState(state)): number for state, number in sorted(told)},
        unsent_emails=recent.aggregate(number=Sum("unsent"))["number"] or 0,
    )


def _files(most_courses: int) -> Files:
    there = ReportFile.objects.order_by()
    by_course = there.values("course_id").annotate(number=Count("pk"), size=Sum("size_bytes")).order_by("-size", "course_id")
    all_of_them = there.aggregate(number=Count("pk"), size=Sum("size_bytes"))
    return Files(
        files=all_of_them["number"],
        size_bytes=all_of_them["size"] or 0,
        withdrawn=there.filter(withdrawn__isnull=False).count(),
        courses=[CourseFiles(str(row["course_id"]), row["number"], row["size"]) for row in by_course[:most_courses]],
    )


def _erasures(now: datetime) -> Erasures:
    pending = Erasure.objects.filter(done=None).aggregate(number=Count("pk"), first=Min("created"))
    return Erasures(pending["number"], _seconds(now - pending["first"]) if pending["first"] else 0)


def _recording() -> Recording:
    found = engagement_status.recording()
    lost = {day.isoformat(): number for day, number in found.lost.items()}
    return Recording(found.is_wanted, found.is_recording, found.is_readable, lost)


def _seconds(age: timedelta) -> int:
    return max(0, int(age.total_seconds()))
