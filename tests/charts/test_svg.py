"""What is drawn."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.utils import translation

from learner_data_plugin.charts import svg
from learner_data_plugin.data import Chart, ChartKind, ChartRow

SVG = "{http://www.w3.org/2000/svg}"
GROUPS = (
    ChartRow("f", "Female", 1200, 0.6),
    ChartRow("m", "Male", 600, 0.3),
    ChartRow("not_reported", "Not reported", 200, 0.1, muted=True),
)
WEEKS = (
    ChartRow("2026-06-01", "June 1, 2026", 80, 0.8),
    ChartRow("2026-06-08", "June 8, 2026", None, None, mark="<10"),
    ChartRow("2026-06-15", "June 15, 2026 (so far)", 50, 0.5, muted=True),
)
PERIODS = (
    ChartRow("2026-06-01/2026-06-07", "June 1, 2026 – June 7, 2026", 100, 0.25, drawn=100, place=0.5),
    ChartRow("2026-06-08/2026-06-14", "June 8, 2026 – June 14, 2026", 300, 0.75, drawn=400, place=1.0),
)
ALL = [(ChartKind.BARS, GROUPS), (ChartKind.COLUMNS, WEEKS), (ChartKind.AREA, PERIODS)]


def draw(kind: ChartKind, rows: tuple[ChartRow, ...]) -> ElementTree.Element:
    return ElementTree.fromstring(svg.draw(Chart("gender", "Gender", "", kind, rows)))


def texts(svg: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def boxes(svg: ElementTree.Element) -> list[ElementTree.Element]:
    return list(svg.iter(f"{SVG}rect"))


@pytest.mark.parametrize(("kind", "rows"), ALL)
def test_has_a_name_and_says_its_numbers(kind, rows):
    svg = draw(kind, rows)
    title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "Gender"
    for row in rows:
        assert row.label in desc.text


@pytest.mark.parametrize(("kind", "rows"), ALL)
def test_stands_under_a_strict_content_security_policy(kind, rows):
    source = svg.draw(Chart("gender", "Gender", "", kind, rows))
    assert not re.search(r"style|<script|href|url\(|\son\w+=", source)


@pytest.mark.parametrize(("kind", "rows"), ALL)
def test_lies_within_its_width(kind, rows):
    for element in draw(kind, rows).iter():
        start, width = (float(element.get(name, "0").rstrip("%") or 0) for name in ("x", "width"))
        if element.tag == f"{SVG}rect":
            assert start >= 0
            assert start + width <= 100


def test_bars_are_as_long_as_groups_are_large():
    svg = draw(ChartKind.BARS, GROUPS)
    assert [box.get("width") for box in boxes(svg)] == ["58%", "29%", "9.67%"]
    assert texts(svg) == ["Female", "1,200 (60%)", "Male", "600 (30%)", "Not reported", "200 (10%)"]
    assert "ld-svg-muted" in boxes(svg)[2].get("class")


def test_of_very_many_groups_the_largest_are_drawn():
    rows = tuple(ChartRow(f"c{place}", f"Country {place}", 100 - place, 0.01) for place in range(20))
    combined = ChartRow("together", "Other (combined)", 40, 0.1, muted=True)
    unanswered = ChartRow("not_reported", "Not reported", 7, 0.1, muted=True)
    drawn = texts(draw(ChartKind.BARS, (*rows, combined, unanswered)))
    assert drawn[:2] == ["Country 0", "100 (1%)"]
    assert drawn[-4:] == ["Other (combined)", f"{sum(range(81, 89)) + 40} (18%)", "Not reported", "7 (10%)"]
    assert len(drawn) == 2 * 14
    assert texts(draw(ChartKind.BARS, rows[:13]))[-2] == "Country 12"


def test_long_names_take_two_lines():
    row = ChartRow("x", "South Georgia and the South Sandwich Islands", 10, 1)
    svg = draw(ChartKind.BARS, (row,))
    assert texts(svg)[:2] == ["South Georgia and the South", "Sandwich Islands"]


def test_what_is_withheld_is_drawn_as_such():
    few = boxes(draw(ChartKind.COLUMNS, WEEKS))[1]
    assert (few.get("fill"), few.get("height")) == ("none", "10")
    assert texts(draw(ChartKind.COLUMNS, WEEKS)).count("<10") == 1


def test_the_curve_goes_through_the_totals():
    paths = [path.get("d") for path in draw(ChartKind.AREA, PERIODS).iter(f"{SVG}path")]
    assert paths[1] == "M0,1000 L500,750 L1000,0"
    assert "400" in texts(draw(ChartKind.AREA, PERIODS))


def test_is_mirrored_in_right_to_left_languages():
    with translation.override("ar"):
        bars, columns = draw(ChartKind.BARS, GROUPS), draw(ChartKind.COLUMNS, WEEKS)
        curve = [path.get("d") for path in draw(ChartKind.AREA, PERIODS).iter(f"{SVG}path")][1]
    assert bars.get("direction") == "rtl"
    assert [box.get("x") for box in boxes(bars)] == ["42%", "71%", "90.33%"]
    places = [float(box.get("x").rstrip("%")) for box in boxes(columns)]
    assert places == sorted(places, reverse=True)
    assert curve == "M1000,1000 L500,750 L0,0"


def test_signs_before_numbers_stay_before_them_in_right_to_left_languages():
    with translation.override("ar"):
        assert texts(draw(ChartKind.COLUMNS, WEEKS)).count("\u2068<10\u2069") == 1


def test_nothing_is_drawn_of_nothing():
    assert svg.draw(Chart("gender", "Gender", "", ChartKind.BARS, ())) == ""


def test_names_from_a_course_are_text():
    svg = draw(ChartKind.BARS, (ChartRow("x", "<b>\0\x1bEvil</b> & co", 10, 1),))
    assert texts(svg)[0] == "<b>Evil</b> & co"


@pytest.mark.parametrize(
    ("highest", "top", "step"),
    [(0, 1, 1), (1, 1, 1), (4, 4, 1), (5, 6, 2), (9, 10, 5), (38, 40, 10), (101, 150, 50), (100_000, 100_000, 50_000)],
)
def test_scales_have_round_numbers(highest, top, step):
    assert svg._scale(highest) == (top, step)


@pytest.mark.parametrize(
    ("share", "text"), [(None, ""), (0, "0%"), (0.001, "<1%"), (0.005, "<1%"), (0.014, "1%"), (1, "100%")]
)
def test_share_text(share, text):
    assert svg.share_text(share) == text
