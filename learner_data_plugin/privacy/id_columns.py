"""Recognizing anonymized IDs: what a cell holds, and in which column of a table they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from django.utils.translation import gettext as _

from ..exceptions import NoIdColumn
from .tables.base import Table

RESULT_ID = "lis_result_sourcedid"
"""The kind of an ID at the end of what LTI calls a result's: course, link and user, with colons between, maybe quoted."""

PERSON_ID = "lis_person_sourcedid"
"""What LTI calls a person's: the username, which is nothing that could be deanonymized."""

_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COLON = re.compile(r":|%3a")
_SAMPLE_ROWS = 500


class FoundId(NamedTuple):
    """An ID as the platform's tables have it (a UUID with its hyphens), and whether it stood in a result's."""

    key: str
    is_result: bool


def read_id(cell: str) -> FoundId | None:
    """Return the ID in a cell: 32 hexadecimal digits or a UUID, alone or at the end of an LTI result's. None without one."""
    text = cell.strip().lower()
    if _ID.fullmatch(text):
        return FoundId(text, is_result=False)
    *before, last = _COLON.split(text)
    return FoundId(last, is_result=True) if before and _ID.fullmatch(last) else None


def is_id(cell: str) -> bool:
    """Whether a cell holds an ID."""
    return read_id(cell) is not None


def candidates(table: Table) -> dict[int, set[str]]:
    """The columns in which IDs stand, and some of the IDs in each; those in which nearly all cells are IDs come first."""
    found: list[set[str]] = [set() for _column in range(table.width)]
    cells_with, cells_filled = [0] * table.width, [0] * table.width
    for row in islice(table.rows(), _SAMPLE_ROWS):
        for place, cell in enumerate(row.cells):
            cells_filled[place] += bool(cell)
            if (held := read_id(cell)) is not None:
                cells_with[place] += 1
                found[place].add(held.key)
    places = [place for place in range(table.width) if found[place]]
    places.sort(key=lambda place: -cells_with[place] / cells_filled[place])
    return {place: found[place] for place in places}


def place_of(names: Sequence[str], name: str) -> int:
    """Return where a column of this name is, or of this number from 1 on. Raises NoIdColumn."""
    if name.casefold() == PERSON_ID:
        raise NoIdColumn(_("{name} holds usernames, which are not anonymous.").format(name=PERSON_ID))
    if name in names:
        return names.index(name)
    if name.isdecimal() and 0 < int(name) <= len(names):
        return int(name) - 1
    raise NoIdColumn(_("The file has no column '{name}'.").format(name=name[:100]))


def name_of(table: Table, place: int) -> str:
    """Return the name by which ``place_of`` finds a column again: its header, or its number from 1 on."""
    name = table.names[place]
    return name if name and table.names.index(name) == place else str(place + 1)
