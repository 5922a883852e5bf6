"""Finding out how a file is written that says nothing about it."""

from __future__ import annotations

import io

import pytest

from learner_data_plugin.exceptions import UnreadableFile
from learner_data_plugin.privacy.tables.dialect import ANY_8_BIT, Dialect, find_dialect


def dialect_of(content: bytes) -> Dialect:
    return find_dialect(io.BytesIO(content))


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("id\na\n", ","),
        ("id|n\na|1\n", "|"),
        ("id;n\na;1,5\nb;2,5\n", ";"),
        ("Name, first;age\nAda;36\nBob;40\n", ";"),
        ("a,b;c,d;e,f\n1,2;3,4;5,6\n", ","),
        ("id;n;m\na;1,2,3,4;5\n", ";"),
        ('"Line;one, two";n;m\n"a,b,c,d";1;2\n', ";"),
        ("id,n\n\n\n\na,1;2\n\nb,1;2\n", ","),
    ],
)
def test_separator_is_the_one_that_makes_rows_as_long_as_the_first(text, separator):
    assert dialect_of(text.encode()).separator == separator


def test_a_file_of_one_row_has_a_separator_too():
    assert dialect_of(b"id;n;m").separator == ";"
    assert dialect_of(b"").separator == ","


def test_separator_is_found_where_the_sample_ends_within_a_row():
    """In the last row that is read of a large file there may be more of another separator."""
    rows = [f"{number};{'x' * 15_000}\n" for number in range(4)]
    assert dialect_of(("id;n\n" + "".join(rows) + "4" + "," * 9_000).encode()).separator == ";"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [*",;|", "\t"])
def test_line_for_excel_tells_the_separator_and_stands_before_the_first_row(line_break, mark, separator):
    preamble = f"{mark}sep={separator}{line_break}"
    found = dialect_of(f"{preamble}a;b,c|d\te{line_break}".encode())
    assert found == Dialect("utf-8", separator, preamble)


def test_what_only_looks_like_that_line_is_a_row():
    assert dialect_of(b"sep=;x\na;b\n") == Dialect("utf-8", ";", "")
    assert dialect_of(b"id,sep=;\na,b\n") == Dialect("utf-8", ",", "")


def test_bytes_that_are_none_of_utf_8_may_stand_anywhere():
    for place in (10, 100_000):
        content = b"id,n\n" + b"a,1\n" * (place // 4) + b"b,\xe9\n" + b"a,1\n" * 10
        assert dialect_of(content).encoding == ANY_8_BIT


def test_character_that_is_cut_at_the_end_is_none_of_utf_8():
    assert dialect_of("id,n\na,é".encode()[:-1]).encoding == ANY_8_BIT


def test_characters_are_whole_wherever_pieces_of_the_file_end():
    for blanks in range(4):
        assert dialect_of((" " * blanks + "🚀" * 40_000).encode()).encoding == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_by_its_zeros_where_half_of_the_characters_have_one(encoding):
    assert dialect_of("id,n\nгород".encode(encoding)).encoding == encoding
    with pytest.raises(UnreadableFile, match="no table"):
        dialect_of("id,n\nгорода".encode(encoding))
