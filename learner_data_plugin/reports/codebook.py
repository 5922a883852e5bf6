"""The codebook of a report: what its columns are and what the codes in them mean, as a file beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from ..columns.catalogue import get_column
from ..exceptions import UnknownColumn
from ..export.csv import csv_lines
from . import research

HEADER = ("column", "label", "description", "source")


def codebook_lines(keys: Sequence[str]) -> Iterator[str]:
    """Yield a CSV file with a row for each of a report's columns."""
    return csv_lines(HEADER, map(_row, keys))


def _row(key: str) -> Sequence[str]:
    try:
        column = research.codebook_column() if key == research.KEY else get_column(key)
    except UnknownColumn:  # of a site's own
        return (key, key, _("A value that this site has added."), "")
    return (key, str(column.label), str(column.description), column.source)
