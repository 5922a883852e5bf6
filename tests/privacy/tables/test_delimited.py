"""Rows of text: whatever way they are written in, they are read, and come back byte by byte."""

from __future__ import annotations

import codecs
import io
import json
import re
from itertools import product
from pathlib import Path

import pytest

from learner_data_plugin.exceptions import FileTooLarge, UnreadableFile
from learner_data_plugin.privacy.tables import base

from .writing import table_of, written

SPECTRUM = sorted((Path(__file__).parents[1] / "csv_spectrum").glob("*.csv"))
ID = "0123456789abcdef0123456789abcdef"

ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16-le with mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be with mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
}


@pytest.mark.parametrize("file", SPECTRUM, ids=lambda file: file.stem)
def test_csv_spectrum_is_read_and_comes_back(file):
    content = file.read_bytes()
    table = table_of(content)
    names, rows = table.names, [list(row.cells) for row in table.rows()]
    said = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    if file.stem == "location_coordinates":  # says another number than its CSV, and is no list
        said = [{**said, names[0]: rows[0][0]}]
    assert [dict(zip(names, row, strict=True)) for row in rows] == said
    with_column = written(table, ["name"], *([f"cell {number}"] for number in range(len(rows))))
    again = table_of(with_column)
    assert again.names == [*names, "name"]
    assert [list(row.cells) for row in again.rows()] == [[*row, f"cell {number}"] for number, row in enumerate(rows)]
    assert re.sub(rb",(name|cell \d)(?=[\r\n]|\Z)", b"", with_column) == content


@pytest.mark.parametrize(("encoding", "separator", "line_break"), list(product(ENCODINGS, ",;\t", ["\n", "\r\n", "\r"])))
def test_a_survey_comes_back_in_its_own_encoding_and_dialect(encoding, separator, line_break):
    text = f"anon_id,helped,age\n{ID},\"Line\nbreak, \"\"quotes\"\"; and\ttab\",31\n,Über 東京 🚀,-4.5\n"
    text = text.replace("\nbreak, ", "\0").replace(",", separator).replace("\0", "\nbreak, ").replace("\n", line_break)
    content = ENCODINGS[encoding](text)
    table = table_of(content)
    assert table.names == ["anon_id", "helped", "age"]
    quoted = f'Line{line_break}break, "quotes"; and\ttab'
    assert [list(row.cells) for row in table.rows()] == [[ID, quoted, "31"], ["", "Über 東京 🚀", "-4.5"]]
    expected = text.replace(f"age{line_break}", f"age{separator}username{line_break}")
    expected = expected.replace(f"31{line_break}", f"31{separator}ada{line_break}")
    expected = expected.replace(f"-4.5{line_break}", f"-4.5{separator}{line_break}")
    assert written(table, ["username"], ["ada"], [""]) == ENCODINGS[encoding](expected)


def test_last_row_without_line_break_gets_none():
    assert written(table_of(b"id,n\na,1"), ["u"], ["x"]) == b"id,n,u\na,1,x"


def test_empty_lines_and_short_rows_stay_and_cells_stand_under_their_header():
    assert written(table_of(b"id,n,m\n\na\nb,1\n"), ["u"], ["x"], ["y"]) == b"id,n,m,u\n\na,,,x\nb,1,,y\n"


def test_row_with_more_cells_than_the_header_is_refused_because_nobody_could_tell_whose_the_new_ones_are():
    with pytest.raises(UnreadableFile, match="Row 3"):
        list(table_of(b"id,n\na,1\nb,1,2\n").rows())


def test_formulas_are_guarded_also_theirs_and_numbers_stay():
    content = b'id,n\r\na,"=1+1"\r\nb,-1.5\r\nc,@SUM(A1)\r\nd,-\r\ne,"+49 30 1"\r\nf,\'=2\r\n'
    expected = [b"id,n,u", b"a,'=1+1,'=cmd", b"b,-1.5,x", b"c,'@SUM(A1),x", b"d,-,x", b"e,'+49 30 1,x", b"f,'=2,x", b""]
    assert written(table_of(content), ["u"], ["=cmd"], *[["x"]] * 5).split(b"\r\n") == expected


def test_qualtrics_has_three_header_rows():
    content = b'ResponseId,anon\n"Response, ID","Your ID\nplease"\n"{""ImportId"":""_id""}","{""ImportId"":""Q1""}"\nR_1,x\n'
    table = table_of(content)
    assert len(table.headers) == 3
    assert [list(row.cells) for row in table.rows()] == [["R_1", "x"]]
    told = [names for _row, names in table.header_cells(["username"])]
    assert told == [["username"], ["username"], ['{"ImportId": "username"}']]


def test_a_list_of_ids_needs_no_header():
    table = table_of(f"{ID}\n{ID}\n".encode())
    assert (table.headers, table.names, len(list(table.rows()))) == ([], [""], 2)


def test_line_that_tells_excel_the_separator_stays_first():
    content = b"sep=;\r\nid;n\r\na;1,5\r\n"
    table = table_of(content)
    assert (table.dialect.separator, table.names) == (";", ["id", "n"])
    assert written(table, ["u"], ["x"]) == b"sep=;\r\nid;n;u\r\na;1,5;x\r\n"


def test_unknown_8_bit_encoding_comes_back_and_takes_nothing_it_might_not_have():
    content = "id,city\na,Málaga\n".encode("cp1252")
    table = table_of(content)
    assert written(table, ["u"], ["ada"]) == content.replace(b"city", b"city,u").replace(b"laga", b"laga,ada")
    with pytest.raises(UnreadableFile, match="UTF-8"):
        written(table_of(content), ["u"], ["Ángel"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 4,
        b"PK\x03\x04 no archive",
        codecs.BOM_UTF16_LE + b"\x00\xd8a",
        b'id,n\na,"never closed\n',
        b'id,n\na,"closed" early,1\n',
        b"id,n\n" + b"a" * 200_000 + b",1\n",
        b"id,n\n" + b"a" * 1_500_000,
    ],
)
def test_what_is_no_table_is_refused_in_words(content):
    with pytest.raises(UnreadableFile):
        list(table_of(content).rows())


def test_more_rows_than_allowed_are_refused():
    assert len(list(table_of(b"id\n1\n2\n", most_rows=2).rows())) == 2
    with pytest.raises(FileTooLarge, match="2 rows"):
        list(table_of(b"id\n1\n2\n3\n", most_rows=2).rows())


def test_a_wide_table_may_have_fewer_rows(monkeypatch):
    monkeypatch.setattr(base, "MOST_CELLS", 6)
    assert len(list(table_of(b"a,b,c\n1,2,3\n1,2,3\n").rows())) == 2
    with pytest.raises(FileTooLarge, match="2 rows"):
        list(table_of(b"a,b,c\n1,2,3\n1,2,3\n1,2,3\n").rows())


def test_more_columns_than_any_survey_has_are_refused():
    with pytest.raises(FileTooLarge, match="5,000 columns"):
        table_of(b"a," * 5_000 + b"a\n")
    assert table_of(b"a," * 4_999 + b"a\n").width == 5_000


def test_parts_that_other_programs_take_for_cells_are_guarded_as_in_reports(settings):
    """A text in a row of commas, which LibreOffice splits at semicolons too unless it stands in quotes."""
    content = b"id,n\r\na,x;=1+1\r\nb,x;y\r\n"
    assert written(table_of(content), ["u"], ["Ada;=cmd"], ["c;d"]).split(b"\r\n") == [
        b"id,n,u", b'a,"x;=1+1","Ada;=cmd"', b"b,x;y,c;d", b""
    ]  # fmt: skip
    settings.LANGUAGE_CODE = "de"
    assert written(table_of(content), ["u"], ["Ada;=cmd"], ["c;d"]).split(b"\r\n") == [
        b"id,n,u", b"a,\"x;'=1+1\",\"Ada;'=cmd\"", b"b,x;y,c;d", b""
    ]  # fmt: skip


def test_row_in_which_nothing_was_guarded_keeps_its_quotes():
    content = b'"id";"n"\r\n"a";-1\r\n"b";"+2"\r\n'
    assert written(table_of(content), ["u"], ["x"], ["y"]) == b'"id";"n";u\r\n"a";-1;x\r\n"b";"+2";y\r\n'
    content = b'"id","n"\r\n"a","x;=1"\r\n'
    assert written(table_of(content), ["u"], ["x"]) == b'"id","n",u\r\n"a","x;=1",x\r\n'


@pytest.mark.parametrize(
    ("content", "extension", "content_type"),
    [
        (b"id,n\n", "csv", "text/csv; charset=utf-8"),
        (b"id\tn\n", "tsv", "text/tab-separated-values; charset=utf-8"),
        (ENCODINGS["utf-16-le with mark"]("id;n\n"), "csv", "text/csv; charset=utf-16"),
        (ENCODINGS["utf-16-be"]("id\tn\n"), "tsv", "text/tab-separated-values; charset=utf-16"),
        ("id,city\na,Málaga\n".encode("cp1252"), "csv", "text/csv"),
    ],
)
def test_what_is_told_of_the_file_is_how_it_is_written(content, extension, content_type):
    table = table_of(content)
    assert (table.extension, table.content_type) == (extension, content_type)


@pytest.mark.parametrize(("separator", "line_break"), list(product(",;\t|", ["\n", "\r\n"])))
def test_new_cells_are_quoted_where_they_would_be_more_than_one(separator, line_break):
    text = line_break.join((f"id{separator}n", f"a{separator}1", f"b{separator}2", ""))
    cells = [[f"Byron{separator} Ada"], ['Ada "A.']]
    again = table_of(written(table_of(text.encode()), ["u"], *cells))
    assert [list(row.cells) for row in again.rows()] == [["a", "1", *cells[0]], ["b", "2", *cells[1]]]


def test_line_breaks_in_new_cells_are_quoted():
    assert written(table_of(b"id,n\na,1\nb,2\n"), ["u"], ["x\ny"], ["x\ry"]) == b'id,n,u\na,1,"x\ny"\nb,2,"x\ry"\n'


def test_several_columns_are_added_in_their_order():
    assert written(table_of(b"id;n\na;1\n"), ["u", "v"], ["x", "y;z"]) == b'id;n;u;v\na;1;x;"y;z"\n'


def rearranged(table, places, others):
    file = io.BytesIO()
    writer = table.open_writer(file)
    for row in (*table.headers, *table.rows()):
        writer.rearrange(row, places, others)
    writer.close()
    return file.getvalue()


def test_columns_can_be_left_out_and_replaced_and_what_is_left_is_guarded():
    table = table_of(b'email;n;name\r\na@b.c;"4;5";Ada\r\nd@e.f;=1+1;"Bob"\r\n')
    assert rearranged(table, [0, 1], {0: "id"}) == b'id;n\r\nid;"4;5"\r\nid;\'=1+1\r\n'


def test_short_rows_and_empty_ones_stay_rows_when_columns_are_left_out():
    table = table_of(b"u,x,y\na\n\nb,1,2\n,,\n")
    assert rearranged(table, [1, 2], {}) == b'x,y\n""\n\n1,2\n,\n'
    assert rearranged(table, [0, 2], {0: ""}) == b',y\n""\n\n,2\n,\n'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\n\n", "first row of the file is empty"),
        (b",,\na,b,c\n", "first row of the file is empty"),
        (bytes(range(256)) * 4, "no table"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8a", "damaged"),
        (b'id,n\na,1\nb,"never closed\n', "Row 3 cannot be read"),
        (b"id,n\n" + b"a" * 1_500_000, "Row 2 cannot be read"),
        (b"id,n\na,1\nb,2,3\n", "Row 3 has more cells"),
    ],
)
def test_it_is_said_what_is_wrong_and_in_which_row(content, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        list(table_of(content).rows())


def test_an_empty_third_row_is_no_header():
    table = table_of(b"id,n\na,1\n\nb,2\n")
    assert (len(table.headers), len(list(table.rows()))) == (1, 3)


def test_the_three_headers_of_qualtrics_are_none_of_the_rows_that_are_allowed():
    content = b'R,a\nR,a\n"{""ImportId"":""_id""}",x\n1,2\n1,2\n'
    assert len(list(table_of(content, most_rows=2).rows())) == 2
    with pytest.raises(FileTooLarge, match="1 rows"):
        list(table_of(content, most_rows=1).rows())


def test_a_list_without_header_may_have_as_many_rows():
    content = f"{ID}\n{ID}\n".encode()
    assert len(list(table_of(content, most_rows=2).rows())) == 2
    with pytest.raises(FileTooLarge):
        list(table_of(content, most_rows=1).rows())


def test_names_are_those_of_the_header_without_blanks():
    assert table_of(b" id , n\na,1\n").names == ["id", "n"]
