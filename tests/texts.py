"""Texts that the plugin asks for in the reader's language, and that no translator has been given."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from types import FunctionType
from typing import Any

from babel.messages.pofile import read_po
from django.utils import translation

import learner_data_plugin

SOURCE = Path(__file__).parents[1] / "learner_data_plugin/conf/locale/en/LC_MESSAGES/django.po"
"""In the checkout: an installed package has only translations, not what they are made from."""
_FIRST, _FIRST_TWO, _SECOND = slice(1), slice(2), slice(1, 2)
_ASKING = {
    translation.gettext: _FIRST,
    translation.gettext_lazy: _FIRST,
    translation.ngettext: _FIRST_TWO,
    translation.ngettext_lazy: _FIRST_TWO,
    translation.pgettext: _SECOND,
    translation.pgettext_lazy: _SECOND,
}
"""Django's functions, and which of their arguments are the texts."""


@cache
def collected() -> frozenset[str]:
    """The texts of the English source catalog, plurals included."""
    with SOURCE.open("rb") as file:
        catalog = read_po(file)
    return frozenset(text for entry in catalog for text in (entry.id if isinstance(entry.id, tuple) else (entry.id,)))


def note_unknown(unknown: set[str]) -> None:
    """Have every module of the package note the texts that it asks for and that are not in the source catalog."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{learner_data_plugin.__name__}."):
            for called, function in list(vars(module).items()):
                if isinstance(function, FunctionType) and function in _ASKING:
                    setattr(module, called, _noting(function, unknown))


def _noting(ask: Callable[..., Any], unknown: set[str]) -> Callable[..., Any]:
    @wraps(ask)
    def asked(*arguments: Any) -> Any:
        unknown.update(set(map(str, arguments[_ASKING[ask]])) - collected())
        return ask(*arguments)

    return asked
