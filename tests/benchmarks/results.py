"""``build/bench.json``: what was measured, by section."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

NUMBERS = Path(__file__).resolve().parents[2] / "build/bench.json"


def kept(section: str) -> list[Any]:
    """The rows of a section; none if nothing was measured of it."""
    return list(_read().get(section, []))


def keep(section: str, rows: list[Any]) -> None:
    """Put rows in the place of what a section held."""
    sections = {**_read(), section: rows}
    NUMBERS.parent.mkdir(exist_ok=True)
    parts = [f'"{name}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]" for name, rows in sorted(sections.items())]
    NUMBERS.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def keep_table(section: str, table: str) -> None:
    """The same with a printed table, its lines split into cells, which stand two spaces or more apart."""
    keep(section, [re.split(r"\s{2,}", line.strip()) for line in table.splitlines() if line.strip()])


def _read() -> dict[str, Any]:
    read = json.loads(NUMBERS.read_text(encoding="utf-8")) if NUMBERS.exists() else {}
    return read if isinstance(read, dict) else {}
