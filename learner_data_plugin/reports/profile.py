"""The student profile report: one row for everyone who is enrolled when it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..columns import words
from ..columns.base import Column
from ..columns.catalogue import get_column
from ..data import Selection
from ..engagement.presets import LABELS
from ..export.base import Batch
from ..learners import queries, table
from ..learners.parameters import COLUMNS, SELECTION_TEXTS, USERNAMES
from .base import Report, StoredSelection


def _number_of_columns(number: int) -> str:
    return ngettext("{count} column", "{count} columns", number).format(count=number)


class ProfileReport(Report):
    """The report of the guide's "Download profile information as a CSV"."""

    name = "profile"
    label = _("Profile information")
    file_stem = "student_profile_info"
    id_column = "id"
    key_columns = ("id", "username")
    parameters = {"columns": COLUMNS, "usernames": USERNAMES, **SELECTION_TEXTS}
    button_labels = {
        "csv": _("Download profile information as a CSV"),
        "xlsx": _("Download profile information as XLSX (Excel)"),
    }

    def is_partial(self, selection: StoredSelection) -> bool:
        return bool(selection)

    def file_name_part(self, selection: StoredSelection, *, made: datetime) -> str:
        part, preset = super().file_name_part(selection, made=made), selection.get("activity")
        return f"{self.file_stem}_{preset}{part.removeprefix(self.file_stem)}" if preset else part

    def contents(self, course_key: CourseKey, selection: StoredSelection) -> list[str]:
        chosen = Selection.from_stored(selection)
        groups = {"cohort": chosen.cohort, "team": chosen.team}
        said = [
            *(words.words(key, [name]).get(name, name) for key, name in groups.items() if name),
            words.track_name(chosen.enrollment_mode, {}) if chosen.enrollment_mode else "",
            str(LABELS.get(chosen.activity, chosen.activity)),
            str(_("Selected learners")) if "usernames" in selection else "",
            str(_("Search results")) if chosen.search else "",
            _number_of_columns(len(chosen.columns)) if chosen.columns else "",
        ]
        return [part for part in said if part]

    def check(self, course_key: CourseKey, selection: StoredSelection) -> None:
        super().check(course_key, selection)
        if selection.get("sort"):
            table.require_small(course_key)

    def columns(self, course_key: CourseKey, selection: StoredSelection) -> Sequence[Column]:
        return table.check_selection(course_key, Selection.from_stored(selection))

    def count(self, course_key: CourseKey, selection: StoredSelection) -> int:
        return queries.count_learners(course_key, Selection.from_stored(selection))

    def batches(
        self, course_key: CourseKey, selection: StoredSelection, *, columns: Sequence[Column]
    ) -> Iterable[Batch]:
        chosen = Selection.from_stored(selection)
        # The index of the report's learners needs their IDs, shown or not.
        read = (get_column("id"), *columns)
        if not chosen.sort:
            size = configuration.value("BATCH_SIZE", org=course_key.org)
            return queries.read_learners(course_key, columns=read, selection=chosen, batch_size=size)
        table.require_small(course_key)
        rows = table.read_sorted(course_key, columns=read, selection=chosen)
        return [list(zip(*rows, strict=True))] if rows else []
