"""JSON Lines: typed values, one object a row."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given

from learner_data_plugin.export.base import get_format
from tests.export.attacks import in_utf8, many, rows, written

HEADER = ("id", "name", "goals")


def objects(*table, header=HEADER):
    return [json.loads(line) for line in written("jsonl", header, list(table)).split(b"\n")[:-1]]


@many
@given(rows)
def test_file_read_back_is_what_was_written(table):
    def cell(value):
        return None if value == "" else in_utf8(value) if isinstance(value, str) else value

    if table:
        assert objects(*table) == [dict(zip(HEADER, map(cell, row), strict=True)) for row in table]


def test_values_have_their_types():
    [row] = objects((1, True, 0.5), header=("number", "truth", "part"))
    assert row == {"number": 1, "truth": True, "part": 0.5}
    assert row["truth"] is True


def test_missing_is_null_and_zero_is_not():
    assert objects(("", 0, " ")) == [{"id": None, "name": 0, "goals": " "}]


def test_moments_are_told_in_utc():
    east = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert objects((east, datetime(2026, 3, 1), date(2026, 3, 1))) == [
        {"id": "2026-02-28T23:30:00+00:00", "name": "2026-03-01T00:00:00", "goals": "2026-03-01"}
    ]
    assert datetime.fromisoformat(objects((east, "", ""))[0]["id"]) == east.astimezone(UTC)


def test_a_line_break_within_a_value_begins_no_row():
    assert written("jsonl", HEADER, [(1, "a\nb", "c\r\nd")]).count(b"\n") == 1


def test_letters_of_every_language_stand_there_as_they_are():
    assert written("jsonl", HEADER, [(1, "Zoë", "日本")]) == '{"id": 1, "name": "Zoë", "goals": "日本"}\n'.encode()


def test_what_looks_like_a_formula_is_not_guarded():
    assert objects((1, "=1+1", "@x"))[0]["name"] == "=1+1"


def test_without_learners_it_is_empty():
    assert written("jsonl", HEADER) == b""


@pytest.mark.parametrize(("cell", "removed", "left"), [("7", 2, ["8"]), ("8", 1, ["7", "7"]), ("9", 0, ["7", "8", "7"])])
def test_a_learners_rows_are_taken_out(cell, removed, left):
    content = io.BytesIO(written("jsonl", HEADER, [(7, "a", ""), (8, "b", "7"), (7, "c", "")]))
    kept = io.BytesIO()
    assert get_format("jsonl").copy_without(content, kept, column="id", cells={cell}) == removed
    assert [str(json.loads(line)["id"]) for line in kept.getvalue().splitlines()] == left


def test_other_values_are_their_texts():
    assert objects((Decimal("1.50"), UUID(int=5), "")) == [
        {"id": "1.50", "name": "00000000-0000-0000-0000-000000000005", "goals": None}
    ]
