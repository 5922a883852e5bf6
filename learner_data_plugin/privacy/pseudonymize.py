"""Anonymized IDs in the place of learners: a file that says less about who is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any

from django.utils.translation import gettext as _
from opaque_keys.edx.keys import CourseKey

from ..data import Actor, AuditAction
from ..exceptions import NoIdColumn
from ..export.formulas import unguard
from ..learners import anonymous_ids
from ..platform import api as platform_api
from ..platform.batches import Among
from ..reports.disclosures import Disclosed, record_file
from .deanonymize import MEMORY_BYTES, TableFile
from .id_columns import place_of
from .matching import in_chunks
from .resolving import COURSE
from .tables.base import Table
from .tables.id_list import HEADER

_ID, _USERNAME, _EMAIL, _NAME = "user_id", "user__username", "user__email", "user__profile__name"
_LEARNERS = {
    _USERNAME: {"username", "lispersonsourcedid"},
    _EMAIL: {"email", "emailaddress", "recipientemail", "lispersoncontactemailprimary"},
    _ID: {"id", "userid"},
}
"""Where learners are found -> names of columns that say who it is. The likeliest come first: a survey has IDs of its own."""

_FURTHER = """
    address anonymizedid anonymizeduserid coursespecificanonymizeduserid dateofbirth displayname externaldatareference
    externalreference externaluserkey familyname firstname fullname givenname goals hashid ip ipaddr ipaddress lastname
    learnerid learnername lispersonnamefamily lispersonnamefull lispersonnamegiven lisresultsourcedid locationlatitude
    locationlongitude mail mailingaddress middlename mobile name nickname phone phonenumber postaladdress
    recipientfirstname recipientlastname street studentid studentname surname telephone token
"""
_IDENTIFYING = {*_FURTHER.split(), *(name for names in _LEARNERS.values() for name in names)}
"""Names of columns that say who somebody is or how to reach them: of our reports, Qualtrics, LimeSurvey and LTI."""

_EMAIL_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class PseudonymizedFile(TableFile):
    """The file, the name of the column in which learners were, those of the columns left out, and how many rows matched."""

    column: str
    removed: tuple[str, ...]
    total: int
    matched: int


def pseudonymize(course_key: CourseKey, table: Table, *, kind: str, column: str = "", by: Actor) -> PseudonymizedFile:
    """Return a table with the IDs of its learners, for this course or (``kind`` SITE) for the whole site, in their place.

    Learners are whoever ever enrolled in this course; for others there is no ID. Columns that say who somebody is are left out:
    by their names, or because a cell is an address, or the name or username of the row's learner. Raises NoIdColumn.
    """
    place = place_of(table.names, column) if column else _find_place(table.names)
    search = _Search(course_key, _path_of(table.names[place]), course_key if kind == COURSE else None)
    left_out = {other for other, name in enumerate(table.names) if other != place and _plain(name) in _IDENTIFYING}
    ids: list[str] = []
    for chunk in in_chunks(table.rows()):
        found = search.find([row.cells[place] if place < len(row.cells) else "" for row in chunk])
        for row, learner in zip(chunk, found, strict=True):
            ids.append(learner.anonymized_id)
            for other, cell in enumerate(row.cells):
                if cell and other != place and other not in left_out and _tells(cell, learner):
                    left_out.add(other)
    kept = [other for other in range(table.width) if other not in left_out]
    file = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115  (the caller closes it)
    try:
        writer = table.open_writer(file)
        for row, [name] in table.header_cells([HEADER]):
            writer.rearrange(row, kept, {place: name})
        for row, anonymized_id in zip(table.rows(), ids, strict=True):
            writer.rearrange(row, kept, {place: anonymized_id})
        writer.close()
        total, matched = len(ids), sum(map(bool, ids))
        columns = [HEADER if other == place else table.names[other] for other in kept]
        disclosed = Disclosed(len(search.user_ids))
        disclosed.add(sorted(search.user_ids))
        record_file(AuditAction.PSEUDONYMIZED, course_key, file, disclosed, by=by, rows=total, columns=columns, detail=kind)
    except BaseException:
        file.close()
        raise
    removed = tuple(table.names[other] or str(other + 1) for other in sorted(left_out))
    return PseudonymizedFile(
        file, table.extension, table.content_type, column=table.names[place], removed=removed, total=total, matched=matched
    )


@dataclass(frozen=True)
class _Learner:
    anonymized_id: str = ""
    names: frozenset[str] = frozenset()


class _Search:
    """Finds learners of a course by what a column says of them; remembers their accounts."""

    def __init__(self, course_key: CourseKey, path: str, id_course: CourseKey | None) -> None:
        self._enrollments = platform_api.CourseEnrollment.objects.filter(course_id=course_key)
        self._path = path
        self._id_course = id_course
        self.user_ids: set[int] = set()

    def find(self, cells: Sequence[str]) -> list[_Learner]:
        """Return the learner of each cell (1 query, and 1 more where IDs are missing, which are stored)."""
        texts = [_plain_text(cell) for cell in cells]
        keys = list(map(_folded, texts))
        wanted: set[Any] = {*texts, *keys}
        if self._path == _ID:
            wanted = {int(key) for key in keys if key.isdecimal() and len(key) < 19}
        stored = anonymous_ids.stored_id(self._id_course)
        found = self._enrollments.filter(Among(self._path, wanted))
        rows = list(found.order_by().values_list(self._path, _ID, _USERNAME, _EMAIL, _NAME, stored))
        user_ids = [row[1] for row in rows]
        ids = anonymous_ids.complete_ids(user_ids, [row[-1] for row in rows], self._id_course)
        self.user_ids.update(user_ids)
        learners = {
            _folded(str(value)): _Learner(anonymized_id, frozenset(map(_folded, filter(None, names))))
            for (value, _user_id, *names, _stored), anonymized_id in zip(rows, ids, strict=True)
        }
        return [learners.get(key, _Learner()) for key in keys]


def _tells(cell: str, learner: _Learner) -> bool:
    text = _plain_text(cell)
    return _folded(text) in learner.names or ("@" in text and _EMAIL_ADDRESS.fullmatch(text) is not None)


def _find_place(names: Sequence[str]) -> int:
    plain = list(map(_plain, names))
    for known in _LEARNERS.values():
        for place, name in enumerate(plain):
            if name in known:
                return place
    raise NoIdColumn(_("The file has no column named username, email or id."))


def _path_of(name: str) -> str:
    for path, known in _LEARNERS.items():
        if _plain(name) in known:
            return path
    raise NoIdColumn(_("Learners are found by a column named username, email or id."))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _plain_text(cell: str) -> str:
    """What a cell says; our own files have an apostrophe before what would look like a formula."""
    return unguard(cell.strip())


def _folded(text: str) -> str:
    return text.casefold()
