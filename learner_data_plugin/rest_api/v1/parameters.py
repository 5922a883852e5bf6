"""Reading what a request asks for; whatever is wrong is told by name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.serializers import Serializer

from ...learners.parameters import TextField
from .errors import InvalidParameter, UnknownParameter


class PlainJSONParser(JSONParser):
    """Reads JSON, and refuses what no other part could work with: nesting without end, and halves of characters."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            data = super().parse(*args, **kwargs)
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):
            raise ParseError from None
        return data


class KeysField(TextField):
    """Keys separated by commas, in a query string."""

    def to_internal_value(self, data: Any) -> Any:
        return [key for key in super().to_internal_value(data).split(",") if key]


def read_body(data: Any, serializer_class: type[Serializer]) -> dict[str, Any]:
    """Return the values of a request's body, a JSON object. Raises InvalidParameter or UnknownParameter."""
    return _read(require_object(data), serializer_class)


def read_query(query: QueryDict, serializer_class: type[Serializer]) -> dict[str, Any]:
    """Return the values of a query string; of a name given twice the last counts, keys are joined by commas."""
    lists = {name for name, field in serializer_class().fields.items() if isinstance(field, KeysField)}
    return _read({name: ",".join(query.getlist(name)) if name in lists else query[name] for name in query}, serializer_class)


def require_object(data: Any) -> Mapping[str, Any]:
    """Return a body that is a JSON object. Raises InvalidParameter."""
    if not isinstance(data, Mapping):
        raise InvalidParameter("body", _("A JSON object is needed."))
    return data


def read_number(text: str) -> int:
    """Return the number in an address; 0, which nothing has, for anything that is none."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """Raise UnknownParameter for the first name that is not known."""
    for name in given:
        if name not in known:
            raise UnknownParameter(str(name))


def _read(data: Mapping[str, Any], serializer_class: type[Serializer]) -> dict[str, Any]:
    serializer = serializer_class(data=data)
    refuse_unknown(data, serializer.fields)
    if not serializer.is_valid():
        name, wrong = next(iter(serializer.errors.items()))
        raise InvalidParameter(name, _first_sentence(wrong))
    return serializer.validated_data


def _first_sentence(wrong: Any) -> str:
    """The first of the sentences in which a serializer tells what is wrong with a field, or with an entry of a list."""
    while not isinstance(wrong, str):
        wrong = next(iter(wrong.values())) if isinstance(wrong, Mapping) else wrong[0]
    return str(wrong)
