"""``manage.py lms learner_data_verify FILE…``: whether files were made here and are unchanged."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learner_data_plugin.exceptions import FileNotFromHere
from learner_data_plugin.privacy import verification
from learner_data_plugin.reports.disclosures import hash_of


class Command(BaseCommand):
    help = "Says of each file whether it was made on this site and is unchanged; fails unless all are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a file that somebody has")

    def handle(self, *_args: Any, **options: Any) -> None:
        failed = 0
        for path in options["files"]:
            try:
                self.stdout.write(f"{path}: {self._describe(path)}")
            except FileNotFromHere as error:
                failed += 1
                self.stdout.write(f"{path}: {'changed since' if error.error_code == 'file_changed' else 'not from here'}")
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror}.") from None
        if failed:
            raise CommandError(f"{failed} of {len(options['files'])} files were not made here, or were changed.")

    def _describe(self, path: Path) -> str:
        with path.open("rb") as file:
            found = verification.verify(hash_of(file), name=path.name)
        chosen = "; ".join(f"{name}: {value}" for name, value in found.selection.items()) or "none"
        parts = [
            f"made here, unchanged: {found.what} of {found.course_key}",
            f"{found.created:%Y-%m-%d %H:%M:%S} UTC by {found.made_by or 'an unknown account'}",
            f"{found.rows} rows",
            f"columns: {', '.join(found.columns)}",
            f"filters: {chosen}",
        ]
        return "; ".join([*parts, "as it was after a learner had been erased"] if found.without_erased else parts)
