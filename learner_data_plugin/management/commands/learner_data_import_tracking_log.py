"""``manage.py lms learner_data_import_tracking_log``: take what learners did from tracking logs."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.core.management.base import BaseCommand, CommandError
from opaque_keys.edx.keys import CourseKey

from learner_data_plugin.engagement.importing import Import, Summary
from learner_data_plugin.engagement.tracking_log import TrackingLog
from learner_data_plugin.exceptions import CourseNotFound
from learner_data_plugin.platform.api import get_course


class Command(BaseCommand):
    help = (
        "Takes what learners did from tracking logs, plain or compressed with gzip, for the engagement report. Importing the "
        "same again changes nothing. A file is taken to hold everything of the whole days strictly between its first event and "
        "its last; with --from and --until the files together are taken to hold everything of these days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--course", metavar="COURSE_ID", help="only what was done in this course run")
        parser.add_argument("--from", dest="first", metavar="YYYY-MM-DD", help="only from this day on (UTC)")
        parser.add_argument("--until", dest="last", metavar="YYYY-MM-DD", help="only up to this day (UTC), which belongs to it")

    def handle(self, *_args: Any, **options: Any) -> None:
        first, last = (_day(f"--{name}", options[key]) for name, key in (("from", "first"), ("until", "last")))
        if first and last and first > last:
            raise CommandError("--from is a later day than --until.")
        wanted = Import(course_key=_course_key(options["course"]), first=first, last=last)
        unread = [path for path in options["files"] if not os.access(path, os.R_OK) or not path.is_file()]
        if unread:
            raise CommandError(f"Nothing has been imported: {', '.join(map(str, unread))} cannot be read.")
        summaries = [self._import(wanted, path, is_telling_steps=options["verbosity"] > 1) for path in options["files"]]
        damaged = sum(summary.is_damaged for summary in summaries)
        if first or last:
            wanted.enter_whole_days(*summaries)
        if damaged:
            raise CommandError(f"{damaged} of {len(summaries)} files could not be read to the end.")

    def _import(self, wanted: Import, path: Path, *, is_telling_steps: bool) -> Summary:
        log = TrackingLog(path)
        is_shown = sys.stderr.isatty() and not is_telling_steps
        with click.progressbar(length=log.size, label=path.name, file=sys.stderr) if is_shown else nullcontext() as bar:
            for progress in wanted.read(log):
                if bar is not None:
                    bar.update(progress.position - bar.pos)
                if is_telling_steps:
                    self.stdout.write(f"{path}: {progress.lines:,} lines imported.")
                    self.stdout.flush()
        self._tell(path, wanted.summary)
        return wanted.summary

    def _tell(self, path: Path, summary: Summary) -> None:
        for number in summary.broken:
            self.stderr.write(f"{path}:{number}: no event stands here.")
        if (unnamed := summary.broken_lines - len(summary.broken)) > 0:
            self.stderr.write(f"{path}: and in {unnamed:,} further lines.")
        if summary.is_damaged:
            self.stderr.write(
                f"{path} is damaged or cut off after line {summary.lines:,}; what stands before has been imported."
            )
        self.stdout.write(
            f"{path}: {summary.lines:,} lines, {summary.events:,} events that count, {summary.broken_lines:,} broken lines."
        )
        if summary.days_left_out:
            self.stdout.write(
                f"{path}: {summary.days_left_out:,} days of learners are left out, whose account or course is not on this site."
            )


def _course_key(course_id: str | None) -> CourseKey | None:
    try:
        return get_course(course_id).key if course_id else None
    except CourseNotFound as error:
        raise CommandError(f"{course_id}: {error}") from None


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"{option} {text}: write a day as YYYY-MM-DD.") from None
