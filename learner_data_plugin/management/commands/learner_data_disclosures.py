"""``manage.py lms learner_data_disclosures USERNAME``: which files held one account's data."""

from __future__ import annotations

import dataclasses
import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from learner_data_plugin.data import LearnerDisclosure
from learner_data_plugin.export.csv import csv_lines
from learner_data_plugin.privacy import disclosures

_PIECE = 500


class Command(BaseCommand):
    help = (
        "Prints which reports and other files of which courses held an account's data: when they were made, by whom, with "
        "which columns and for which purpose, and how often they were downloaded. Newest first, as far back as the audit goes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME", help="whose data")
        parser.add_argument("--format", choices=["json", "csv"], default="json")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account '{options['username']}'.")
        held = disclosures.held_in(user.pk, disclosures.courses_of(user.pk))
        found = [
            _plain(disclosure)
            for start in range(0, len(held.numbers), _PIECE)
            for disclosure in disclosures.describe(held.numbers[start : start + _PIECE])
        ]
        if options["format"] == "csv":
            header = [field.name for field in dataclasses.fields(LearnerDisclosure)]
            rows = ([" ".join(cell) if isinstance(cell, tuple) else cell for cell in row.values()] for row in found)
            for line in csv_lines(header, rows):
                self.stdout.write(line, ending="")
        else:
            self.stdout.write(json.dumps(found, indent=1, ensure_ascii=False))
        if held.unsearchable:
            changed = "files were made before the site's SECRET_KEY was changed: whose data they held is not known."
            self.stderr.write(f"{held.unsearchable} {changed}")


def _plain(disclosure: LearnerDisclosure) -> dict[str, Any]:
    return {
        **vars(disclosure),
        "course_key": str(disclosure.course_key),
        "created": disclosure.created.isoformat(),
        "columns": disclosure.columns,
    }
