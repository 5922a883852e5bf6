"""Formats as a whole: by which names they are known."""

from __future__ import annotations

import pytest

from learner_data_plugin.exceptions import UnknownFormat
from learner_data_plugin.export import base
from learner_data_plugin.export.base import formats, get_format, register_format
from learner_data_plugin.export.csv import CsvFormat


class Named(CsvFormat):
    """CSV under another name."""

    def __init__(self, name):
        self.name = name


@pytest.fixture(autouse=True)
def _forgotten_afterwards(monkeypatch):
    monkeypatch.setattr(base, "_FORMATS", dict(base._FORMATS))


def test_a_format_that_is_registered_twice_is_there_once():
    before = [file_format.name for file_format in formats()]
    register_format(CsvFormat())
    assert [file_format.name for file_format in formats()] == before


def test_a_name_is_that_of_one_format():
    with pytest.raises(ValueError, match="'csv' is the name of another format"):
        register_format(Named("csv"))
    assert type(get_format("csv")) is CsvFormat


@pytest.mark.parametrize(("name", "fits"), [("", False), ("x", True), ("x" * 8, True), ("x" * 9, False)])
def test_a_name_is_no_longer_than_the_column_that_keeps_it(name, fits):
    if fits:
        register_format(Named(name))
        assert get_format(name).name == name
    else:
        with pytest.raises(ValueError, match="between 1 and 8 characters"):
            register_format(Named(name))


def test_who_asks_for_an_unknown_one_is_told_which_there_are():
    with pytest.raises(UnknownFormat) as error:
        get_format("pdf")
    for file_format in formats():
        assert file_format.name in str(error.value)
