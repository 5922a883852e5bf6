"""Whatever a learner wrote, a file read back holds it, and no spreadsheet takes it for a formula.

`make fuzz EXAMPLES=100000` tries the property tests with many more texts.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from learner_data_plugin import spreadsheets
from learner_data_plugin.data import FileFormat
from learner_data_plugin.spreadsheets import TRIGGERS, XLSX_CELL_CHARACTERS, guard, open_writer

from .reading import csv_rows, xlsx_rows

SPEC_TRIGGERS = "=+-@\t\r\0"
HEADER = ("id", "name", "goals")
FINISHED_XML = '<r><t>x</t></r></is></c><c r="C9"><f>1+1</f><v>2</v></c><c r="D9" t="inlineStr"><is><r><t>y</t></r>'
"""What xlsxwriter would take for XML of its own."""
ATTACKS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "\t=1+1", "\r=1+1", "\0=1+1", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠x",
    "'=1+1", "''=1+1", " =1+1", "\n=1+1", "a\n=1+1\n", "x,=1+1,y", 'x",=1+1,"y', "x;=1+1;y", "x\t=1+1\ty", "{=1+1}", '"=1+1"',
    "\ufeff=1+1", "\u200b=1+1", "-", "'", "''", "'a", "", FINISHED_XML, "<r></r>",
)  # fmt: skip

texts = st.one_of(
    st.text(),
    st.text(st.characters(exclude_categories=())),  # surrogates, too
    st.builds(str.__add__, st.text("'=+-@\t\r\0＝＋－＠ \n", min_size=1, max_size=4), st.text(max_size=20)),
    st.text("=+-@'\"\t\r\n\0;,<>&_x0F ", max_size=30),
    st.builds("<r>{}</r>".format, st.text("<>/rtcisf= &", max_size=20)),
    st.builds("_x{:04X}_".format, st.integers(0, 0xFFFF)),
    st.sampled_from(ATTACKS),
)
rows = st.lists(st.tuples(st.one_of(texts, st.integers(-(10**14), 10**14)), texts, texts), max_size=4)
many = settings(
    max_examples=int(os.environ.get("EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def written(file_format, header, *batches):
    file = io.BytesIO()
    with open_writer(file, file_format, header) as writer:
        for batch in batches:
            writer.write(writer.encode([list(column) for column in zip(*batch, strict=True)]))
    return file.getvalue()


def unguarded(cell):
    return cell[1:] if re.match(f"'+[{re.escape(TRIGGERS)}]", cell) else cell


def in_utf8(text):
    """The text as UTF-8 can hold it: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def as_excel_reads(cell):
    """XLSX has escapes for what XML cannot hold, which openpyxl leaves as they are. Without a value the cell is empty."""
    return "" if cell is None else unescape(cell) if isinstance(cell, str) else cell


def overlapping_escapes(text):
    """xlsxwriter does not escape the second of two texts like escapes that share an underscore."""
    return re.search("_x[0-9a-fA-F]{4}_x[0-9a-fA-F]{4}_", text) is not None


def changed_by_xml(text):
    """Within a text that looks like xlsxwriter's own XML, what XML cannot hold stands in escapes that Excel does not undo."""
    return text.startswith("<r>") and text.endswith("</r>") and re.search("[\0-\x08\x0b-\x1f\ufffe\uffff]|_x", text) is not None


class TestGuard:
    @given(texts)
    @many
    @pytest.mark.fuzz
    def test_no_text_begins_with_a_trigger_and_taking_the_guard_away_gives_the_text(self, text):
        cell = guard(text)
        assert not cell.startswith(tuple(TRIGGERS))
        assert unguarded(cell) == text
        assert cell in (text, "'" + text)

    @pytest.mark.parametrize("trigger", TRIGGERS)
    def test_each_trigger_is_guarded_at_the_start_only(self, trigger):
        assert guard(trigger) == "'" + trigger
        assert guard(trigger + "x") == "'" + trigger + "x"
        assert guard("x" + trigger) == "x" + trigger

    @pytest.mark.parametrize("text", ["", "a", "'", "''", "'a", " =1", "\n=1", '"=1', "1-1"])
    def test_other_texts_stay_as_they_are(self, text):
        assert guard(text) == text

    def test_triggers_are_at_least_those_promised(self):
        assert set(SPEC_TRIGGERS) <= set(TRIGGERS)


class TestCsv:
    @given(rows)
    @example([(1, attack, attack) for attack in ATTACKS])
    @many
    @pytest.mark.fuzz
    def test_file_read_back_is_what_was_written(self, rows):
        header, *read = csv_rows(written(FileFormat.CSV, HEADER, rows))
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
        assert written(FileFormat.CSV, ["id", "name"], [(1, "Zoë")], [(2, "a,b"), (-3, "")]) == (
            'id,name\r\n"1","Zoë"\r\n"2","a,b"\r\n"-3",""\r\n'.encode()
        )

    @pytest.mark.parametrize("separators", [",;", ",\t", ",;\t|"])
    def test_programs_that_split_at_other_characters_too_find_the_same_cells(self, separators):
        """As LibreOffice's import does, unless told otherwise: a quoted cell is one cell."""
        _, *lines = written(FileFormat.CSV, HEADER, [(1, "x;=1+1;y", "x\t=1\t|=2|")]).decode().splitlines()
        cell = '(?:"[^"]*")'
        assert re.fullmatch(f"{cell}(?:[{separators}]{cell}){{2}}", lines[0])

    def test_header_is_guarded(self):
        assert csv_rows(written(FileFormat.CSV, ["=1+1", "-"], [])) == [["'=1+1", "'-"]]

    @pytest.mark.parametrize("cell", [True, 0, -5, 2**70, 1.5, datetime(2026, 1, 2, tzinfo=UTC)])
    def test_what_is_no_text_is_written_plainly(self, cell):
        assert csv_rows(written(FileFormat.CSV, ["x"], [(cell,)]))[1] == [str(cell)]

    def test_batches_follow_each_other(self):
        content = written(FileFormat.CSV, ["id"], [(1,), (2,)], [], [(3,)])
        assert csv_rows(content) == [["id"], ["1"], ["2"], ["3"]]


class TestXlsx:
    @given(rows)
    @example([(1, attack, attack) for attack in ATTACKS])
    @many
    @pytest.mark.fuzz
    def test_file_read_back_is_what_was_written(self, rows):
        sheet = openpyxl.load_workbook(io.BytesIO(written(FileFormat.XLSX, HEADER, rows))).active
        cells = [list(row) for row in sheet.iter_rows(max_row=1 + len(rows), max_col=len(HEADER))]
        assert sheet.max_column == len(HEADER)
        for row, original in zip(cells[1:], rows, strict=True):
            for cell, value in zip(row, original, strict=True):
                read = as_excel_reads(cell.value)
                assert cell.data_type in ("s", "n")  # "f" would be a formula
                if not isinstance(value, str):
                    assert read == value
                    continue
                assert not read.startswith(tuple(TRIGGERS))
                if not changed_by_xml(value) and not overlapping_escapes(value):
                    assert unguarded(read) == in_utf8(value)

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_no_text_becomes_a_formula_a_link_or_a_number(self, attack):
        sheet = openpyxl.load_workbook(io.BytesIO(written(FileFormat.XLSX, HEADER, [(1, attack, "https://x.example")]))).active
        assert {cell.data_type for cell in sheet[2]} <= {"s", "n"}
        assert unguarded(as_excel_reads(sheet["B2"].value)) == attack
        assert (sheet["C2"].value, sheet["C2"].hyperlink) == ("https://x.example", None)
        assert (sheet.max_row, sheet.max_column) == (2, 3)

    @pytest.mark.parametrize(
        "text", ["\x01", "a\x00b", "a\r\nb", "_x0041_", "\x1f_x000D_", "\ufffe", "\uffff", " a ", "\n", "a\tb"]
    )
    def test_what_xml_cannot_hold_stands_in_the_escapes_of_excel(self, text):
        [_, [cell]] = xlsx_rows(written(FileFormat.XLSX, ["x"], [(text,)]))
        assert as_excel_reads(cell) == text

    def test_half_a_surrogate_pair_becomes_a_question_mark(self):
        assert xlsx_rows(written(FileFormat.XLSX, ["x"], [("a\ud800b",), ("\U0001f600",)])) == [["x"], ["a?b"], ["\U0001f600"]]

    def test_numbers_are_numbers_and_text_of_digits_is_text(self):
        cells = (5, -7, 1.5, 0, 10**15 - 1)
        assert xlsx_rows(written(FileFormat.XLSX, list("abcde"), [cells])) == [list("abcde"), list(cells)]
        assert xlsx_rows(written(FileFormat.XLSX, list("abc"), [("5", "007", "1e5")]))[1] == ["5", "007", "1e5"]

    @pytest.mark.parametrize("cell", [2**70, 10**15, -(10**15), float("nan"), float("inf"), True, False])
    def test_numbers_that_excel_cannot_hold_and_truth_are_text(self, cell):
        assert unguarded(xlsx_rows(written(FileFormat.XLSX, ["x"], [(cell,)]))[1][0]) == str(cell)

    @pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=9))])
    def test_moments_are_real_ones_in_utc(self, zone):
        moment = datetime(2026, 2, 28, 23, 59, 30, tzinfo=zone)
        sheet = openpyxl.load_workbook(io.BytesIO(written(FileFormat.XLSX, ["x"], [(moment,)]))).active
        assert sheet["A2"].is_date
        assert sheet["A2"].value == moment.astimezone(UTC).replace(tzinfo=None)

    @pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(1899, 12, 31, tzinfo=UTC)])
    def test_moments_before_excels_first_are_text(self, moment):
        assert xlsx_rows(written(FileFormat.XLSX, ["x"], [(moment,)]))[1] == [str(moment)]

    def test_last_moment_there_is(self):
        moment = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
        assert xlsx_rows(written(FileFormat.XLSX, ["x"], [(moment,)]))[1] == [moment.replace(tzinfo=None)]

    @pytest.mark.parametrize("character", ["x", "é", "\U0001f600", "="])
    @pytest.mark.parametrize("more", [-1, 0, 1, 2, 50_000])
    def test_text_past_excels_limit_is_shortened_and_says_so(self, character, more):
        units = len(character.encode("utf-16-le")) // 2
        text = character * ((XLSX_CELL_CHARACTERS + more) // units)
        fits = len(guard(text).encode("utf-16-le")) // 2 <= XLSX_CELL_CHARACTERS
        [_, [cell]] = xlsx_rows(written(FileFormat.XLSX, ["x"], [(text,)]))
        assert len(cell.encode("utf-16-le")) // 2 <= XLSX_CELL_CHARACTERS
        if fits:
            assert cell == guard(text)
        else:
            kept = cell.rstrip("]").rpartition(" [")[0]
            assert guard(text).startswith(kept)
            assert len(kept) > XLSX_CELL_CHARACTERS // units - 100

    def test_header_is_frozen_and_bold_and_columns_are_wide_enough(self):
        sheet = openpyxl.load_workbook(io.BytesIO(written(FileFormat.XLSX, [*HEADER, "verification_status"], []))).active
        assert sheet.freeze_panes == "A2"
        assert all(cell.font.bold for cell in sheet[1])
        widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
        assert widths[2] > 40 > widths[1] > 20 > widths[0]
        assert widths[3] > len("verification_status")

    def test_rows_past_the_limit_go_on_in_a_further_sheet(self, monkeypatch):
        monkeypatch.setattr(spreadsheets, "XLSX_ROWS", 4)
        content = written(FileFormat.XLSX, ["id"], [(number,) for number in range(4)], [(number,) for number in range(4, 8)])
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in sheets] == [
            ["id", 0, 1, 2], ["id", 3, 4, 5], ["id", 6, 7]
        ]  # fmt: skip
        assert all(sheet.freeze_panes == "A2" for sheet in sheets)

    @pytest.mark.parametrize("failing", [True, False])
    def test_no_learners_data_stays_in_temporary_files(self, tmp_path, monkeypatch, failing):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        writer = open_writer(io.BytesIO(), FileFormat.XLSX, ["name"])
        writer.write(writer.encode([["Ada", "Bob"]]))
        assert list(tmp_path.rglob("*")), "rows wait in files"
        writer.__exit__(ValueError if failing else None, None, None)
        assert list(tmp_path.rglob("*")) == []

    # The archive that xlsxwriter gives up is noticed when it is collected.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    @pytest.mark.parametrize("file_format", FileFormat)
    def test_storage_that_is_full_is_an_os_error(self, file_format, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with pytest.raises(OSError), Path("/dev/full").open("wb", buffering=0) as full:  # noqa: PT011, SIM117
            with open_writer(full, file_format, ["name"]) as writer:
                writer.write(writer.encode([["Ada"] * 100_000]))
        assert list(tmp_path.rglob("*")) == []
