"""``manage.py lms learner_data_schedules``: make the recurring reports that are due; or list and change them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from learner_data_plugin import api, permissions
from learner_data_plugin.data import Actor, Schedule
from learner_data_plugin.exceptions import CourseNotFound, LearnerDataError, ScheduleNotFound
from learner_data_plugin.export.base import formats
from learner_data_plugin.models import ReportSchedule
from learner_data_plugin.reports.base import reports
from learner_data_plugin.schedules import due, keeping, listing, rhythm

_CLI = "command line"


class Command(BaseCommand):
    help = (
        "Has the recurring reports made that are due, by the site's workers, and sends the emails about those that are ready. "
        "For cron: every hour, on any number of hosts; each due time is made once, also when it runs late or twice. With an "
        "option it lists or changes recurring reports in place of that."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--list", action="store_true", help="list the recurring reports of all courses, or of --course")
        which.add_argument("--add", action="store_true", help="set one up, for --course in the name of --username")
        which.add_argument("--pause", metavar="NUMBER", type=int)
        which.add_argument("--resume", metavar="NUMBER", type=int)
        which.add_argument("--delete", metavar="NUMBER", type=int)
        parser.add_argument("--course", metavar="COURSE_ID")
        parser.add_argument("--username", help="who the reports are made for; needs a role in the course")
        parser.add_argument("--report", choices=[report.name for report in reports() if report.rhythms], default="profile")
        parser.add_argument("--format", choices=[file_format.name for file_format in formats()], default="csv")
        parser.add_argument("--every", choices=rhythm.EVERY, default="week")
        parser.add_argument("--recipients", metavar="USERNAME", nargs="*", default=[], help="--username unless given")
        parser.add_argument("--changes", action="store_true", help="make the difference to the report before as well")
        parser.add_argument("--skip-empty", action="store_true", help="tell nobody of a report without rows or differences")
        parser.add_argument("--purpose", default="", help="what for; sites with REQUIRE_PURPOSE need it")

    def handle(self, *_args: Any, **options: Any) -> None:
        changes: dict[str, Callable[[ReportSchedule], object]] = {
            "pause": lambda schedule: keeping.pause(schedule, "by_hand", by=Actor(None, _CLI)),
            "resume": lambda schedule: keeping.resume(schedule, by=Actor(None, _CLI)),
            "delete": lambda schedule: keeping.delete(schedule, by=Actor(None, _CLI)),
        }
        chosen = next((name for name in changes if options[name] is not None), None)
        try:
            if options["list"]:
                self._list(options["course"])
            elif options["add"]:
                self._add(options)
            elif chosen is not None:
                changes[chosen](self._find(options[chosen]))
            else:
                self._run_due()
        except (CourseNotFound, ScheduleNotFound, LearnerDataError) as error:
            raise CommandError(str(error)) from None

    def _run_due(self) -> None:
        done = due.run_due()
        self.stdout.write(
            f"{done.due} due times begun, {done.missed} missed ones left out; {done.paused} recurring reports paused, "
            f"{done.stopped} stopped."
        )

    def _list(self, course_id: str | None) -> None:
        found = ReportSchedule.objects.order_by("pk").values_list("course_id", flat=True)
        course_keys = [api.get_course(course_id).key] if course_id else list(dict.fromkeys(found))
        for course_key in course_keys:
            for schedule in listing.list_schedules(course_key):
                self.stdout.write(f"{schedule.number}: {course_key}, {_words(schedule)}")

    def _add(self, options: dict[str, Any]) -> None:
        if not options["course"] or not options["username"]:
            raise CommandError("--add needs --course and --username.")
        course_key = api.get_course(options["course"]).key
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None or not permissions.can_access_learner_data(user, course_key):
            raise CommandError(f"'{options['username']}' has no role that lets them see learner data of this course.")
        schedule = api.add_schedule(
            course_key,
            options["report"],
            file_format=options["format"],
            every=options["every"],
            recipients=options["recipients"] or [user.username],
            purpose=options["purpose"],
            changes=options["changes"],
            skip_empty=options["skip_empty"],
            by=Actor(user.pk, user.username),
        )
        self.stdout.write(f"{schedule.number}: {course_key}, {_words(schedule)}")

    def _find(self, number: int) -> ReportSchedule:
        schedule = ReportSchedule.objects.select_related("requester").filter(pk=number).first()
        if schedule is None:
            raise CommandError(f"There is no recurring report {number}.")
        return schedule


def _words(schedule: Schedule) -> str:
    told = f"for {', '.join(schedule.recipients)}" if schedule.recipients else "for nobody"
    when = f"next {schedule.next_due:%Y-%m-%d %H:%M} UTC" if schedule.next_due else f"{schedule.state}: {schedule.reason}"
    last = f"; last {schedule.last.day} {schedule.last.state}" if schedule.last else ""
    what = f"{schedule.report} as {schedule.file_format}{' with changes' if schedule.changes else ''}"
    return f"{what}, every {schedule.every}, by {schedule.requester}, {told}; {when}{last}"
