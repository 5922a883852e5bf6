"""Storing the file of a report, and the event that tells of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

from common.djangoapps.util.file import course_filename_prefix_generator
from eventtracking import tracker

from lms.djangoapps.instructor_task.models import ReportStore

REPORT_REQUESTED_EVENT_NAME = "edx.instructor.report.requested"


def _report_name(course_id: Any, csv_name: str, timestamp: datetime) -> str:
    return f"{course_filename_prefix_generator(course_id)}_{csv_name}_{timestamp:%Y-%m-%d-%H%M}.csv"


def upload_csv_to_report_store(
    rows: Iterable[Iterable[Any]],
    csv_name: str,
    course_id: Any,
    timestamp: datetime,
    config_name: str = "GRADES_DOWNLOAD",
    parent_dir: str = "",
) -> str:
    """Store rows as a report and return its file name."""
    name = _report_name(course_id, csv_name, timestamp)
    ReportStore.from_config(config_name).store_rows(course_id, name, rows, parent_dir)
    tracker_emit(csv_name)
    return name


def upload_csv_file_to_report_store(
    file: IO[Any],
    csv_name: str,
    course_id: Any,
    timestamp: datetime,
    config_name: str = "GRADES_DOWNLOAD",
    parent_dir: str = "",
) -> str:
    """Store a file as a report and return its file name."""
    name = _report_name(course_id, csv_name, timestamp)
    ReportStore.from_config(config_name).store(course_id, name, file, parent_dir)
    tracker_emit(csv_name)
    return name


def tracker_emit(report_name: str) -> None:
    """Emit the event of a stored report."""
    tracker.emit(REPORT_REQUESTED_EVENT_NAME, {"report_type": report_name})
