"""From anonymized IDs to the learners of one course: a few queries for any number of IDs at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, ExpressionWrapper, F
from opaque_keys.edx.keys import CourseKey

from ..columns.base import Column, LearnerBatch, fields_for
from ..platform import api as platform_api
from ..platform.batches import Among

COURSE, SITE = "course", "site"
EXTERNAL_KINDS = ("lti", "xapi", "caliper")
_COURSE_ID = ExpressionWrapper(F("course_id"), CharField())  # as it is stored: reading a key takes 50 microseconds
_USERNAME, _EMAIL = "user__username", "user__email"


class Outcome(StrEnum):
    """What became of an ID."""

    MATCHED = "matched"
    RETIRED = "retired"
    NOT_IN_COURSE = "not_in_course"
    UNKNOWN = "unknown"


class Answer(NamedTuple):
    """What an ID stands for; ``user_id`` and ``cells`` (a value for each column) are there for those who ever enrolled."""

    outcome: Outcome
    kind: str = ""
    user_id: int | None = None
    cells: Sequence[str] = ()


UNKNOWN = Answer(Outcome.UNKNOWN)


def resolve(
    course_key: CourseKey, keys: Iterable[str], *, columns: Sequence[Column] = (), kind: str | None = None
) -> dict[str, Answer]:
    """Return what each of these IDs stands for; those that this site never gave out are missing.

    An ID leads to somebody if it is of this course or of the whole site, and its owner ever enrolled in this course. With
    ``kind`` (COURSE, SITE or one of the external kinds) IDs of other kinds are as good as missing. A retired learner's cells
    say so. There are 3 queries, and those of the columns.
    """
    owners = _owners(course_key, keys)
    if kind is not None:
        wanted = (kind, "") if kind == COURSE else (kind,)
        owners = {key: owner for key, owner in owners.items() if owner[0] in wanted}
    learners = _learners(course_key, {user_id for found, user_id in owners.values() if found}, columns)
    answers = {}
    for key, (found, user_id) in owners.items():
        if found and user_id in learners:
            outcome, cells = learners[user_id]
            answers[key] = Answer(outcome, found, user_id, cells)
        else:
            answers[key] = Answer(Outcome.NOT_IN_COURSE, found)
    return answers


def _owners(course_key: CourseKey, keys: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Kind and owner of each ID; the kind is '' for one of another course."""
    owners, digests, uuids = {}, [], []
    for key in keys:
        if "-" in key:
            uuids.append(UUID(key))
        else:
            digests.append(key)
    if digests:
        kinds = {"": SITE, str(course_key): COURSE}
        stored = platform_api.AnonymousUserId.objects.filter(Among("anonymous_user_id", digests))
        for key, course_id, user_id in stored.values_list("anonymous_user_id", _COURSE_ID, "user_id"):
            owners[key] = (kinds.get(course_id, ""), user_id)
    if uuids:
        external = platform_api.ExternalId.objects.filter(external_user_id__in=uuids)
        for uuid, name, user_id in external.values_list("external_user_id", "external_id_type__name", "user_id"):
            owners[str(uuid)] = (name, user_id)
    return owners


def _learners(course_key: CourseKey, user_ids: set[int], columns: Sequence[Column]) -> dict[int, tuple[Outcome, Sequence[str]]]:
    """Outcome and cells of each of these accounts that ever enrolled, by account."""
    enrollments = platform_api.CourseEnrollment.objects.filter(Among("user_id", user_ids), course_id=course_key)
    enrollments = platform_api.use_read_replica_if_available(enrollments)
    fields = tuple(dict.fromkeys((*fields_for(columns), _USERNAME, _EMAIL)))
    rows = list(enrollments.values_list(*fields))
    if not rows:
        return {}
    values = dict(zip(fields, zip(*rows, strict=True), strict=True))
    batch = LearnerBatch(course_key, enrollments, values)
    shown: Iterable[Any] = zip(*(column.cells(batch) for column in columns), strict=True) if columns else [()] * len(rows)
    retired = (Outcome.RETIRED, [str(Outcome.RETIRED)] * len(columns))
    are_retired = platform_api.are_retired(values[_USERNAME], values[_EMAIL])
    return {
        user_id: retired if is_retired else (Outcome.MATCHED, [str(cell) for cell in cells])
        for user_id, is_retired, cells in zip(batch.user_ids, are_retired, shown, strict=True)
    }
