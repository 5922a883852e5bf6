"""A report store that is full or read-only, and one that has room again."""

from __future__ import annotations

import subprocess

import pytest

from learner_data_plugin.models import AuditRecord, ReportRun
from learner_data_plugin.reports.messages import failure_message

from .course import stored_files

LONG_GOALS = "to learn much " * 200


@pytest.fixture
def mount(reports_folder):
    """Mounts something over the report store; ``mount`` takes root, as containers and CI have it."""
    mounted = []

    def mounting(*arguments):
        subprocess.run(["mount", *arguments, str(reports_folder)], check=True, capture_output=True)
        mounted.append(reports_folder)

    yield mounting
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def assert_refused(course, task_id, reports_folder) -> None:
    task = course.until_ended(task_id)
    assert (task["state"], task["message"]) == ("FAILURE", failure_message("storage"))
    assert course.reports() == []
    assert stored_files(reports_folder) == []
    assert not ReportRun.objects.filter(course_id=course.key, slot__isnull=False).exists()
    assert [record.detail for record in AuditRecord.objects.filter(course_id=course.key, action="failed")] == ["storage"]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_full_store(make_site_course, start_worker, reports_folder, mount, file_format):
    course = make_site_course(goals=LONG_GOALS)
    mount("-t", "tmpfs", "-o", "size=64k" if file_format == "csv" else "size=4k", "tmpfs")
    worker = start_worker()

    assert_refused(course, course.queue(file_format=file_format), reports_folder)

    assert str(reports_folder) not in worker.text()
    subprocess.run(["mount", "-o", "remount,size=4m", str(reports_folder)], check=True)
    assert course.until_ended(course.queue(file_format=file_format))["state"] == "SUCCESS"


def test_read_only_store(course, start_worker, reports_folder, mount):
    mount("-t", "tmpfs", "-o", "ro", "tmpfs")
    start_worker()

    assert_refused(course, course.queue(), reports_folder)

    subprocess.run(["mount", "-o", "remount,rw", str(reports_folder)], check=True)
    assert course.until_ended(course.queue())["state"] == "SUCCESS"


def test_disk_full_under_the_half_made_file(make_site_course, start_worker, tmp_path, reports_folder):
    """The worker may not write more than 32 KiB to any file: a quota of its own, on the temporary file as well."""
    course = make_site_course(goals=LONG_GOALS)
    start_worker(before=["prlimit", "--fsize=32768"])

    assert_refused(course, course.queue(), reports_folder)
