"""Keeping texts from being taken for formulas by a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.conf import settings
from django.utils.formats import get_format

TRIGGERS = "=+-@\t\r\0" + "＝＋－＠"
"""Characters with which a spreadsheet may begin to calculate; a text that starts with one gets an apostrophe before it.

The full-width forms are for Excel in East Asian languages, which takes them for the others. Blanks, quotes and line feeds are
not among them: what follows them in a cell is text to Excel and LibreOffice.
"""

FIRST_CHARACTERS = frozenset(TRIGGERS + "'")
"""A text that begins with none of these needs no guard."""

SEPARATORS = ";\t|\r\n"
"""Where programs that do not split a CSV file at commas split a text: to them its quotes mean nothing."""

_NEEDS_GUARD = re.compile(f"'*[{re.escape(TRIGGERS)}]")
_PART_NEEDS_GUARD = re.compile(f"([{SEPARATORS}]\"*)(?='*[{re.escape(TRIGGERS)}])")


def guard(text: str) -> str:
    """Return a text that stands in a CSV cell as text.

    Apostrophes that already stand before a trigger get one more, so that taking one away from ``'=``, ``''=``, … always
    gives the original.
    """
    if text and text[0] in FIRST_CHARACTERS and _NEEDS_GUARD.match(text):
        return "'" + text
    return text


def unguard(cell: str) -> str:
    """Return the text that ``guard`` was given."""
    return cell[1:] if cell[:1] == "'" and _NEEDS_GUARD.match(cell) else cell


_STARTS = frozenset(TRIGGERS)
_NUMBER = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)([eE][+-]?\d+)?%?")


def guard_file_cell(text: str) -> str:
    """Return a cell of a file that somebody brought along, guarded unless it is a number, a lone sign or guarded already."""
    is_harmless = text[:1] not in _STARTS or len(text) == 1 or _NUMBER.fullmatch(text)
    return text if is_harmless else "'" + text


def needs_guard(cells: Sequence[str]) -> bool:
    """Whether one of these cells of a file may need a guard; most rows have none."""
    return not _STARTS.isdisjoint([cell[:1] for cell in cells])


def guard_parts(text: str) -> str:
    """Return a text that stands as text in a CSV cell, and in each cell that a program makes of it at other separators."""
    return guard(_PART_NEEDS_GUARD.sub(r"\1'", text))


def may_have_parts(text: str) -> bool:
    """Whether a text, or many in a row, may hold a part that needs a guard."""
    return _PART_NEEDS_GUARD.search(text) is not None


def splits_at_semicolons() -> bool:
    """Whether spreadsheets in the language of this installation separate lists, and so the cells of a CSV, with semicolons.

    Theirs is the language that the installation speaks by itself (LANGUAGE_CODE): a worker knows no other, and a file has many
    readers.
    """
    return get_format("DECIMAL_SEPARATOR", lang=settings.LANGUAGE_CODE, use_l10n=True) == ","
