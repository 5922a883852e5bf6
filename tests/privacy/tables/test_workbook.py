"""XLSX files, read with openpyxl and written with our own writer."""

from __future__ import annotations

import builtins
import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlsxwriter

from learner_data_plugin.exceptions import FileTooLarge, FormatUnavailable, UnreadableFile
from learner_data_plugin.export.base import get_format
from learner_data_plugin.privacy.tables import base, workbook

from ...reading import xlsx_rows
from .writing import table_of, written, xlsx_of


def test_rows_come_back_with_the_new_column_and_their_kinds():
    moment = datetime(2026, 5, 4, 3, 2, 1)
    content = xlsx_of(["anon", "n", "when", "day"], ["a", 4.5, moment, date(2026, 5, 4)], [], ["b", None, "text"])
    table = table_of(content)
    assert table.names == ["anon", "n", "when", "day"]
    assert xlsx_rows(written(table, ["user"], ["ada"], ["=cmd"])) == [
        ["anon", "n", "when", "day", "user"],
        ["a", 4.5, moment, datetime(2026, 5, 4), "ada"],
        [None] * 5,
        ["b", None, "text", None, "'=cmd"],
    ]


def test_columns_can_be_left_out_and_replaced():
    table = table_of(xlsx_of(["email", "n", "name"], ["a@b.c", 4, "Ada"]))
    file = io.BytesIO()
    writer = table.open_writer(file)
    for row, [name] in table.header_cells(["anonymized_id"]):
        writer.rearrange(row, [0, 1], {0: name})
    for row in table.rows():
        writer.rearrange(row, [0, 1], {0: "abc"})
    writer.close()
    assert xlsx_rows(file.getvalue()) == [["anonymized_id", "n"], ["abc", 4]]


def test_a_formula_comes_back_as_its_value():
    assert "".join(next(table_of(xlsx_of(["anon", "n"], ["a", "=1+1"])).rows()).cells) == "a"


def test_what_would_unpack_to_more_than_a_table_has_is_refused(monkeypatch):
    content = xlsx_of(["anon"], *([f"text {number}"] for number in range(100)))
    monkeypatch.setattr(workbook, "MOST_UNPACKED_BYTES", 1_000)
    with pytest.raises(UnreadableFile, match="too large"):
        table_of(content)


@pytest.mark.parametrize("content", [b"PK\x03\x04", xlsx_of(["a"])[:-200], xlsx_of(["a"])[:300]])
def test_a_damaged_one_is_refused(content):
    with pytest.raises(UnreadableFile, match="damaged"):
        table_of(content)


def test_without_openpyxl_it_is_told_what_to_do(monkeypatch):
    find = builtins.__import__

    def without(name, *arguments, **options):
        if name.partition(".")[0] == "openpyxl":
            raise ImportError(name)
        return find(name, *arguments, **options)

    content = xlsx_of(["a"])
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FormatUnavailable, match="XLSX"):
        table_of(content)


def test_columns_that_a_sheet_only_claims_to_have_are_none():
    """Some programs say that a sheet is as wide as can be; its rows need not be filled up to there."""
    content = io.BytesIO(xlsx_of(["anon", "n"], ["a", 1], ["b"]))
    claimed = io.BytesIO()
    with zipfile.ZipFile(content) as parts, zipfile.ZipFile(claimed, "w") as written_parts:
        for name in parts.namelist():
            part = parts.read(name)
            written_parts.writestr(name, part.replace(b'ref="A1:B3"', b'ref="A1:XFD1048576"') if "sheet1" in name else part)
    assert b"XFD1048576" in zipfile.ZipFile(claimed).read("xl/worksheets/sheet1.xml")
    table = table_of(claimed.getvalue())
    assert table.names == ["anon", "n"]
    assert xlsx_rows(written(table, ["u"], ["x"], ["y"])) == [["anon", "n", "u"], ["a", 1, "x"], ["b", None, "y"]]


def test_a_short_row_keeps_its_place_when_columns_are_left_out():
    table = table_of(xlsx_of(["username", "x", "y"], ["a"], ["b", 1, 2]))
    file = io.BytesIO()
    writer = table.open_writer(file)
    for row in (*table.headers, *table.rows()):
        writer.rearrange(row, [0, 2], {0: "id"})
    writer.close()
    assert xlsx_rows(file.getvalue()) == [["id", "y"], ["id", None], ["id", 2]]


def test_it_is_said_to_be_a_workbook():
    table = table_of(xlsx_of(["anon"]))
    assert (table.extension, table.content_type) == ("xlsx", get_format("xlsx").content_type)


def test_numbers_have_no_more_digits_as_text_than_in_the_sheet():
    content = xlsx_of(["anon", "n"], [-7, 4.5], [20260504, -0.25])
    assert [list(row.cells) for row in table_of(content).rows()] == [["-7", "4.5"], ["20260504", "-0.25"]]


def test_headers_are_texts_and_other_values_stay_what_a_sheet_can_hold():
    content = xlsx_of(["anon", None, 2026], ["a", 5, time(9, 30)], ["b", timedelta(hours=30), date(2026, 5, 4)])
    table = table_of(content)
    assert table.names == ["anon", "", "2026"]
    assert xlsx_rows(written(table, ["u"], ["x"], ["y"])) == [
        ["anon", None, "2026", "u"],
        ["a", 5, "09:30:00", "x"],
        ["b", "1 day, 6:00:00", datetime(2026, 5, 4), "y"],
    ]


def test_every_row_of_many_comes_back():
    rows = [[f"id {number}", number] for number in range(1, 1_203)]
    table = table_of(xlsx_of(["anon", "n"], *rows), most_rows=2_000)
    cells = [[f"user {number}"] for number in range(1, 1_203)]
    assert xlsx_rows(written(table, ["u"], *cells))[1:] == [[*row, *more] for row, more in zip(rows, cells, strict=True)]


def test_an_empty_workbook_is_refused_and_one_wider_than_any_survey_too(monkeypatch):
    with pytest.raises(UnreadableFile, match="first row of the file is empty"):
        table_of(xlsx_of([], ["a"]))
    monkeypatch.setattr(base, "MOST_COLUMNS", 2)
    with pytest.raises(FileTooLarge, match="2 columns"):
        table_of(xlsx_of(["a", "b", "c"]))


@pytest.mark.parametrize("has_texts_in_cells", [True, False])
def test_texts_that_would_all_stand_in_memory_are_refused(has_texts_in_cells, monkeypatch):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": has_texts_in_cells}) as book:
        book.add_worksheet().write_row(0, 0, ["anon", "n"])
    assert table_of(content.getvalue()).names == ["anon", "n"]
    monkeypatch.setattr(workbook, "_MOST_TEXT_BYTES", 10)
    if has_texts_in_cells:
        assert table_of(content.getvalue()).names == ["anon", "n"]
        return
    with pytest.raises(UnreadableFile, match="too large"):
        table_of(content.getvalue())


def test_as_much_as_is_unpacked_is_read_and_one_byte_more_is_not(monkeypatch):
    content = xlsx_of(["anon"])
    size = sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(content)).infolist())
    monkeypatch.setattr(workbook, "MOST_UNPACKED_BYTES", size)
    assert table_of(content).names == ["anon"]
    monkeypatch.setattr(workbook, "MOST_UNPACKED_BYTES", size - 1)
    with pytest.raises(UnreadableFile, match="too large"):
        table_of(content)
