"""Rows of sheets, beside what openpyxl reads of them."""

from __future__ import annotations

import io
import tracemalloc
import warnings
import zipfile
from datetime import date, datetime, timedelta
from xml.parsers.expat import ExpatError

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from learner_data_plugin.exceptions import UnreadableFile
from learner_data_plugin.privacy.tables.sheet import SheetReader

from .writing import table_of, xlsx_of

_BEGIN = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_END = "</sheetData></worksheet>"


def with_sheet(xml: str) -> bytes:
    """A workbook with a shared text, whose style 1 is of moments and style 2 of spans, and whose sheet is this XML."""
    made, file = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "shared")
        for column, number_format in enumerate(("yyyy-mm-dd hh:mm", "[h]:mm:ss")):
            sheet.write(1, column, 1, book.add_format({"num_format": number_format}))
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name in parts.namelist():
            written.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else parts.read(name))
    return file.getvalue()


def read(content: bytes) -> list[tuple]:
    return list(SheetReader(io.BytesIO(content)).rows())


def as_openpyxl(content: bytes) -> list[tuple]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        sheet.reset_dimensions()
        return [tuple(row) for row in sheet.iter_rows(values_only=True)]


VALUES = st.one_of(
    *(st.none(), st.booleans(), st.integers(-(10**14), 10**14), st.floats(allow_nan=False, allow_infinity=False)),
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"], exclude_characters="\ufffe\uffff"), max_size=20),
    *(st.datetimes(datetime(1900, 3, 1), datetime(9999, 1, 1)), st.dates(date(1900, 3, 1)), st.times()),
    st.timedeltas(timedelta(0), timedelta(days=900)),
)


@given(st.lists(st.lists(VALUES, max_size=6), max_size=6))
def test_values_are_those_that_openpyxl_reads(rows):
    content = xlsx_of(*rows)
    assert repr(read(content)) == repr(as_openpyxl(content))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1</f><v>two</v></c><c r="C1"><f>1</f></c></row>',
        '<row r="2"><c r="C2"><v>1</v></c></row><row r="5"/><row r="5"><c><v>9</v></c></row><row r="3"><c><v>8</v></c></row>',
        "<row><c><v>1.5</v></c><c><v>1E3</v></c><c><v>-7</v></c><c><v></v></c></row><row><c/></row>",
        '<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="s"><v>0</v></c><c t="d"><v>2026-05-04T03:02:01</v></c></row>',
        '<row><c s="1"><v>46146.5</v></c><c s="1"><v>0.25</v></c><c s="2"><v>1.25</v></c><c s="1"><v>99999999</v></c></row>',
        '<row><c t="inlineStr"><is><r><t>a</t></r><r><t> b</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c></row>',
        '<row><c t="inlineStr"><is><rPh sb="0" eb="1"><t>x</t></rPh><r><t>a</t></r></is></c><c><v>1</v></c></row>'
        '<row><c t="inlineStr"><is><t>b</t></is></c></row>',
        '<row><c t="inlineStr"><is><t>a &amp; &lt;b&gt;&#233;</t></is></c><c t="inlineStr"/></row>',
        '<row r="1.0"><c r="AA1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
        '<x:row xmlns:x="urn:other"><x:c><x:v>1</x:v></x:c></x:row><row><c><v>1</v></c></row>',
    ],
)
def test_cells_are_read_as_openpyxl_reads_them(cells):
    content = with_sheet(_BEGIN + cells + _END)
    assert repr(read(content)) == repr(as_openpyxl(content))


def test_a_chart_before_the_first_sheet_is_none():
    book = openpyxl.Workbook()
    book.active.append(["anon"])
    book.create_chartsheet(index=0)
    file = io.BytesIO()
    book.save(file)
    assert read(file.getvalue()) == [("anon",)]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (_BEGIN + "<row><c><v>1</v></c></row>", ExpatError),
        (_BEGIN + '<row><c r="AAAA1"><v>1</v></c></row>' + _END, ValueError),
        (_BEGIN + '<row><c t="s"><v>7</v></c></row>' + _END, IndexError),
        ('<!DOCTYPE worksheet [<!ENTITY a "aaaa">]>' + _BEGIN + "<row><c><v>&a;</v></c></row>" + _END, ValueError),
        ('<!DOCTYPE worksheet SYSTEM "file:///etc/passwd">' + _BEGIN + _END, ValueError),
    ],
)
def test_what_is_damaged_or_hostile_is_refused(xml, expected):
    content = with_sheet(xml)
    with pytest.raises(expected):
        read(content)
    with pytest.raises(UnreadableFile, match=r"damaged|empty"):
        list(table_of(content).rows())


def test_a_package_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
    with pytest.raises(UnreadableFile, match="damaged"):
        table_of(file.getvalue())


def test_a_sheet_is_read_in_pieces():
    row = f'<row><c t="inlineStr"><is><t>{"Strongly agree, thank you " * 100}</t></is></c></row>'
    content = with_sheet(_BEGIN + row * 4_000 + _END)
    reader = SheetReader(io.BytesIO(content))
    tracemalloc.start()
    try:
        assert sum(1 for _row in reader.rows()) == 4_000
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
