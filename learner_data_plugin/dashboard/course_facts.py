"""What the page has to know of a course, with few queries: part of it may be a minute old, and of a large course an hour."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language
from opaque_keys.edx.keys import CourseKey

from .. import api
from ..columns.base import Requirement
from ..platform import api as platform_api
from ..reports.base import reports

log = logging.getLogger(__name__)

KEPT_SECONDS = 60
"""A page shows for so long what was so: whether a course has cohorts and teams, and since when activity is known."""


@dataclass(frozen=True)
class CourseFacts:
    """``tracks`` are those in use, None where they have to be looked for; ``switched_on`` as offered_columns takes it."""

    learner_count: int
    learners_limit: int
    tracks: tuple[str, ...] | None
    track_names: Mapping[str, str] | None
    switched_on: Mapping[Requirement, bool]
    report_notes: tuple[str, ...]


def read(course_key: CourseKey) -> CourseFacts:
    """Read them: 1 query in a large course that was counted in the last hour, 2 in others, and about 6 once a minute."""
    limit, size = api.learners_limit(course_key), api.read_size(course_key)
    kept = _kept(course_key)
    return CourseFacts(
        learner_count=size.learners,
        learners_limit=limit,
        tracks=size.tracks,
        track_names=size.track_names,
        switched_on={Requirement.COHORTS: kept["cohorts"], Requirement.TEAMS: kept["teams"]},
        report_notes=tuple(kept["notes"]),
    )


def _kept(course_key: CourseKey) -> dict[str, Any]:
    digest = hashlib.sha256(str(course_key).encode()).hexdigest()
    key = f"learner_data_plugin.page.{get_language()}.{digest}"
    try:
        if (kept := cache.get(key)) is not None:
            return kept
    except Exception as error:  # caches raise what they like; the page does without
        log.warning("The cache does not answer: %s.", type(error).__name__)
    notes = (report.note(course_key) for report in reports() if report.offered_on_page)
    found = {
        "cohorts": platform_api.has_cohorts(course_key),
        "teams": platform_api.has_teams(course_key),
        "notes": list(dict.fromkeys(note for note in notes if note)),
    }
    try:
        cache.set(key, found, KEPT_SECONDS)
    except Exception as error:
        log.warning("The cache does not keep anything: %s.", type(error).__name__)
    return found
