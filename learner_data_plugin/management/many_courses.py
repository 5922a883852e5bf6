"""What the commands that queue reports for many courses share."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from opaque_keys.edx.keys import CourseKey

from learner_data_plugin import api
from learner_data_plugin.data import Actor
from learner_data_plugin.exceptions import CourseNotFound, LearnerDataError
from learner_data_plugin.platform.api import all_course_keys
from learner_data_plugin.reports.base import StoredSelection


def add_courses(parser: ArgumentParser) -> None:
    """Have a command take course ids, or all courses."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("courses", nargs="*", default=[], metavar="COURSE_ID", help="ids of course runs")
    which.add_argument("--all-courses", action="store_true", help="every course run of this site")
    parser.add_argument("--purpose", default="", help="what the reports are for; sites with REQUIRE_PURPOSE need it")


def chosen_courses(options: Mapping[str, Any]) -> Iterator[CourseKey]:
    """Yield the courses that were given, or all; those that are not on this site are left out."""
    if options["all_courses"]:
        yield from all_course_keys()
        return
    for course_id in options["courses"]:
        with suppress(CourseNotFound):
            yield api.get_course(course_id).key


def staff_actor(username: str) -> Actor:
    """Return the global staff account in whose name a command acts. Raises CommandError."""
    user = get_user_model().objects.filter(username=username, is_staff=True, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active global staff account '{username}'.")
    return Actor(user.pk, user.username)


def queue_for_courses(
    command: BaseCommand,
    options: Mapping[str, Any],
    *,
    reports: Mapping[str, StoredSelection],
    file_format: str,
    by: Actor,
) -> None:
    """Queue reports (name -> what is chosen) for each course, say how each went, and raise CommandError if one failed."""
    course_ids = [str(key) for key in all_course_keys()] if options["all_courses"] else options["courses"]
    failed = set()
    for course_id in course_ids:
        for report, selection in reports.items():
            what = f"{course_id}: " if len(reports) == 1 else f"{course_id} {report}: "
            try:
                key = api.get_course(course_id).key
                requested = api.request_report(
                    key, report, file_format=file_format, selection=selection, purpose=options["purpose"], by=by
                )
            except LearnerDataError as error:
                failed.add(course_id)
                command.stderr.write(f"{what}{error}")
            else:
                state = "already running" if requested.already_running else "queued"
                command.stdout.write(f"{what}{state} as {requested.task_id}")
    command.stdout.write(f"{len(course_ids) - len(failed)} of {len(course_ids)} courses have a report under way.")
    if failed:
        raise CommandError(f"{len(failed)} reports could not be queued; the lines above say why.")
