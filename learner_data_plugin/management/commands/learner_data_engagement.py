"""``manage.py lms learner_data_engagement``: queue yesterday's engagement reports, and on Mondays those of the week."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learner_data_plugin.engagement.periods import DAY, today
from learner_data_plugin.engagement.weeks import read_weeks
from learner_data_plugin.export.base import formats

from ..many_courses import add_courses, chosen_courses, queue_for_courses, staff_actor


class Command(BaseCommand):
    help = (
        "Queues the learner engagement report of yesterday (UTC) for each course given, or for all courses, and of the week if "
        "yesterday was a Sunday; the site's workers make them. Counts the weekly activity of these courses too. For cron: once "
        "a day, three hours or more after midnight UTC."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_courses(parser)
        parser.add_argument("--username", required=True, help="global staff account in whose name the reports are made")
        parser.add_argument("--date", type=_day, help="day to make reports of, YYYY-MM-DD; yesterday unless given")
        parser.add_argument("--format", choices=[file_format.name for file_format in formats()], default="csv")

    def handle(self, *_args: Any, **options: Any) -> None:
        day = options["date"] or today() - DAY
        if day >= today():
            raise CommandError("The day is not over yet (UTC).")
        wanted = {"engagement_daily": {"date": day.isoformat()}}
        if day.weekday() == 6:
            wanted["engagement_weekly"] = {"end_date": day.isoformat()}
        by = staff_actor(options["username"])
        for course_key in chosen_courses(options):
            read_weeks(course_key, seconds=None)
        queue_for_courses(self, options, reports=wanted, file_format=options["format"], by=by)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is no day such as 2026-03-31") from None
