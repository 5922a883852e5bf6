"""Rows that are looked up together."""

from __future__ import annotations

from learner_data_plugin.privacy.matching import ROWS_AT_ONCE, in_chunks
from learner_data_plugin.privacy.tables.base import Row


def sizes(*lengths):
    rows = [Row(["x"], "x" * length) for length in lengths]
    chunks = list(in_chunks(rows))
    assert [row for chunk in chunks for row in chunk] == rows
    return [len(chunk) for chunk in chunks]


def test_as_many_as_a_database_takes_well():
    assert sizes(*[10] * (2 * ROWS_AT_ONCE + 1)) == [ROWS_AT_ONCE, ROWS_AT_ONCE, 1]
    assert sizes(*[10] * ROWS_AT_ONCE) == [ROWS_AT_ONCE]
    assert sizes() == []


def test_few_of_them_where_they_are_long():
    assert sizes(*[250_000] * 11) == [5, 5, 1]
    assert sizes(*[1_000_000] * 3) == [2, 1]
    assert sizes(1_000_001, 1, 1) == [1, 2]
