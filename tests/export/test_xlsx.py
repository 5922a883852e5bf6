"""Whatever a learner wrote, an XLSX file read back holds it, in cells that are no formulas.

`make fuzz EXAMPLES=100000` tries the property tests with many more texts.
"""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from openpyxl.utils.escape import unescape
from openxml_audit import OpenXmlValidator, ValidationSeverity

from learner_data_plugin.export import xlsx
from learner_data_plugin.export.base import get_format
from learner_data_plugin.export.formulas import TRIGGERS, guard
from learner_data_plugin.export.xlsx import XLSX_CELL_CHARACTERS
from tests.export.attacks import ATTACKS, in_utf8, many, rows, unguarded, written
from tests.reading import xlsx_rows

HEADER = ("id", "name", "goals")


def as_excel_reads(cell):
    """XLSX has escapes for what XML cannot hold, which openpyxl leaves as they are. Without a value the cell is empty."""
    return "" if cell is None else unescape(cell) if isinstance(cell, str) else cell


def in_xlsx(text):
    """The text with line feeds for line breaks."""
    return in_utf8(text).replace("\r\n", "\n").replace("\r", "\n")


class TestXlsx:
    @given(rows)
    @example([(1, attack, attack) for attack in ATTACKS])
    @many
    @pytest.mark.fuzz
    def test_file_read_back_is_what_was_written(self, rows):
        sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", HEADER, rows))).active
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
                plain = read[1:] if guard(value) != value else read
                assert plain == in_xlsx(value)

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_no_text_becomes_a_formula_a_link_or_a_number(self, attack):
        sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", HEADER, [(1, attack, "https://x.example")]))).active
        assert {cell.data_type for cell in sheet[2]} <= {"s", "n"}
        assert as_excel_reads(sheet["B2"].value) == in_xlsx(guard(attack))
        assert (sheet["C2"].value, sheet["C2"].hyperlink) == ("https://x.example", None)
        assert (sheet.max_row, sheet.max_column) == (2, 3)

    @pytest.mark.parametrize(
        "text", ["\x01", "a\x00b", "_x0041_", "_x0041_x0042_", "\x1f_x000D_", "\ufffe", "\uffff", " a ", "\n", "a\tb"]
    )
    def test_what_xml_cannot_hold_stands_in_the_escapes_of_excel(self, text):
        [_, [cell]] = xlsx_rows(written("xlsx", ["x"], [(text,)]))
        assert as_excel_reads(cell) == text

    @pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\nb"])
    def test_line_breaks_are_those_of_excel(self, text):
        assert xlsx_rows(written("xlsx", ["x"], [(text,)]))[1] == ["a\nb"]

    def test_half_a_surrogate_pair_becomes_a_question_mark(self):
        assert xlsx_rows(written("xlsx", ["x"], [("a\ud800b",), ("\U0001f600",)])) == [["x"], ["a?b"], ["\U0001f600"]]

    def test_numbers_are_numbers_and_text_of_digits_is_text(self):
        cells = (5, -7, 1.5, 0, 10**15 - 1)
        assert xlsx_rows(written("xlsx", list("abcde"), [cells])) == [list("abcde"), list(cells)]
        assert xlsx_rows(written("xlsx", list("abc"), [("5", "007", "1e5")]))[1] == ["5", "007", "1e5"]

    @pytest.mark.parametrize("cell", [2**70, 10**15, -(10**15), float("nan"), float("inf"), True, False])
    def test_numbers_that_excel_cannot_hold_and_truth_are_text(self, cell):
        assert unguarded(xlsx_rows(written("xlsx", ["x"], [(cell,)]))[1][0]) == str(cell)

    @pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=9))])
    def test_moments_are_real_ones_in_utc(self, zone):
        moment = datetime(2026, 2, 28, 23, 59, 30, tzinfo=zone)
        sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", ["x"], [(moment,)]))).active
        assert sheet["A2"].is_date
        assert sheet["A2"].value == moment.astimezone(UTC).replace(tzinfo=None)

    @pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(1900, 2, 28, tzinfo=UTC)])
    def test_moments_before_excels_first_are_text(self, moment):
        assert xlsx_rows(written("xlsx", ["x"], [(moment,)]))[1] == [str(moment)]

    def test_first_moment_of_which_all_spreadsheets_think_alike(self):
        assert xlsx_rows(written("xlsx", ["x"], [(datetime(1900, 3, 1, tzinfo=UTC),)]))[1] == [datetime(1900, 3, 1)]

    def test_days_are_real_ones(self):
        sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", ["x"], [(date(2026, 2, 28),)]))).active
        assert (sheet["A2"].value, sheet["A2"].number_format) == (datetime(2026, 2, 28), "yyyy-mm-dd")

    def test_last_moment_there_is(self):
        moment = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
        assert xlsx_rows(written("xlsx", ["x"], [(moment,)]))[1] == [moment.replace(tzinfo=None)]

    @pytest.mark.parametrize("character", ["x", "é", "\U0001f600", "="])
    @pytest.mark.parametrize("more", [-1, 0, 1, 2, 50_000])
    def test_text_past_excels_limit_is_shortened_and_says_so(self, character, more):
        units = len(character.encode("utf-16-le")) // 2
        text = character * ((XLSX_CELL_CHARACTERS + more) // units)
        fits = len(guard(text).encode("utf-16-le")) // 2 <= XLSX_CELL_CHARACTERS
        [_, [cell]] = xlsx_rows(written("xlsx", ["x"], [(text,)]))
        assert len(cell.encode("utf-16-le")) // 2 <= XLSX_CELL_CHARACTERS
        if fits:
            assert cell == guard(text)
        else:
            kept = cell.rstrip("]").rpartition(" [")[0]
            assert guard(text).startswith(kept)
            assert len(kept) > XLSX_CELL_CHARACTERS // units - 100

    def test_header_is_frozen_and_bold_and_columns_are_wide_enough(self):
        sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", [*HEADER, "verification_status"], []))).active
        assert sheet.freeze_panes == "A2"
        assert all(cell.font.bold for cell in sheet[1])
        widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
        assert widths[2] > 40 > widths[1] > 20 > widths[0]
        assert widths[3] > len("verification_status")

    def test_rows_past_the_limit_go_on_in_a_further_sheet(self, monkeypatch):
        monkeypatch.setattr(xlsx, "XLSX_ROWS", 4)
        content = written("xlsx", ["id"], [(number,) for number in range(4)], [(number,) for number in range(4, 8)])
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in sheets] == [
            ["id", 0, 1, 2], ["id", 3, 4, 5], ["id", 6, 7]
        ]  # fmt: skip
        assert all(sheet.freeze_panes == "A2" for sheet in sheets)

    def test_sheets_past_the_size_of_a_plain_archive_go_on_in_a_further_one(self, monkeypatch):
        monkeypatch.setattr(xlsx, "SHEET_BYTES", 2_000)
        content = written("xlsx", ["id"], *([(number,)] for number in range(100)))
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        assert len(sheets) > 2
        assert [row[0] for sheet in sheets for row in sheet.iter_rows(min_row=2, values_only=True)] == list(range(100))

    def test_names_of_sheets_filter_and_properties_say_what_it_is(self, monkeypatch):
        monkeypatch.setattr(xlsx, "XLSX_ROWS", 4)
        file = io.BytesIO()
        options = {"title": "Profile: [all] 'who is enrolled'", "subject": "course-v1:DemoX+Small+2026"}
        with get_format("xlsx").open_writer(file, HEADER, **options) as writer:
            writer.write([[1, 2, 3, 4], ["Ada"] * 4, [""] * 4])
        book = openpyxl.load_workbook(file)
        assert book.sheetnames == ["Profile   all   who is e", "Profile   all   who is e (2)"]
        assert [sheet.auto_filter.ref for sheet in book] == ["A1:C4", "A1:C2"]
        assert (book.properties.title, book.properties.subject) == (options["title"], options["subject"])

    def test_sheet_of_a_file_without_a_title_holds_learners(self):
        assert openpyxl.load_workbook(io.BytesIO(written("xlsx", HEADER, []))).sheetnames == ["Learners"]

    @pytest.mark.parametrize(
        "rows", [[], [(1, attack, attack) for attack in ATTACKS], [(datetime(2026, 1, 2), date(2026, 1, 2), 1.5)]]
    )
    def test_parts_are_those_of_the_standard(self, tmp_path, rows):
        """Against the schemas of ECMA-376, and Open XML's rules beyond these."""
        (tmp_path / "report.xlsx").write_bytes(written("xlsx", HEADER, rows))
        result = OpenXmlValidator().validate(tmp_path / "report.xlsx")
        assert [error for error in result.errors if error.severity == ValidationSeverity.ERROR] == []

    def test_programs_that_read_row_by_row_find_every_row(self):
        content = io.BytesIO(written("xlsx", ["id"], [(number,) for number in range(2_000)]))
        sheet = openpyxl.load_workbook(content, read_only=True).active
        assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == list(range(2_000))

    def test_no_learners_data_is_put_into_temporary_files(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        with get_format("xlsx").open_writer(io.BytesIO(), ["name"]) as writer:
            writer.write([["Ada", "Bob"] * 1_000])
            assert list(tmp_path.rglob("*")) == []

    @pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
    @pytest.mark.parametrize("rows", [1, 100_000])
    def test_storage_that_is_full_is_an_os_error(self, file_format, rows):
        with pytest.raises(OSError), Path("/dev/full").open("wb", buffering=0) as full:  # noqa: PT011, SIM117
            with get_format(file_format).open_writer(full, ["name"]) as writer:
                writer.write([["Ada"] * rows])

    def test_letting_go_of_a_file_that_is_closed_already_is_no_error(self):
        file = io.BytesIO()
        writer = get_format("xlsx").open_writer(file, ["name"])
        writer.write([["Ada"]])
        file.close()
        writer.discard()
        assert file.closed
