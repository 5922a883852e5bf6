"""``manage.py lms learner_data_reports``: queue one report for each of many courses."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.test import RequestFactory

from learner_data_plugin import api
from learner_data_plugin.data import Actor, FileFormat, Report, Selection
from learner_data_plugin.exceptions import LearnerDataError
from learner_data_plugin.platform_api import all_course_keys


class Command(BaseCommand):
    help = "Queues a report for each course given, or for all courses; the site's workers make them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("courses", nargs="*", default=[], metavar="COURSE_ID", help="ids of course runs")
        which.add_argument("--all-courses", action="store_true", help="every course run of this site")
        parser.add_argument("--username", required=True, help="global staff account in whose name the reports are made")
        parser.add_argument("--report", choices=[report.value for report in Report], default=Report.PROFILE.value)
        parser.add_argument("--format", choices=[fmt.value for fmt in FileFormat], default=FileFormat.CSV.value)

    def handle(self, *_args: Any, **options: Any) -> None:
        request = self._request(options["username"])
        course_ids = [str(key) for key in all_course_keys()] if options["all_courses"] else options["courses"]
        failed = 0
        for course_id in course_ids:
            try:
                self.stdout.write(f"{course_id}: {self._queue(request, course_id, options)}")
            except LearnerDataError as error:
                failed += 1
                self.stderr.write(f"{course_id}: {error}")
        self.stdout.write(f"{len(course_ids) - failed} of {len(course_ids)} courses have a report under way.")
        if failed:
            raise CommandError(f"{failed} reports could not be queued; the lines above say why.")

    def _request(self, username: str) -> Any:
        user = get_user_model().objects.filter(username=username, is_staff=True, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active global staff account '{username}'.")
        # The platform's submit_task takes requester, address and host from a request.
        request = RequestFactory().get("/")
        request.user = user
        return request

    def _queue(self, request: Any, course_id: str, options: dict[str, Any]) -> str:
        course = api.get_course(course_id)
        requested = api.request_report(
            request,
            course.key,
            report=Report(options["report"]),
            file_format=FileFormat(options["format"]),
            selection=Selection(),
            by=Actor(request.user.pk, request.user.username),
        )
        return f"{'already running' if requested.already_running else 'queued'} as {requested.task_id}"
