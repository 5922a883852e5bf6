"""The cells of a batch of learners: stored values as they are, and those that have to be worked out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from opaque_keys.edx.keys import CourseKey

from . import platform_api, verification
from .columns import META_PREFIX, Column
from .stored_rows import of_users

UNASSIGNED = "[unassigned]"
UNAVAILABLE = "[unavailable]"
"""What the guide calls a learner without a cohort, and one without a team."""

Values = dict[str, Sequence[Any]]
"""Stored values of a batch: path from the enrollment -> one value for each learner."""

_META = "user__profile__meta"
_CITY = "user__profile__city"


def fields_for(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the paths from an enrollment that have to be read for these columns."""
    fields = {"user_id"}
    for column in columns:
        fields.update((column.path,) if column.path else _maker(column).fields)
    return tuple(sorted(fields))


@dataclass(frozen=True)
class StoredBatch:
    """Some learners of a course: their enrollments, and what was read of them."""

    course_key: CourseKey
    enrollments: QuerySet
    values: Values

    @property
    def user_ids(self) -> Sequence[int]:
        """The account of each learner."""
        return self.values["user_id"]

    def theirs(self, queryset: QuerySet) -> QuerySet:
        """What of a model with a ``user`` belongs to these learners."""
        return of_users(queryset, self.enrollments.values("user_id"), self.user_ids)


def cells(batch: StoredBatch, columns: Sequence[Column]) -> list[Sequence[Any]]:
    """Return one sequence of cells for each column; a missing value is ``""``."""
    made: list[Sequence[Any]] = []
    for column in columns:
        if column.path is not None:
            stored = batch.values[column.path]
            made.append(["" if cell is None else cell for cell in stored] if None in stored else stored)
        else:
            made.append(_maker(column).make(batch))
    return made


def cohort_members() -> QuerySet:
    """Memberships in the cohorts of all courses; the cohort is ``courseusergroup``."""
    return platform_api.use_read_replica_if_available(platform_api.CourseUserGroup.users.through.objects.all())


def team_members() -> QuerySet:
    """Memberships in the teams of all courses; the team is ``team``."""
    return platform_api.use_read_replica_if_available(platform_api.CourseTeamMembership.objects.all())


def read_meta(meta: str | None) -> dict[str, Any]:
    """Return what the profile's ``meta`` holds; whatever is not a JSON object holds nothing."""
    try:
        held = json.loads(meta) if meta else {}
    except (ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def _cities(batch: StoredBatch) -> list[Any]:
    return [_city(meta, city) for meta, city in zip(batch.values[_META], batch.values[_CITY], strict=True)]


def _city(meta: str | None, city: str | None) -> str:
    # Most profiles hold no city in their meta: those are not parsed. A key may also be written with \\u escapes.
    if meta and ("city" in meta or "\\" in meta):
        return _text(read_meta(meta).get("city") or city)
    return city or ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    try:
        return value if isinstance(value, str) else str(value)
    except (ValueError, RecursionError):  # a number of more digits, or a nesting deeper, than Python prints
        return ""


def _verification_statuses(batch: StoredBatch) -> list[str]:
    return verification.statuses(batch.enrollments, batch.user_ids, batch.values["mode"])


def _cohorts(batch: StoredBatch) -> list[str]:
    return _group_names(batch, cohort_members(), platform_api.CourseUserGroup, "courseusergroup_id", UNASSIGNED)


def _teams(batch: StoredBatch) -> list[str]:
    return _group_names(batch, team_members(), platform_api.CourseTeam, "team_id", UNAVAILABLE)


def _group_names(batch: StoredBatch, members: QuerySet, group: Any, group_id: str, none_name: str) -> list[str]:
    # The name is no join: MariaDB would at times begin with the groups, and read all their members for each batch.
    here = Subquery(group.objects.filter(pk=OuterRef(group_id), course_id=batch.course_key).values("name"))
    # A learner can be in one team for each team-set; as the platform does, the report names one of them: the first joined.
    rows = batch.theirs(members).order_by("-id").annotate(group_name=here).values_list("user_id", "group_name")
    names = {user_id: name for user_id, name in rows if name is not None}
    return [names.get(user_id, none_name) for user_id in batch.user_ids]


def _external_user_keys(batch: StoredBatch) -> list[str]:
    enrollments = platform_api.use_read_replica_if_available(batch.theirs(platform_api.ProgramEnrollment.objects.all()))
    keys = dict(enrollments.order_by("id").values_list("user_id", "external_user_key"))
    return [keys.get(user_id) or "" for user_id in batch.user_ids]


def _attributes(name: str, batch: StoredBatch) -> list[Any]:
    found = platform_api.user_attributes(batch.user_ids, name)
    cells = [found.get(user_id) for user_id in batch.user_ids]
    return [cell if isinstance(cell, (int, datetime)) else _text(cell) for cell in cells]


class _Maker:
    """How the cells of a column are worked out, and from which stored values."""

    def __init__(self, make: Callable[[StoredBatch], Sequence[Any]], *fields: str) -> None:
        self.make = make
        self.fields = fields


_MAKERS = {
    "verification_status": _Maker(_verification_statuses, "user_id", "mode"),
    "cohort": _Maker(_cohorts, "user_id"),
    "team": _Maker(_teams, "user_id"),
    "city": _Maker(_cities, _META, _CITY),
    "external_user_key": _Maker(_external_user_keys, "user_id"),
}


def _maker(column: Column) -> _Maker:
    if column.key in _MAKERS:
        return _MAKERS[column.key]
    if not column.key.startswith(META_PREFIX):
        return _Maker(lambda batch: _attributes(column.key, batch), "user_id")
    name = column.key.removeprefix(META_PREFIX)
    return _Maker(lambda batch: [_text(read_meta(meta).get(name)) for meta in batch.values[_META]], _META)
