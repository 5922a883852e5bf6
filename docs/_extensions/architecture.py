"""Draws the rooms of the package and what may import what: ``make docs`` writes images/architecture.svg from .importlinter.

The drawing is kept beside the other pictures, so that it is seen in the repository as well; a test holds it up to date.
"""

from __future__ import annotations

from configparser import ConfigParser
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRAWING = ROOT / "docs/images/architecture.svg"

STOREYS = {
    "apps": "Called by the LMS",
    "api": "Callable from outside",
    "privacy": "Capabilities",
    "learners": "Shared by capabilities",
    "export": "Foundations",
}
"""The first room of each storey, and what the storey is called."""

REPORT = ("rest_api", "api", "reports", "tasks", "reports", "learners", "columns", "platform", "export", "reports")
"""The way of a report from the request to the stored file, room by room."""

WIDTH, MARGIN, LABEL, ROW, BOX, GAP = 960, 24, 190, 52, 36, 12


def layers() -> list[list[str]]:
    """Return the rooms from top to bottom, those that stand side by side together."""
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    lines = contract["importlinter:contract:layers"]["layers"].split("\n")
    return [[room.strip() for room in line.split("|")] for line in lines if line.strip()]


def draw() -> str:
    """Return the drawing."""
    rows = layers()
    top = 64
    height = top + ROW * len(rows) + 84
    left, right = MARGIN + LABEL, WIDTH - MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="14" aria-labelledby="title description">',
        '<title id="title">The rooms of learner_data_plugin</title>',
        f'<desc id="description">{escape(_description(rows))}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _outside(left, 16, right - left, "Browsers, programs, workers, commands and the dashboard of the LMS"),
        *_storeys(rows, top),
    ]
    for number, rooms in enumerate(rows):
        width = (right - left - GAP * (len(rooms) - 1)) / len(rooms)
        for place, room in enumerate(rooms):
            parts.append(_room(room, left + place * (width + GAP), top + ROW * number, width))
    bottom = top + ROW * len(rows)
    seam = top + ROW * next(number for number, rooms in enumerate(rows) if "platform" in rooms)
    parts += [
        _outside(left, bottom + 24, right - left, "edx-platform: lms, common, openedx, xmodule"),
        f'<path d="M{right} {seam + BOX / 2} h12 V{bottom + 24 + BOX / 2} H{right}" fill="none" stroke="#0a3055" '
        'stroke-width="2"/>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _description(rows: list[list[str]]) -> str:
    listed = "; ".join(", ".join(rooms) for rooms in rows)
    return f"From top to bottom, each row may import from those below it: {listed}. Only platform reaches edx-platform."


def _storeys(rows: list[list[str]], top: int) -> list[str]:
    starts = [number for number, rooms in enumerate(rows) if rooms[0] in STOREYS]
    parts = []
    for place, (start, end) in enumerate(zip(starts, [*starts[1:], len(rows)], strict=True)):
        y, height = top + ROW * start - GAP / 2, ROW * (end - start) - (ROW - BOX - GAP)
        shade = "#f2f5f7" if place % 2 else "#e6ecf0"
        parts.append(f'<rect x="{MARGIN / 2}" y="{y}" width="{WIDTH - MARGIN}" height="{height}" rx="6" fill="{shade}"/>')
        parts.append(f'<text x="{MARGIN}" y="{y + 24}" font-weight="600" fill="#0a3055">{STOREYS[rows[start][0]]}</text>')
    return parts


def _room(room: str, x: float, y: float, width: float) -> str:
    steps = ", ".join(str(number) for number, name in enumerate(REPORT, 1) if name == room)
    box = f'<rect x="{x:.0f}" y="{y}" width="{width:.0f}" height="{BOX}" rx="4" fill="#fff" stroke="#0a3055"/>'
    name = f'<text x="{x + 12:.0f}" y="{y + 23}" class="room">{room}</text>'
    if not steps:
        return box + name
    numbers = f'<text x="{x + width - 12:.0f}" y="{y + 23}" text-anchor="end" font-weight="600" fill="#a4003f">{steps}</text>'
    return box + name + numbers


def _outside(x: float, y: float, width: float, text: str) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{BOX}" rx="18" fill="#0a3055"/>'
        f'<text x="{x + width / 2:.0f}" y="{y + 23}" text-anchor="middle" fill="#fff">{escape(text)}</text>'
    )


if __name__ == "__main__":
    DRAWING.write_text(draw(), encoding="utf-8")
