"""Who is chosen of the learners of a course, by what was searched for and by what is shown of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any
from unicodedata import category, normalize

from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.db.models import BooleanField, F, Func, Q, TextField
from django.db.models.lookups import IContains
from opaque_keys.edx.keys import CourseKey

from .. import configuration
from ..columns.base import Field
from ..columns.catalogue import get_column
from ..data import Selection
from ..platform import api as platform_api
from ..platform.batches import Rows

USERNAME = "user__username"
_ILLEGAL_MIX = 1267
"""MySQL's number of the error that a text cannot be compared with a column, since this lacks letters of it."""


class Chosen:
    """Tells who is chosen: by what is shown, and by a text without regard to case and accents.

    Not the database, of which each has rules of its own. What is private is not searched, or searching would tell it.
    """

    def __init__(self, course_key: CourseKey, selection: Selection) -> None:
        self._text = folded(selection.search)
        self._written = selection.search
        private = configuration.private_columns(course_key.org) if self._text else ()
        searched = [get_column(key) for key in ("username", "email", "name") if self._text and key not in private]
        self._usernames = frozenset(selection.usernames)
        self._searched = [column.path for column in searched if column.path]
        shown = {"enrollment_mode": selection.enrollment_mode, "cohort": selection.cohort, "team": selection.team}
        self._shown = [
            (column.path or "", column.missing, shown[column.key]) for column in map(get_column, shown) if shown[column.key]
        ]
        shown_fields = (field for field, _missing, _value in self._shown)
        self.fields: tuple[Field, ...] = (*self._searched, *shown_fields, *((USERNAME,) if self._usernames else ()))

    def perhaps(self) -> Q:
        """Return the condition of enrollments in which the text may be found, so that the database need not hand over all.

        Databases find ASCII in a text, whatever the case. Of other letters each has rules of its own: whose texts have some are
        handed over.
        """
        conditions = [Q(_HasMoreThanASCII(F(path))) for path in self._searched]
        if self._text.isascii():
            conditions += [Q(IContains(_AsAnybodyWrites(F(path)), self._text)) for path in self._searched]
        return reduce(or_, conditions, Q(pk__in=()))

    def accounts_that_begin_so(self, most: int) -> set[int] | None:
        """Return the accounts of the site with a username, address or name that begins with the text, as the database takes it.

        None if there are more than ``most``. Each is read along the platform's index of it (1 query). What the platform puts in
        the place of a retired account's is passed over.
        """
        prefix = platform_api.retired_username_prefix()
        accounts = platform_api.use_read_replica_if_available(get_user_model().objects.order_by())
        found: set[int] = set()
        for field in (path.removeprefix("user__") for path in self._searched):
            # Some databases take accents for letters of their own: what was written finds these.
            begins = Q(**{f"{field}__istartswith": self._text}) | Q(**{f"{field}__istartswith": self._written})
            present = accounts.filter(begins).exclude(**{f"{field}__startswith": prefix})
            try:
                found.update(present.values_list("id", flat=True)[: most + 1])
            except OperationalError as error:
                if error.args[0] != _ILLEGAL_MIX:  # a letter that this column cannot hold
                    raise
            if len(found) > most:
                return None
        return found

    def among(self, rows: Rows, fields: Sequence[Field]) -> Rows:
        """Return the rows, of these fields, of those who are chosen."""
        for field, missing, value in self._shown:
            place = fields.index(field)
            rows = [row for row in rows if (missing if row[place] is None else row[place]) == value]
        if self._usernames:
            place = fields.index(USERNAME)
            rows = [row for row in rows if row[place] in self._usernames]
        if self._text:
            places = [fields.index(field) for field in self._searched]
            rows = [row for row in rows if any(self._text in folded(row[place] or "") for place in places)]
        return rows


class _AsAnybodyWrites(Func):
    """A text that is compared without regard to case, whatever the collation of its column."""

    template = "%(expressions)s"
    output_field = TextField()

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The columns of a site may be binary, or Turkish, whose capital I is that of another letter."""
        template = "CONVERT(%(expressions)s USING utf8mb4) COLLATE utf8mb4_general_ci"
        return self.as_sql(compiler, connection, template=template, **context)


class _HasMoreThanASCII(Func):
    """The condition that a text has letters of more than a byte."""

    template = "(OCTET_LENGTH(%(expressions)s) > CHAR_LENGTH(%(expressions)s))"
    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite counts the bytes of what is no text."""
        template = "(LENGTH(CAST(%(expressions)s AS BLOB)) > LENGTH(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)


def folded(text: str) -> str:
    """Return a text without capitals and accents."""
    if text.isascii():
        return text.lower()
    return "".join(letter for letter in normalize("NFD", text.lower()) if not category(letter).startswith("M"))
