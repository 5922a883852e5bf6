"""The platform's own profile report and ours, of the same learners in a real checkout; ``run`` starts it there with pytest.

BENCH_LEARNERS says how many, BENCH_OUTPUT where the result goes: a list of the rows that ``run`` writes to build/bench.json.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lms.djangoapps.instructor_analytics.basic import enrolled_students_features
from lms.djangoapps.instructor_analytics.csvs import format_dictlist

from learner_data_plugin.columns import GUIDE_COLUMNS
from tests.benchmarks.courses import course_of
from tests.reading import build


@pytest.mark.django_db(databases="__all__")
def test_measure() -> None:
    """Alternate both, and write down the medians."""
    learners = int(os.environ["BENCH_LEARNERS"])
    course_key = course_of(learners)
    # The platform's own report ends at the first learner without a profile.
    without = CourseEnrollment.objects.filter(course_id=course_key, user__profile=None).values_list("user_id", flat=True)
    UserProfile.objects.bulk_create([UserProfile(user_id=user_id, name="Ada") for user_id in without])
    features = [key for key in GUIDE_COLUMNS if key != "team"]

    def built_in() -> None:
        header, rows = format_dictlist(enrolled_students_features(course_key, features), features)
        with NamedTemporaryFile("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])

    measured: dict[str, list[tuple[float, int]]] = {"built_in": [], "profile": []}
    for _ in range(3):
        measured["profile"].append(timed(lambda: build(course_key)))
    measured["built_in"].append(timed(built_in))
    seconds = {name: statistics.median(pair[0] for pair in pairs) for name, pairs in measured.items()}
    Path(os.environ["BENCH_OUTPUT"]).write_text(
        json.dumps(
            [
                {
                    "database": f"{connection.vendor} (edx-platform)",
                    "learners": learners,
                    "report": name,
                    "format": "csv",
                    "seconds": seconds[name],
                    "raw_seconds": None,
                    "ratio": seconds[name] / seconds["profile"],
                    "queries": measured[name][-1][1],
                    "peak_mb": None,
                }
                for name in measured
            ]
        )
    )


def timed(work: Callable[[], Any]) -> tuple[float, int]:
    """Seconds and queries of a piece of work."""
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        work()
    return time.perf_counter() - began, len(queries)
