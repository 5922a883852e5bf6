"""Reading what a request asks for; whatever is wrong is told by name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from ...data import FileFormat, Report, Selection
from ...exceptions import UnknownFormat, UnknownReport
from .errors import InvalidParameter, UnknownParameter

SELECTION_TEXTS = ("search", "cohort", "team", "enrollment_mode", "sort")
_LONGEST_TEXT = 255

Choice = TypeVar("Choice", bound=StrEnum)


class PlainJSONParser(JSONParser):
    """Reads JSON, and refuses what no other part could work with: nesting without end, and halves of characters."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            data = super().parse(*args, **kwargs)
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):
            raise ParseError from None
        return data


def read_body(data: Any, *, known: Iterable[str]) -> Mapping[str, Any]:
    """Return the body of a request, a JSON object of known fields. Raises InvalidParameter or UnknownParameter."""
    if not isinstance(data, Mapping):
        raise InvalidParameter("body", _("a JSON object"))
    refuse_unknown(data, known)
    return data


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """Raise UnknownParameter for the first name that is not known."""
    for name in given:
        if name not in known:
            raise UnknownParameter(str(name))


def read_report(body: Mapping[str, Any]) -> Report:
    """Return the report that a body asks for. Raises UnknownReport."""
    given = body.get("report")
    if not isinstance(given, str) or given not in list(Report):
        raise UnknownReport(_("'report' must be one of {names}.").format(names=", ".join(Report)))
    return Report(given)


def read_format(body: Mapping[str, Any]) -> FileFormat:
    """Return the file format that a body asks for, CSV if none. Raises UnknownFormat."""
    given = body.get("format", FileFormat.CSV.value)
    if not isinstance(given, str) or given not in list(FileFormat):
        raise UnknownFormat(_("'format' must be one of {names}.").format(names=", ".join(FileFormat)))
    return FileFormat(given)


def read_selection(given: Mapping[str, Any]) -> Selection:
    """Return the learners and columns that a body asks for. Raises InvalidParameter."""
    columns = given.get("columns")
    if columns is not None and not (isinstance(columns, list) and all(isinstance(key, str) for key in columns)):
        raise InvalidParameter("columns", _("a list of column keys"))
    texts = {name: _text(given, name) for name in SELECTION_TEXTS}
    return Selection(columns=None if columns is None else tuple(columns), **texts)


def read_query_selection(query: QueryDict) -> Selection:
    """Return the learners and columns that a query string asks for; ``columns`` are separated by commas."""
    given: dict[str, Any] = {name: query[name] for name in SELECTION_TEXTS if name in query}
    if "columns" in query:
        given["columns"] = [key for part in query.getlist("columns") for key in part.split(",") if key]
    return read_selection(given)


def read_number(query: QueryDict, name: str, *, default: int, most: int) -> int:
    """Return a whole number from 1 to ``most``. Raises InvalidParameter."""
    given = query.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:10]) <= most:
        raise InvalidParameter(name, _("a whole number from 1 to {most}").format(most=most))
    return int(given)


def _text(given: Mapping[str, Any], name: str) -> str:
    text = given.get(name, "")
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT or "\0" in text:
        raise InvalidParameter(name, _("a text of at most {most} characters").format(most=_LONGEST_TEXT))
    return text
