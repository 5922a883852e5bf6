"""``manage.py lms learner_data_status``: how reports, schedules, stored files and recording are."""

from __future__ import annotations

import dataclasses
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from learner_data_plugin.status import prometheus, words
from learner_data_plugin.status.collecting import Status, collect


class Command(BaseCommand):
    help = (
        "Prints how reports, recurring reports, stored files, erasures and the recording of what learners do are: what is "
        "under way, how long it took, what failed and why, what is stuck. Nothing of any learner is in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json", "prometheus"], default="text")
        parser.add_argument("--courses", type=int, default=20, help="of how many courses the size of stored reports is told")

    def handle(self, *_args: Any, **options: Any) -> None:
        status = collect(most_courses=max(0, options["courses"]))
        writers = {"text": words.as_text, "json": _as_json, "prometheus": prometheus.as_metrics}
        self.stdout.write(writers[options["format"]](status), ending="")


def _as_json(status: Status) -> str:
    told = {**dataclasses.asdict(status), "as_of": status.as_of.isoformat(), "needs_attention": status.needs_attention}
    return json.dumps(told, indent=1) + "\n"
