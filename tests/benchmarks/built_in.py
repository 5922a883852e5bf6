"""The platform's own profile report and ours, of the same learners in a real checkout; ``run`` starts it there with pytest.

BENCH_LEARNERS says how many, BENCH_OUTPUT where the result goes: a list of the rows that ``run`` writes to build/bench.json.
"""

from __future__ import annotations

import csv
import json
import os
import statistics
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from common.djangoapps.student.models import CourseEnrollment, UserProfile
from django.db import connection
from lms.djangoapps.instructor_analytics.basic import enrolled_students_features
from lms.djangoapps.instructor_analytics.csvs import format_dictlist

from learner_data_plugin.columns.catalogue import GUIDE_COLUMNS
from tests.benchmarks.courses import course_of
from tests.benchmarks.timing import timed
from tests.reading import build


@pytest.mark.django_db(databases="__all__")
def test_measure() -> None:
    """Courses with few and with only verified learners, for each of whom the platform asks the database several times."""
    learners = int(os.environ["BENCH_LEARNERS"])
    rows = [*measured(learners, "a fifth verified", 5), *measured(learners, "all verified", 1)]
    Path(os.environ["BENCH_OUTPUT"]).write_text(json.dumps(rows))


def measured(learners: int, tracks: str, verified_every: int) -> list[dict[str, Any]]:
    """The platform's function once, ours three times."""
    course_key = course_of(learners, verified_every=verified_every)
    # The platform's own report ends at the first learner without a profile.
    without = CourseEnrollment.objects.filter(course_id=course_key, user__profile=None).values_list("user_id", flat=True)
    UserProfile.objects.bulk_create([UserProfile(user_id=user_id, name="Ada") for user_id in without])
    features = [key for key in GUIDE_COLUMNS if key != "team"]

    def built_in() -> None:
        header, rows = format_dictlist(enrolled_students_features(course_key, features), features)
        with NamedTemporaryFile("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])

    ours = [timed(lambda: build(course_key)) for _ in range(3)]
    seconds = statistics.median(once.seconds for once in ours)
    theirs = timed(built_in)
    return [
        {
            "database": f"{connection.vendor} (edx-platform, {tracks})",
            "learners": learners,
            "report": report,
            "format": "csv",
            "seconds": took,
            "raw_seconds": None,
            "ratio": took / seconds,
            "queries": asked,
            "peak_mb": None,
        }
        for report, took, asked in [("built_in", theirs.seconds, theirs.queries), ("profile", seconds, ours[-1].queries)]
    ]
