"""Copies of files without some of their rows, in every format of the plugin's own."""

from __future__ import annotations

import csv
import io
import zipfile
from functools import partial
from xml.etree import ElementTree

import openpyxl
import pytest

from learner_data_plugin.export.base import get_format
from tests.export.attacks import written

HEADER = ("id", "name", "goals")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "xlsx"])
def test_rows_are_left_out_without_changing_what_the_process_does_with_csv(file_format):
    """Its limit for cells is one for all threads: a cell may be longer than it."""
    limit = csv.field_size_limit()
    rows = [(number, f"name {number}\r\n", "x" * (limit + 10) if number == 2 else '";\n"') for number in range(1, 6)]
    content, kept = io.BytesIO(written(file_format, HEADER, rows)), io.BytesIO()
    seen = []
    content.read = partial(seen_limit, content.read, seen)
    content.readline = partial(seen_limit, content.readline, seen)
    assert get_format(file_format).copy_without(content, kept, column="id", cells={"1", "4", "77"}) == 2
    assert set(seen) == {limit} == {csv.field_size_limit()}
    assert kept.getvalue() == written(file_format, HEADER, [rows[1], rows[2], rows[4]]) or file_format == "xlsx"


def seen_limit(read, seen, *size):
    seen.append(csv.field_size_limit())
    return read(*size)


def test_rows_of_a_workbook_move_up_so_that_no_gap_tells_where_one_was():
    rows = [(number, f"name {number}", "goals") for number in range(1, 6)]
    kept = io.BytesIO()
    content = io.BytesIO(written("xlsx", HEADER, rows))
    assert get_format("xlsx").copy_without(content, kept, column="id", cells={"2", "4"}) == 2
    with zipfile.ZipFile(kept) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    numbers = [row.get("r") for row in sheet.iter(f"{SHEET}row")]
    cells = [cell.get("r") for cell in sheet.iter(f"{SHEET}c")]
    assert numbers == ["1", "2", "3", "4"]
    assert cells == [f"{letter}{number}" for number in range(1, 5) for letter in "ABC"]
    assert [row[0] for row in openpyxl.load_workbook(kept).active.iter_rows(values_only=True)] == ["id", 1, 3, 5]


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "xlsx"])
def test_columns_of_different_lengths_are_refused(file_format):
    writer = get_format(file_format).open_writer(io.BytesIO(), HEADER)
    with pytest.raises(ValueError, match="zip"):
        writer.write([[1, 2], ["a", "b"], ["c"]])
