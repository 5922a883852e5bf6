"""``manage.py lms learner_data_audit``: print the audit as CSV, or say whether it was changed."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learner_data_plugin import audit
from learner_data_plugin.audit import seals
from learner_data_plugin.data import Course
from learner_data_plugin.exceptions import CourseNotFound
from learner_data_plugin.platform.api import get_course


class Command(BaseCommand):
    help = "Prints who did what with learner data, oldest first, as CSV; or with --verify, whether that was changed later."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--course", metavar="COURSE_ID", help="only what was done in this course run")
        parser.add_argument("--username", help="only what this account did")
        parser.add_argument("--action", choices=[action.value for action in audit.Action], help="only this kind of action")
        parser.add_argument("--since", metavar="YYYY-MM-DD", type=_day, help="only from this day on (UTC)")

        parser.add_argument("--verify", action="store_true", help="compare records and seals; fails if some do not fit")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["verify"]:
            self._verify()
            return
        records = audit.find(
            course_key=self._course(options["course"]).key if options["course"] else None,
            username=options["username"],
            action=options["action"],
            since=options["since"],
        )
        for line in audit.as_csv(records):
            self.stdout.write(line, ending="")

    def _verify(self) -> None:
        found = seals.verify()
        for finding in found.findings:
            self.stderr.write(finding)
        last = f", the last of them {found.last_day} with {found.head}" if found.days else ""
        self.stdout.write(f"{found.days} days are sealed{last}.")
        if found.findings:
            raise CommandError(f"{len(found.findings)} findings: the lines above say what does not fit.")

    def _course(self, course_id: str) -> Course:
        try:
            return get_course(course_id)
        except CourseNotFound as error:
            raise CommandError(f"{course_id}: {error}") from None


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise CommandError(f"--since {text}: write a day as YYYY-MM-DD.") from None

