"""Ends tasks whose worker is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from celery.states import FAILURE
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.djangoapps.instructor_task.models import PROGRESS, QUEUING, InstructorTask


def _date(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


class Command(BaseCommand):
    """``fail_old_tasks QUEUING|PROGRESS --after DATE --before DATE [--task-type TYPE] [--dry-run]``."""

    help = "Mark tasks that were created between two dates and never ended as failed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("task_state", choices=[QUEUING, PROGRESS])
        parser.add_argument("--before")
        parser.add_argument("--after")
        parser.add_argument("--task-type")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the tasks, name them, and end them."""
        for bound in ("before", "after"):
            if options[bound] is None:
                raise CommandError(f"Must provide an '{bound}' date")
        tasks = InstructorTask.objects.filter(
            task_state=options["task_state"],
            created__lte=_date(options["before"]),
            created__gte=_date(options["after"]),
        )
        if options["task_type"] is not None:
            tasks = tasks.filter(task_type=options["task_type"])
        for task in tasks:
            self.stdout.write(f"{task.task_state} task '{task.task_id}', of type '{task.task_type}', is ended")
        if options["dry_run"]:
            self.stdout.write("This was a dry run, so no records were updated.")
        else:
            self.stdout.write(f"{tasks.update(task_state=FAILURE)} records updated.")
