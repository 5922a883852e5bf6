"""Whatever a learner wrote, a CSV file read back holds it.

`make fuzz EXAMPLES=100000` tries the property tests with many more texts.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given

from learner_data_plugin.export.formulas import TRIGGERS
from tests.export.attacks import ATTACKS, in_utf8, many, rows, unguarded, written
from tests.reading import csv_rows

HEADER = ("id", "name", "goals")


class TestCsv:
    @given(rows)
    @example([(1, attack, attack) for attack in ATTACKS])
    @many
    @pytest.mark.fuzz
    def test_file_read_back_is_what_was_written(self, rows):
        header, *read = csv_rows(written("csv", HEADER, rows))
        assert header == list(HEADER)
        assert all(len(row) == len(HEADER) for row in read)
        cells = [cell for row, original in zip(read, rows, strict=True) for cell, value in zip(row, original, strict=True)
                 if isinstance(value, str)]  # fmt: skip
        assert not any(cell.startswith(tuple(TRIGGERS)) for cell in cells)
        expected = [tuple(in_utf8(cell) if isinstance(cell, str) else str(cell) for cell in row) for row in rows]
        plain = [
            tuple(unguarded(cell) if isinstance(value, str) else cell for cell, value in zip(row, original, strict=True))
            for row, original in zip(read, rows, strict=True)
        ]
        assert plain == expected

    def test_is_utf8_without_a_byte_order_mark_in_lines_as_excel_writes_them(self):
        assert written("csv", ["id", "name"], [(1, "Zoë")], [(2, "a,b"), (-3, "")]) == (
            'id,name\r\n"1","Zoë"\r\n"2","a,b"\r\n"-3",""\r\n'.encode()
        )

    @pytest.mark.parametrize("separators", [",;", ",\t", ",;\t|"])
    def test_programs_that_split_at_other_characters_too_find_the_same_cells(self, separators):
        """As LibreOffice's import does, unless told otherwise: a quoted cell is one cell."""
        _, *lines = written("csv", HEADER, [(1, "x;=1+1;y", "x\t=1\t|=2|")]).decode().splitlines()
        cell = '(?:"[^"]*")'
        assert re.fullmatch(f"{cell}(?:[{separators}]{cell}){{2}}", lines[0])

    def test_header_is_guarded(self):
        assert csv_rows(written("csv", ["=1+1", "-"], [])) == [["'=1+1", "'-"]]

    @pytest.mark.parametrize("cell", [True, 0, -5, 2**70, 1.5, datetime(2026, 1, 2, tzinfo=UTC)])
    def test_what_is_no_text_is_written_plainly(self, cell):
        assert csv_rows(written("csv", ["x"], [(cell,)]))[1] == [str(cell)]

    def test_batches_follow_each_other(self):
        content = written("csv", ["id"], [(1,), (2,)], [], [(3,)])
        assert csv_rows(content) == [["id"], ["1"], ["2"], ["3"]]
