"""The status in the text format of Prometheus, for a file that a node exporter reads or an address that a site makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .collecting import Status, Times

_PREFIX = "learner_data_"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}

Sample = tuple[Mapping[str, str], float]


def as_metrics(status: Status) -> str:
    """Return one gauge after another, each with what it is; what is unknown is left out."""
    runs, schedules, files = status.runs, status.schedules, status.files
    metrics: list[tuple[str, str, Iterable[Sample]]] = [
        ("reports", "Reports that are under way.", [({"state": "queued"}, runs.queued), ({"state": "running"}, runs.running)]),
        ("reports_stuck", "Reports of which nothing has been heard for too long.", [({}, len(runs.stuck))]),
        ("oldest_queued_seconds", "Age of the report that waits longest for a worker.", [({}, runs.oldest_queued_seconds)]),
        ("reports_finished_day", "Reports finished in the last 24 hours.", [({}, runs.succeeded)]),
        ("reports_failed_day", "Reports that failed in the last 24 hours, by reason.", _labelled("reason", runs.failures)),
        ("queue_seconds", "Time in the queue, of reports of the last 24 hours.", _times(runs.queue_times)),
        ("run_seconds", "Time of making, of reports of the last 24 hours.", _times(runs.run_times)),
        (
            "schedules",
            "Recurring reports.",
            [
                ({"state": "active", "reason": ""}, schedules.active),
                *(({"state": "paused", "reason": reason}, number) for reason, number in schedules.paused.items()),
                *(({"state": "stopped", "reason": reason}, number) for reason, number in schedules.stopped.items()),
            ],
        ),
        ("schedules_overdue", "Active recurring reports that nothing has made for two hours.", [({}, schedules.overdue)]),
        ("due_times_unfinished", "Due times under way.", [({}, schedules.unfinished)]),
        ("due_times_day", "Due times of the last 24 hours, by what became of them.", _labelled("state", schedules.occurrences)),
        ("emails_unsent_day", "Emails of the last 24 hours that could not be sent.", [({}, schedules.unsent_emails)]),
        ("stored_files", "Stored reports.", [({}, files.files)]),
        ("stored_bytes", "Size of all stored reports.", [({}, files.size_bytes)]),
        ("stored_files_withdrawn", "Reports that the store refuses to delete.", [({}, files.withdrawn)]),
        (
            "course_stored_bytes",
            "Size of the stored reports of a course; of the largest courses.",
            [({"course": course.course_id}, course.size_bytes) for course in files.courses],
        ),
        ("erasures_pending", "Accounts to be taken out of stored reports.", [({}, status.erasures.pending)]),
        ("erasure_oldest_seconds", "Age of the oldest of these.", [({}, status.erasures.oldest_seconds)]),
        ("recording", "Whether what learners do is recorded.", [({}, int(status.recording.is_recording))]),
        ("events_lost", "Events that could not be recorded, by day (UTC).", _labelled("day", status.recording.lost)),
    ]
    return "".join(line for name, meaning, samples in metrics for line in _lines(name, meaning, list(samples)))


def _lines(name: str, meaning: str, samples: list[Sample]) -> Iterable[str]:
    if not samples:
        return
    yield f"# HELP {_PREFIX}{name} {meaning}\n"
    yield f"# TYPE {_PREFIX}{name} gauge\n"
    for labels, number in samples:
        told = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
        yield f"{_PREFIX}{name}{f'{{{told}}}' if told else ''} {number}\n"


def _labelled(label: str, numbers: Mapping[str, int]) -> list[Sample]:
    return [({label: value}, number) for value, number in numbers.items()]


def _times(times: Times) -> list[Sample]:
    told = {"0.5": times.median, "0.95": times.most_of_20, "1": times.longest}
    return [({"quantile": quantile}, seconds) for quantile, seconds in told.items() if seconds is not None]


def _escaped(value: str) -> str:
    return re.sub(r'[\\"\n]', lambda found: _ESCAPES[found[0]], value)
