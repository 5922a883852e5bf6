"""The status as tables of words: for the command and for Django admin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .collecting import Status, Stuck, Times

Row = Sequence[str]


@dataclass(frozen=True)
class Section:
    """A table with its title; the first cell of a row says what the others are."""

    title: str
    rows: Sequence[Row]


def sections(status: Status) -> list[Section]:
    """Return the tables, in the order in which they are read."""
    runs, schedules, files = status.runs, status.schedules, status.files
    return [
        Section("Needs attention", [(sentence,) for sentence in status.needs_attention] or [("nothing",)]),
        Section(
            "Reports",
            [
                ("queued", str(runs.queued)),
                ("longest in the queue", _duration(runs.oldest_queued_seconds)),
                ("running", str(runs.running)),
                ("finished in 24 hours", str(runs.succeeded)),
                *_counts("failed in 24 hours", runs.failures),
                ("time in the queue", _times(runs.queue_times)),
                ("time of making", _times(runs.run_times)),
                *((f"stuck: {stuck.state}", _stuck(stuck)) for stuck in runs.stuck),
            ],
        ),
        Section(
            "Recurring reports",
            [
                ("active", str(schedules.active)),
                ("overdue", str(schedules.overdue)),
                *_counts("paused", schedules.paused),
                *_counts("stopped", schedules.stopped),
                ("due times under way", str(schedules.unfinished)),
                *((f"due times of 24 hours: {state}", str(number)) for state, number in schedules.occurrences.items()),
                ("emails that could not be sent in 24 hours", str(schedules.unsent_emails)),
            ],
        ),
        Section(
            "Stored reports",
            [
                ("all courses", f"{files.files} files, {_size(files.size_bytes)}"),
                ("deletion refused by the store", str(files.withdrawn)),
                *((course.course_id, f"{course.files} files, {_size(course.size_bytes)}") for course in files.courses),
            ],
        ),
        Section(
            "Erasures",
            [("pending", str(status.erasures.pending)), ("oldest", _duration(status.erasures.oldest_seconds))],
        ),
        Section(
            "Recording of what learners do",
            [
                ("switched on", _yes(status.recording.is_wanted)),
                ("recording", _yes(status.recording.is_recording)),
                ("tables there", _yes(status.recording.is_readable)),
                *((f"events lost on {day}", str(number)) for day, number in status.recording.lost.items()),
            ],
        ),
    ]


def as_text(status: Status) -> str:
    """Return all tables, one under the other."""
    lines = [f"Learner data, {status.as_of:%Y-%m-%d %H:%M:%S} UTC"]
    for section in sections(status):
        lines += ["", section.title]
        width = max(len(row[0]) for row in section.rows)
        lines += [f"  {row[0]:<{width}}  {'  '.join(row[1:])}".rstrip() for row in section.rows]
    return "\n".join(lines) + "\n"


def _stuck(stuck: Stuck) -> str:
    return f"{stuck.report} of {stuck.course_id}, {_duration(stuck.age_seconds)}, {stuck.task_id}"


def _counts(what: str, counts: Mapping[str, int]) -> Iterable[Row]:
    if not counts:
        return [(what, "0")]
    return [(f"{what}: {reason}", str(number)) for reason, number in counts.items()]


def _times(times: Times) -> str:
    if times.median is None or times.most_of_20 is None or times.longest is None:
        return "none"
    return f"median {_duration(times.median)}, 19 of 20 {_duration(times.most_of_20)}, longest {_duration(times.longest)}"


def _duration(seconds: float) -> str:
    for unit, factor in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * factor:
            return f"{seconds / factor:.0f} {unit}"
    return f"{seconds:.0f} s"


def _size(number: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= factor:
            return f"{number / factor:.1f} {unit}"
    return f"{number} B"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
