"""The catalogs of translations and the texts of the sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
# All the names under which Django offers marking a text, also those that the sources do not use yet.
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


@pytest.fixture(scope="module")
def texts():
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = extract_from_dir(ROOT / "learner_data_plugin", methods, options, KEYWORDS)
    return {(context, text) for _, _, text, _, context in found}


def test_texts_of_python_and_of_mako_are_found(texts):
    assert (None, "Working with personal information") in texts
    assert ("enrollment track", "Audit") in texts


@pytest.mark.parametrize("language", sorted(path.name for path in (ROOT / "learner_data_plugin/locale").iterdir()))
def test_catalog_has_the_texts_of_the_sources_and_no_others(texts, language):
    with (ROOT / "learner_data_plugin/locale" / language / "LC_MESSAGES/django.po").open("rb") as source:
        catalog = {(message.context, message.id) for message in read_po(source) if message.id}

    assert catalog == texts, "Run make translations"
