"""Recognizing anonymized IDs, and the columns that they stand in."""

from __future__ import annotations

import pytest

from learner_data_plugin.exceptions import NoIdColumn
from learner_data_plugin.privacy.id_columns import FoundId, candidates, name_of, place_of, read_id

from .tables.writing import table_of

DIGEST = "0123456789abcdef0123456789abcdef"
UUID = "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize("key", [DIGEST, UUID])
def test_ids_are_read_alone_and_at_the_end_of_a_results(key):
    for cell in (key, f" {key} ", key.upper()):
        assert read_id(cell) == FoundId(key, is_result=False)
    for cell in (f"course:link:{key}", f"course%3Alink%3a{key}", f":{key.upper()} "):
        assert read_id(cell) == FoundId(key, is_result=True)


@pytest.mark.parametrize(
    "cell", ["", " ", "ada", DIGEST[1:], f"{DIGEST}0", f"g{DIGEST[1:]}", f"{UUID}0", f"x {DIGEST}", f"{DIGEST}:x"]
)
def test_nothing_else_is_one(cell):
    assert read_id(cell) is None


def test_columns_in_which_nearly_all_cells_are_ids_come_first():
    rows = [f"{DIGEST},,x,{DIGEST}", f"y,{DIGEST},x,{UUID}", f"z,{UUID},x,z", f"{UUID},,x,{UUID}", "w,,,"]
    found = candidates(table_of("\n".join(["few,half,none,most", *rows]).encode()))
    assert list(found.items()) == [(1, {DIGEST, UUID}), (3, {DIGEST, UUID}), (0, {DIGEST, UUID})]


def test_columns_are_found_by_name_and_by_number():
    names = ["id", "2", "", "id"]
    assert [place_of(names, name) for name in ("id", "2", "1", "3", "4")] == [0, 1, 0, 2, 3]


@pytest.mark.parametrize("name", ["0", "5", "-1", "Id", "²", "x" * 300])
def test_no_other_column_is_found(name):
    with pytest.raises(NoIdColumn, match="no column") as caught:
        place_of(["id", "b", "c", "d"], name)
    assert f"'{name[:100]}'" in str(caught.value)


def test_each_column_has_a_name_by_which_it_is_found_again():
    table = table_of(b"id,n,,n,id\n")
    names = [name_of(table, place) for place in range(5)]
    assert names == ["id", "n", "3", "4", "5"]
    assert [place_of(table.names, name) for name in names] == [0, 1, 2, 3, 4]
