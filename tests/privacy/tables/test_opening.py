"""Telling workbooks, JSON lists and rows of text apart, and what comes of a list."""

from __future__ import annotations

import pytest

from learner_data_plugin.exceptions import FileTooLarge, UnreadableFile
from learner_data_plugin.privacy.tables import opening
from learner_data_plugin.privacy.tables.delimited import DelimitedTable
from learner_data_plugin.privacy.tables.id_list import IdList
from learner_data_plugin.privacy.tables.workbook import Workbook

from .writing import table_of, written, xlsx_of


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (xlsx_of(["a"]), Workbook),
        (b'["a", "b"]', IdList),
        (b'\xef\xbb\xbf \r\n\t["a"]', IdList),
        (b"[id],n\na,1\n", DelimitedTable),
        (b"id,[n]\na,1\n", DelimitedTable),
        (b"[" * 100_000, DelimitedTable),
        (b"PK,n\na,1\n", DelimitedTable),
    ],
)
def test_kind_is_told_by_how_a_file_begins(content, kind):
    assert type(table_of(content)) is kind


def test_rows_whose_header_begins_like_a_list_are_read_from_the_first_on():
    assert table_of(b"[id],n\na,1\n").names == ["[id]", "n"]


@pytest.mark.parametrize("content", [b"[1]", b'["a", 1]', b'["a", null]', b'["\\ud800"]'])
def test_list_of_something_else_than_texts_is_refused(content):
    with pytest.raises(UnreadableFile, match="no list of texts"):
        table_of(content)


def test_list_longer_than_is_read_is_none(monkeypatch):
    monkeypatch.setattr(opening, "_MOST_JSON_BYTES", 9)
    assert isinstance(table_of(b'["a","b"]'), IdList)
    with pytest.raises(UnreadableFile, match="Row 1"):
        table_of(b'["a","bc"]')


def test_list_comes_back_as_csv_with_a_header_and_what_needs_them_in_quotes():
    table = table_of(b'["a", "b,c", "d\\"e", "f\\ng", "h\\ri", "=1", ""]')
    assert (table.extension, table.content_type.partition(";")[0]) == ("csv", "text/csv")
    assert table.names == ["anonymized_id"]
    expected = b'anonymized_id,u\r\na,0\r\n"b,c",1\r\n"d""e",2\r\n"f\ng",3\r\n"h\ri",4\r\n\'=1,5\r\n,6\r\n'
    assert written(table, ["u"], *([str(number)] for number in range(7))) == expected


def test_list_may_have_as_many_ids_as_a_table_has_rows():
    assert len(list(table_of(b'["a", "b"]', most_rows=2).rows())) == 2
    with pytest.raises(FileTooLarge, match="2 rows"):
        list(table_of(b'["a", "b", "c"]', most_rows=2).rows())
