"""Leading the anonymized IDs of a file back to learners: counts first, then the same file with columns about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from .. import audit, configuration
from ..columns.base import Column
from ..columns.catalogue import get_column
from ..data import Actor, Preview
from ..exceptions import NoIdColumn, TooManyUnknownIds, UnknownColumn
from ..learners import offered_columns
from ..models import NameRequest
from ..reports.disclosures import Disclosed, record_file
from . import id_columns, name_requests
from .matching import ROWS_AT_ONCE, Walk
from .resolving import COURSE, EXTERNAL_KINDS, SITE, Answer, Outcome, resolve
from .tables.base import Row, Table
from .unknown_ids import UnknownIds

KINDS = (COURSE, SITE, *EXTERNAL_KINDS, id_columns.RESULT_ID)
IDENTITY_COLUMNS = ("username", "name", "email", "id")
"""Offered for deanonymized files even where the profile report leaves them out, unless they are private."""

MEMORY_BYTES = 2_000_000

_COLUMNS_TRIED = 8


@dataclass(frozen=True)
class Question:
    """A table of IDs, the column they are in and their kind ('' for what is found), and the SHA-256 of what was sent."""

    table: Table
    fingerprint: str
    id_column: str = ""
    kind: str = ""


def identity_columns(course_key: CourseKey) -> list[Column]:
    """The columns that say who somebody is, without private ones."""
    private = configuration.private_columns(course_key.org)
    return [get_column(key) for key in IDENTITY_COLUMNS if key not in private]


def columns_for(course_key: CourseKey) -> dict[str, Column]:
    """The columns that can be added to a file in this course, by key: those of the profile report, and who it is."""
    offered = offered_columns.offered_columns(course_key)
    return {column.key: column for column in (*identity_columns(course_key), *offered)}


@dataclass(frozen=True)
class TableFile:
    """A file that was made of somebody's own, open for reading."""

    content: IO[bytes]
    extension: str
    content_type: str


def preview(course_key: CourseKey, question: Question, *, by: Actor) -> Preview:
    """Count what a file holds, without telling who anybody is. Raises what ``deanonymize`` raises."""
    table = question.table
    walk = _walk(course_key, question, (), by, lambda _row, _answer: None)
    counts = {str(outcome): walk.outcomes[outcome] for outcome in Outcome}
    detail = ", ".join(f"{name} {count}" for name, count in counts.items())
    audit.record(audit.Action.PREVIEWED, course_key, by=by, rows=walk.total, detail=detail)
    return Preview(
        id_column=id_columns.name_of(table, walk.place),
        file_columns=tuple(id_columns.name_of(table, place) for place in range(table.width)),
        kind=question.kind or walk.kind,
        total=walk.total,
        duplicates=walk.duplicates,
        **counts,
    )


def request_names(
    course_key: CourseKey, question: Question, *, columns: Sequence[str], purpose: str, approval: str, by: Actor
) -> NameRequest | None:
    """Return the request that has to be granted before a file is deanonymized, entered if there is none; None without need.

    Raises what ``preview`` raises, and UnknownColumn.
    """
    if not name_requests.is_needed(course_key):
        return None
    keys = [column.key for column in _choose(course_key, columns)]
    told: dict[str, Any] = {"asked_for": {"columns": keys, "id_column": question.id_column, "kind": question.kind}, "by": by}
    found = name_requests.find(course_key, fingerprint=question.fingerprint, **told)
    if found is not None:
        return found
    seen = preview(course_key, question, by=by)
    counts = {name: getattr(seen, name) for name in ("total", *map(str, Outcome), "duplicates")}
    return name_requests.enter(
        course_key, fingerprint=question.fingerprint, counts=counts, purpose=purpose, approval=approval, **told
    )


def deanonymize(
    course_key: CourseKey,
    question: Question,
    *,
    columns: Sequence[str],
    purpose: str,
    approval: str,
    granted_by: str = "",
    by: Actor,
) -> TableFile:
    """Return the table of a question with these columns after its own, row by row; nothing of it is stored.

    Cells are empty for rows of nobody in this course, and say ``retired`` for those whose account is. Raises UnknownColumn,
    NoIdColumn, TooManyUnknownIds, UnreadableFile or FileTooLarge.
    """
    chosen = _choose(course_key, columns)
    file = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115  (the caller closes it)
    try:
        writer = question.table.open_writer(file)
        for row, names in question.table.header_cells([column.key for column in chosen]):
            writer.append(row, names)
        nothing = [""] * len(chosen)
        walk = _walk(course_key, question, chosen, by, lambda row, answer: writer.append(row, answer.cells or nothing))
        writer.close()
        disclosed = Disclosed(len(walk.user_ids))
        disclosed.add(walk.user_ids)
        record_file(
            audit.Action.DEANONYMIZED,
            course_key,
            file,
            disclosed,
            by=by,
            rows=walk.total,
            columns=[column.key for column in chosen],
            detail=f"granted by {granted_by}" if granted_by else "",
            purpose=purpose,
            approval=approval,
        )
    except BaseException:
        file.close()
        raise
    return TableFile(file, question.table.extension, question.table.content_type)


def _choose(course_key: CourseKey, keys: Sequence[str]) -> list[Column]:
    offered = columns_for(course_key)
    for key in keys:
        if key not in offered:
            raise UnknownColumn(key=key[:100])
    return [offered[key] for key in dict.fromkeys(keys)]


def _walk(
    course_key: CourseKey, question: Question, columns: Sequence[Column], by: Actor, on_row: Callable[[Row, Answer], object]
) -> Walk:
    """Go through a table once, within what its reader may still ask for."""
    unknown = UnknownIds(course_key, by, question.fingerprint)
    walk = Walk(
        course_key,
        question.table,
        place=_place(course_key, question),
        kind=question.kind or None,
        columns=columns,
        most_unknown=unknown.left(),
    )
    try:
        for row, answer in walk.rows():
            on_row(row, answer)
    except TooManyUnknownIds:
        unknown.count_refused()
        audit.record_refusal(course_key, by=by, detail=TooManyUnknownIds.error_code)
        raise TooManyUnknownIds(unknown.limit) from None
    unknown.count(walk.unknown_ids)
    return walk


def _place(course_key: CourseKey, question: Question) -> int:
    """Where the IDs are: as named, or the column of which most IDs lead to learners of the course."""
    table = question.table
    if question.id_column:
        return id_columns.place_of(table.names, question.id_column)
    found = id_columns.candidates(table)
    if not found and id_columns.PERSON_ID in map(str.casefold, table.names):
        return id_columns.place_of(table.names, id_columns.PERSON_ID)  # which says why not
    if not found:
        raise NoIdColumn(_("The file has no column of anonymized IDs (32 hexadecimal digits, or a UUID)."))

    def leads_to_learners(place: int) -> int:
        answers = resolve(course_key, sorted(found[place])[:ROWS_AT_ONCE])
        return sum(answer.user_id is not None for answer in answers.values())

    return next(iter(found)) if len(found) == 1 else max(list(found)[:_COLUMNS_TRIED], key=leads_to_learners)
