"""``manage.py lms learner_data_reports``: queue one report for each of many courses."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from learner_data_plugin.export.base import formats
from learner_data_plugin.reports.base import reports

from ..many_courses import add_courses, queue_for_courses, staff_actor


class Command(BaseCommand):
    help = "Queues a report for each course given, or for all courses; the site's workers make them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_courses(parser)
        parser.add_argument("--username", required=True, help="global staff account in whose name the reports are made")
        parser.add_argument("--report", choices=[report.name for report in reports() if report.rhythms], default="profile")
        parser.add_argument("--format", choices=[file_format.name for file_format in formats()], default="csv")


    def handle(self, *_args: Any, **options: Any) -> None:
        by = staff_actor(options["username"])
        queue_for_courses(self, options, reports={options["report"]: {}}, file_format=options["format"], by=by)
