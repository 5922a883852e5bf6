"""Files read back as texts, for what compares them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given

from learner_data_plugin.export.base import get_format
from learner_data_plugin.export.formulas import guard
from tests.export.attacks import ATTACKS, in_utf8, many, rows, written

HEADER = ("id", "name", "goals")


def read_back(file_format, header, *batches):
    return list(get_format(file_format).read_rows(io.BytesIO(written(file_format, header, *batches))))


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "xlsx"])
@given(table=rows)
@example(table=[(1, attack, attack) for attack in ATTACKS])
@many
def test_texts_come_back_without_their_guards(file_format, table):
    def text(value):
        plain = in_utf8(str(value))
        if file_format != "xlsx":
            return plain
        # In a workbook a carriage return is a line feed, which needs no guard and so gives none back.
        kept = guard(plain) if plain.lstrip("'").startswith("\r") else plain
        return kept.replace("\r\n", "\n").replace("\r", "\n")

    assert read_back(file_format, HEADER, table) == [[text(value) for value in row] for row in table]


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "xlsx"])
def test_days_and_moments_come_back_as_they_are_told(file_format):
    moment = datetime(2026, 2, 28, 23, 59, 31, tzinfo=UTC)
    [[day, told, number]] = read_back(file_format, HEADER, [(date(2024, 2, 29), moment, 5)])
    assert (day, number) == ("2024-02-29", "5")
    assert datetime.fromisoformat(told).replace(tzinfo=UTC) == moment
    assert told[:10] == "2026-02-28"


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "xlsx"])
def test_empty_cells_come_back_empty_wherever_they_stand(file_format):
    table = [("", "a", ""), ("", "", ""), ("b", "", "c")]
    assert read_back(file_format, HEADER, table) == [list(row) for row in table]


def test_sheets_of_a_workbook_follow_each_other(monkeypatch):
    monkeypatch.setattr("learner_data_plugin.export.xlsx.XLSX_ROWS", 2)
    table = [(str(number),) for number in range(12)]
    assert read_back("xlsx", ["name"], table) == [list(row) for row in table]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 is no archive", b"id,name\r\n"])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(ValueError, match="BadZipFile"):
        list(get_format("xlsx").read_rows(io.BytesIO(content)))
