"""Drawing charts as SVG that stands in the page: no script, no style of its own, nothing from elsewhere.

Widths are parts of whatever room there is and texts have a size of their own, so a chart gets narrow without getting small. In
right-to-left languages everything is mirrored. Colors are attributes, which learner_data.css may replace.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from math import ceil, log10
from unicodedata import category
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from ..data import Chart, ChartKind, ChartRow
from .demographics import TOGETHER

INK, SOFT, LINE = "#222a33", "#56616c", "#d3d9df"
MAIN, MUTED, AREA = "#0075b4", "#7d8894", "#cfe6f3"

_TEXT_SIZE = 14
_SMALL_SIZE = 12
_CHARACTERS_IN_LINE = 32
_LINE_HEIGHT = 18
_BAR_HEIGHT = 16
_MOST_BARS = 13
"""Groups drawn on their own, the largest ones; the rest of them makes one bar."""

_BAR_PERCENT = 58
"""Longest bar; the rest is for the number beside it."""

_PLOT_TOP, _PLOT_HEIGHT, _PLOT_BELOW = 26, 168, 30
_GUTTER_PERCENT = 14
"""Room before a plot for the numbers of its scale."""

_MOST_COLUMNS_WITH_NUMBERS = 13
"""Of more columns only the dates of some stand below, and no numbers above."""

_LONGEST_NUMBER = 5
"""Characters of a number that still fit over a column."""


def draw(chart: Chart) -> str:
    """Return the chart as an ``<svg>`` element; '' if it has no rows."""
    if not chart.rows:
        return ""
    if chart.kind is ChartKind.BARS:
        chart = replace(chart, rows=_bars(chart.rows))
    return _DRAWERS[chart.kind](chart)


def share_text(share: float | None) -> str:
    """Return a share as a whole number of per cent; what is more than nothing never reads as nothing."""
    if share is None:
        return ""
    if 0 < share < 0.01:
        return _("<1%")
    return _("{number}%").format(number=number_format(round(share * 100)))


def _draw_bars(chart: Chart) -> str:
    lines = [textwrap.wrap(_plain(row.label), _CHARACTERS_IN_LINE) or [""] for row in chart.rows]
    tops: list[int] = []
    top = 0
    for label in lines:
        tops.append(top)
        top += len(label) * _LINE_HEIGHT + _BAR_HEIGHT + 16
    svg = _Canvas(chart, height=top - 8)
    longest = max(row.count or 0 for row in chart.rows) or 1
    for row, label, y in zip(chart.rows, lines, tops, strict=True):
        for place, line in enumerate(label):
            svg.text(0, y + 14 + place * _LINE_HEIGHT, line, size=_TEXT_SIZE)
        bar_top = y + len(label) * _LINE_HEIGHT + 2
        length = max(0.6, _BAR_PERCENT * (row.count or 0) / longest)
        svg.box(0, bar_top, length, _BAR_HEIGHT, name="muted" if row.muted else "main", rx="2")
        svg.text(length, bar_top + 13, _number_and_share(row), size=13, shift=8, name="number")
    return svg.source()


def _bars(rows: Sequence[ChartRow]) -> tuple[ChartRow, ...]:
    """The rows that are drawn: where there are very many groups, the smaller ones are combined."""
    groups = [row for row in rows if not row.muted]
    if len(groups) <= _MOST_BARS:
        return tuple(rows)
    largest = sorted(groups, key=lambda row: -(row.count or 0))[: _MOST_BARS - 1]
    combined = [row for row in rows if row.key == TOGETHER or not (row.muted or row in largest)]
    count, share = sum(row.count or 0 for row in combined), sum(row.share or 0 for row in combined)
    together = ChartRow(TOGETHER, _("Other (combined)"), count, min(1.0, share), muted=True)
    unanswered = [row for row in rows if row.muted and row not in combined]
    return (*(row for row in rows if row in largest), together, *unanswered)


def _draw_columns(chart: Chart) -> str:
    svg = _Canvas(chart, height=_PLOT_TOP + _PLOT_HEIGHT + _PLOT_BELOW)
    counts = [row.count or 0 for row in chart.rows]
    top = _draw_scale(svg, max(counts))
    step = (100 - _GUTTER_PERCENT) / len(chart.rows)
    every = 3 * ceil(len(chart.rows) / _MOST_COLUMNS_WITH_NUMBERS)
    for place, row in enumerate(chart.rows):
        start, width = _GUTTER_PERCENT + (place + 0.14) * step, 0.72 * step
        middle = start + width / 2
        if row.count is None:
            height = 10.0
            svg.box(start, _floor() - height, width, height, name="withheld", rx="2")
        else:
            height = max(1.5, _PLOT_HEIGHT * row.count / top)
            svg.box(start, _floor() - height, width, height, name="soft" if row.muted else "main", rx="2")
        # "minor" texts are left out where there is no room.
        number = row.mark or number_format(row.count or 0, force_grouping=True)
        if len(number) <= _LONGEST_NUMBER and len(chart.rows) <= _MOST_COLUMNS_WITH_NUMBERS:
            svg.text(middle, _floor() - height - 6, number, anchor="middle", name="number minor")
        before_last = len(chart.rows) - 1 - place
        if before_last % every == 0:
            at, anchor = (middle, "middle") if before_last else (100, "end")
            name = "soft minor" if before_last % (2 * every) else "soft"
            svg.text(at, _floor() + 20, _short_date(row.key), anchor=anchor, name=name)
    return svg.source()


def _draw_area(chart: Chart) -> str:
    svg = _Canvas(chart, height=_PLOT_TOP + _PLOT_HEIGHT + _PLOT_BELOW)
    totals = [row.drawn or 0 for row in chart.rows]
    top = _draw_scale(svg, max(totals))
    points = [(0.0, 0.0), *((row.place or 0, total / top) for row, total in zip(chart.rows, totals, strict=True))]
    svg.area(points)
    height = _floor() - points[-1][1] * _PLOT_HEIGHT
    svg.dot(100, height)
    svg.text(99, height - 10, number_format(totals[-1], force_grouping=True), anchor="end", name="number")
    first, last = chart.rows[0].label.split(" – ")[0], chart.rows[-1].label.split(" – ")[-1]
    svg.text(_GUTTER_PERCENT, _floor() + 20, first, name="soft")
    svg.text(100, _floor() + 20, last, anchor="end", name="soft")
    return svg.source()


_DRAWERS = {ChartKind.BARS: _draw_bars, ChartKind.COLUMNS: _draw_columns, ChartKind.AREA: _draw_area}


def _draw_scale(svg: _Canvas, highest: int) -> int:
    """Draw lines at round numbers, and return the number at the top of the plot."""
    top, step = _scale(highest)
    for number in range(0, top + 1, step):
        y = _floor() - _PLOT_HEIGHT * number / top
        svg.line(y, name="axis" if number == 0 else "grid")
        if number:
            svg.text(0, y - 4, number_format(number, force_grouping=True), name="soft")
    return top


def _scale(highest: int) -> tuple[int, int]:
    """Return a round number that is not below ``highest``, and the step that leads there in two to four steps."""
    rough = max(1, highest) / 4
    unit = 10 ** int(log10(rough)) if rough >= 1 else 1
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return step * max(1, ceil(highest / step)), step


def _floor() -> int:
    return _PLOT_TOP + _PLOT_HEIGHT


class _Canvas:
    """An SVG being drawn. Sideways places are per cent from where lines of text begin; heights are pixels from the top."""

    def __init__(self, chart: Chart, *, height: int) -> None:
        self._mirrored = get_language_bidi()
        ids = f"learner-data-chart-{chart.name}-title", f"learner-data-chart-{chart.name}-desc"
        self._svg = Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "class": f"ld-svg ld-svg-{chart.kind}",
                "width": "100%",
                "height": str(height),
                "role": "img",
                "aria-labelledby": " ".join(ids),
                "direction": "rtl" if self._mirrored else "ltr",
                "font-family": "inherit",
                "font-size": str(_SMALL_SIZE),
            },
        )
        SubElement(self._svg, "title", {"id": ids[0]}).text = _plain(chart.title)
        SubElement(self._svg, "desc", {"id": ids[1]}).text = _plain(_summary(chart.rows))

    def text(
        self, x: float, y: float, words: str, *, size: int = _SMALL_SIZE, anchor: str = "start", shift: int = 0, name: str = ""
    ) -> None:
        attributes = {
            "x": _percent(100 - x if self._mirrored else x),
            "y": _pixels(y),
            "fill": SOFT if "soft" in name else INK,
            "text-anchor": anchor,
            "class": _classes("text", name),
        }
        if size != _SMALL_SIZE:
            attributes["font-size"] = str(size)
        if shift:
            attributes["dx"] = str(-shift if self._mirrored else shift)
        words = _plain(words)
        if self._mirrored and words.startswith(("<", ">")):
            # Isolated, which without a letter makes it run from left to right: the sign would turn round and come last.
            words = f"\u2068{words}\u2069"
        SubElement(self._svg, "text", attributes).text = words

    def box(self, x: float, y: float, width: float, height: float, *, name: str, **attributes: str) -> None:
        fill = {"main": MAIN, "muted": MUTED, "soft": MAIN, "withheld": "none"}[name]
        if name == "soft":
            attributes["fill-opacity"] = "0.65"
        if name == "withheld":
            attributes |= {"stroke": MUTED, "stroke-dasharray": "3 2"}
        start = 100 - x - width if self._mirrored else x
        places = {"x": _percent(start), "y": _pixels(y), "width": _percent(width), "height": _pixels(height)}
        SubElement(self._svg, "rect", {**places, "fill": fill, "class": _classes("box", name), **attributes})

    def line(self, y: float, *, name: str) -> None:
        places = {"x1": "0", "x2": "100%", "y1": _pixels(y), "y2": _pixels(y)}
        stroke = MUTED if name == "axis" else LINE
        SubElement(self._svg, "line", {**places, "stroke": stroke, "class": _classes(name)})

    def dot(self, x: float, y: float) -> None:
        place = _percent(100 - x if self._mirrored else x)
        SubElement(self._svg, "circle", {"cx": place, "cy": _pixels(y), "r": "4", "fill": MAIN, "class": _classes("box main")})

    def area(self, points: Iterable[tuple[float, float]]) -> None:
        """Draw a line through points of the plot (both from 0 to 1, upwards), and the area under it."""
        places = [
            f"{_number(1000 * (1 - x if self._mirrored else x))},{_number(1000 * (1 - y))}" for x, y in points
        ]
        end, start = places[-1].split(",")[0], places[0].split(",")[0]
        # A drawing in the drawing, stretched to the plot: a path knows no per cent.
        plot = SubElement(
            self._svg,
            "svg",
            {
                "x": "0" if self._mirrored else _percent(_GUTTER_PERCENT),
                "y": str(_PLOT_TOP),
                "width": _percent(100 - _GUTTER_PERCENT),
                "height": str(_PLOT_HEIGHT),
                "viewBox": "0 0 1000 1000",
                "preserveAspectRatio": "none",
            },
        )
        line = "M" + " L".join(places)
        SubElement(plot, "path", {"d": f"{line} L{end},1000 L{start},1000 Z", "fill": AREA, "class": _classes("area")})
        stroke = {"fill": "none", "stroke": MAIN, "stroke-width": "2.5", "stroke-linejoin": "round"}
        SubElement(plot, "path", {"d": line, **stroke, "vector-effect": "non-scaling-stroke", "class": _classes("curve")})

    def source(self) -> str:
        return tostring(self._svg, encoding="unicode")


def _summary(rows: Iterable[ChartRow]) -> str:
    return "; ".join(f"{row.label}: {_number_and_share(row)}" for row in rows)


def _number_and_share(row: ChartRow) -> str:
    if row.count is None:
        return row.mark
    number = number_format(row.count, force_grouping=True)
    return _("{number} ({share})").format(number=number, share=share_text(row.share)) if row.share is not None else number


def _short_date(day: str) -> str:
    # Translators: a day without its year under a column of a chart, as Django's "date" filter writes formats.
    return date_format(date.fromisoformat(day), pgettext("day of a chart", "M j"))


def _plain(words: str) -> str:
    """Leave out what no XML may hold; names of tracks come from the course."""
    return "".join(letter for letter in words if category(letter) not in {"Cc", "Cs", "Cn"})


def _classes(*names: str) -> str:
    return " ".join(f"ld-svg-{name}" for name in " ".join(names).split())


def _percent(value: float) -> str:
    return f"{_number(value)}%"


def _pixels(value: float) -> str:
    return _number(value)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
