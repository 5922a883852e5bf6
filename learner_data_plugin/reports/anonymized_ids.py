"""The anonymized IDs of everyone who ever enrolled, as a report for courses that are too large for a direct download."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from django.utils.translation import gettext_lazy as _
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..export.base import Batch
from ..learners import anonymous_ids
from ..platform.streaming import begun_at_once
from .base import Report, ReportColumn, StoredSelection


class AnonymizedIdsReport(Report):
    """Account ID, site-wide and course-specific anonymized ID; the page has a panel of its own for it."""

    name = "anonymized_ids"
    label = _("Anonymized IDs")
    file_stem = "anonymized_ids"
    id_column = anonymous_ids.HEADER[0]
    key_columns = (anonymous_ids.HEADER[0],)
    offered_on_page = False

    def columns(self, course_key: CourseKey, selection: StoredSelection) -> Sequence[ReportColumn]:
        return [ReportColumn(key) for key in anonymous_ids.HEADER]

    def count(self, course_key: CourseKey, selection: StoredSelection) -> int:
        return anonymous_ids.count_ever_enrolled(course_key)

    @begun_at_once
    def batches(self, course_key: CourseKey, selection: StoredSelection, *, columns: Sequence[Any]) -> Generator[Batch]:
        size = configuration.value("BATCH_SIZE", org=course_key.org)
        with closing(anonymous_ids.read_anonymous_ids(course_key, batch_size=size)) as read:
            yield []
            for batch in read:
                yield [batch[0], *batch]
