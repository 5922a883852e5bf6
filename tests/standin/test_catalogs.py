"""The catalogs of translations and the texts of the sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "learner_data_plugin"
SOURCE = PACKAGE / "conf/locale/en/LC_MESSAGES/django.po"
"""Where Open edX collects what is to be translated: the one folder of a repository that ends with conf/locale/en (OEP-58)."""

TRANSLATIONS = sorted((PACKAGE / "locale").glob("*/LC_MESSAGES/django.po"))
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
    assert (None, "Personal information: for the course team only.") in texts
    assert ("enrollment track", "Audit") in texts


@pytest.mark.parametrize("path", [SOURCE, *TRANSLATIONS], ids=lambda path: path.parts[-3])
def test_catalog_has_the_texts_of_the_sources_and_no_others(texts, path):
    with path.open("rb") as source:
        catalog = {(message.context, message.id) for message in read_po(source) if message.id}

    assert catalog == texts, "Run make translations"


def test_source_catalog_has_english_in_its_keys_alone():
    with SOURCE.open("rb") as source:
        catalog = read_po(source)

    assert str(catalog.locale) == "en"
    assert [message.id for message in catalog if message.id and any(message.string)] == []
