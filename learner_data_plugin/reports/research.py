"""The research export: the profile report keyed by anonymized IDs, without what says who somebody is."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _
from opaque_keys.edx.keys import CourseKey
from rest_framework import serializers

from .. import configuration
from ..columns.base import Column, LearnerBatch, Privacy
from ..columns.catalogue import get_column
from ..data import Selection
from ..exceptions import UnknownColumn
from ..export.base import Batch
from ..export.sorting import in_order
from ..learners import anonymous_ids, queries, table
from ..learners.parameters import COLUMNS, SELECTION_TEXTS
from ..platform.streaming import begun_at_once
from .base import Report, StoredSelection

KEY = "anonymized_id"
COURSE, SITE = "course", "site"
_TELLING = (Privacy.IDENTIFIES, Privacy.CONTACT)
_OWN_WORDS = frozenset({"goals"})
"""What learners wrote themselves may name anybody."""


class ResearchReport(Report):
    """One row for everyone who is enrolled when it runs, in the order of the IDs, which says nothing.

    Columns are those of the profile report that neither identify nor contain free text.
    """

    name = "research"
    label = _("Research export")
    file_stem = "research_export"
    parameters = {
        "columns": COLUMNS,
        "kind": serializers.ChoiceField(
            [COURSE, SITE], required=False, help_text="IDs for this course, unless for the whole site."
        ),
        **{name: field for name, field in SELECTION_TEXTS.items() if name not in ("search", "sort")},
    }
    button_labels = {"csv": _("Create a research export as CSV")}
    has_codebook = True
    key_columns = (KEY,)

    def accounts(self, course_key: CourseKey, column: str, keys: Sequence[str]) -> dict[str, int]:
        return anonymous_ids.accounts_of(keys)

    def takes_column(self, column: Column) -> bool:
        return column.privacy not in _TELLING and column.key not in _OWN_WORDS

    def has_same_keys(self, earlier: StoredSelection, later: StoredSelection) -> bool:
        return (earlier.get("kind") == SITE) == (later.get("kind") == SITE)

    def is_partial(self, selection: StoredSelection) -> bool:
        return bool(set(selection) - {"kind"})

    def columns(self, course_key: CourseKey, selection: StoredSelection) -> Sequence[Column]:
        chosen = _selection(selection)
        columns = table.check_selection(course_key, chosen)
        kept = list(filter(self.takes_column, columns))
        if chosen.columns is not None and len(kept) < len(columns):
            raise UnknownColumn(key=next(column.key for column in columns if column not in kept))
        return [_key_column(selection), *kept]

    def count(self, course_key: CourseKey, selection: StoredSelection) -> int:
        return queries.count_learners(course_key, _selection(selection))

    @begun_at_once
    def batches(
        self, course_key: CourseKey, selection: StoredSelection, *, columns: Sequence[Column]
    ) -> Generator[Batch]:
        size = configuration.value("BATCH_SIZE", org=course_key.org)
        read = (get_column("id"), *columns)
        begun = queries.read_learners(course_key, columns=read, selection=_selection(selection), batch_size=size)
        with closing(begun) as batches:
            yield []
            keyed = (([anonymized_id.encode() for anonymized_id in batch[1]], batch) for batch in batches)
            yield from in_order(keyed, size=size)


def _selection(selection: StoredSelection) -> Selection:
    return Selection.from_stored({name: value for name, value in selection.items() if name != "kind"})


def _key_column(selection: StoredSelection) -> Column:
    is_site_wide = selection.get("kind") == SITE
    stored = anonymous_ids.stored_id(None if is_site_wide else OuterRef("course_id"))

    def compute(batch: LearnerBatch) -> list[str]:
        return anonymous_ids.complete_ids(batch.user_ids, batch.values[stored], None if is_site_wide else batch.course_key)

    return Column(
        KEY,
        _("Anonymized ID"),
        _("The anonymized ID of the learner, for this course or for the whole site, as surveys and graders have it."),
        "student_anonymoususerid.anonymous_user_id",
        Privacy.COURSE,
        compute=compute,
        fields=(stored,),
    )


def codebook_column() -> Column:
    """Return the column of IDs, for the codebook."""
    return _key_column({})
