"""A course as its team sees it through the REST API."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from common.djangoapps.student.models import CourseEnrollment
from django.test import Client
from lms.djangoapps.instructor_task.models import InstructorTask

from tests.rest_api.paths import api_path

from .waiting import until


class CourseOnSite:
    """One course, asked through its Admin's browser."""

    def __init__(self, key: Any, client: Client) -> None:
        self.key = key
        self.client = client

    def request(self, report: str = "profile", file_format: str = "csv", **selection: Any) -> Any:
        """``POST reports/``."""
        body = {"report": report, "format": file_format, **selection}
        return self.client.post(api_path(self.key, "reports/"), body, content_type="application/json")

    def queue(self, **body: Any) -> str:
        """Request a report that must be accepted as a new one; returns its task id."""
        response = self.request(**body)
        assert response.status_code == 202, response.content
        assert response.json()["already_running"] is False
        return response.json()["task_id"]

    def tasks(self) -> list[dict[str, Any]]:
        """``GET tasks/``."""
        response = self.client.get(api_path(self.key, "tasks/"))
        assert response.status_code == 200, response.content
        return response.json()["tasks"]

    def task(self, task_id: str) -> dict[str, Any]:
        """What ``GET tasks/`` says of one task."""
        return next(task for task in self.tasks() if task["task_id"] == task_id)

    def reports(self) -> list[dict[str, Any]]:
        """``GET reports/``."""
        response = self.client.get(api_path(self.key, "reports/"))
        assert response.status_code == 200, response.content
        return response.json()["reports"]

    def rows(self, report: dict[str, Any]) -> list[dict[str, str]]:
        """The rows of a stored CSV, downloaded."""
        response = self.client.get(report["url"])
        assert response.status_code == 200
        content = b"".join(response.streaming_content)
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))

    def usernames(self) -> list[str]:
        """Who is enrolled, in order."""
        enrolled = CourseEnrollment.objects.filter(course_id=self.key, is_active=True)
        return list(enrolled.order_by("user__username").values_list("user__username", flat=True))

    def until_running(self, task_id: str, *, done: int = 1, seconds: float = 20) -> None:
        """Wait until a run has made so many rows, and is not at its end."""
        task = until(
            lambda: next((task for task in self.tasks() if (task["done"] or 0) >= done), None),
            seconds=seconds,
            what=f"{done} rows",
        )
        assert task["task_id"] == task_id
        assert task["state"] == "PROGRESS", task

    def until_ended(self, task_id: str, *, seconds: float = 30) -> dict[str, Any]:
        """Wait until a task has ended, well or not; returns what ``GET tasks/`` says of it then."""
        return until(
            lambda: next((task for task in [self.task(task_id)] if task["state"] in ("SUCCESS", "FAILURE")), None),
            seconds=seconds,
            what="the end of the task",
        )

    def until_told(self, task_id: str, state: str, *, seconds: float = 5) -> None:
        """Wait until the platform's own row says so too, which a worker writes right after the end of its run."""
        rows = InstructorTask.objects.filter(task_id=task_id, task_state=state)
        until(rows.exists, seconds=seconds, what=f"the platform's {state}")


def stored_files(folder: Path) -> list[Path]:
    """Every file in a report store."""
    return [path for path in folder.rglob("*") if path.is_file()]
