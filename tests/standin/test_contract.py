"""The stand-in LMS against the facts recorded from the real platform: each departure is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..contract import facts

RECORDED = json.loads((Path(facts.__file__).parent / "mid_2025.json").read_text(encoding="utf-8"))
LEFT_OUT = json.loads((Path(facts.__file__).parent / "left_out.json").read_text(encoding="utf-8"))
"""What the stand-in does without, and why."""

NEWEST = json.loads((Path(facts.__file__).parent / "verawood.json").read_text(encoding="utf-8"))
"""What was read of the newest platform, file by file."""


@pytest.fixture(scope="module")
def here() -> dict[str, Any]:
    return facts.collect()


def test_every_name_that_we_import_is_recorded():
    assert sorted(RECORDED["symbols"]) == facts.names_we_import(), "run: make record-contract EDX_PLATFORM=… PYTHON=…"


@pytest.mark.parametrize("kind", ["symbols", "permissions", "filters", "settings", "urls", "tracking"])
def test_stand_in_has_the_platforms(kind, here):
    recorded, found = RECORDED[kind], here[kind]
    if isinstance(recorded, list):
        recorded, found = dict.fromkeys(recorded, "there"), dict.fromkeys(found, "there")
    if kind == "filters":  # these come with openedx-filters, whose release may be newer here
        recorded = {name: fact for name, fact in recorded.items() if fact is not None}
        found = {name: found[name] for name in recorded}
    assert not (named := departures(recorded, found)), named


@pytest.mark.parametrize("table", sorted(RECORDED["tables"]))
def test_stand_in_has_the_platforms_table(table, here):
    recorded, found = RECORDED["tables"][table], here["tables"].get(table)
    assert found is not None, f"the stand-in has no table {table}"
    left_out = LEFT_OUT.get(table, {}).get("columns", ())
    assert not (named := departures(recorded["columns"], found["columns"], left_out, f"column {table}.")), named
    assert found["unique"] == recorded["unique"]
    assert found["model"] == recorded["model"]


def test_nothing_is_left_out_that_is_there(here):
    """So that the list of what the stand-in does without stays true."""
    for table, left_out in LEFT_OUT.items():
        assert left_out["why"]
        assert not set(left_out["columns"]) & set(here["tables"][table]["columns"]), table
        assert set(left_out["columns"]) <= set(RECORDED["tables"][table]["columns"]), table


@pytest.mark.parametrize("file", NEWEST["files"], ids=lambda file: file["path"])
def test_newest_platform_has_what_serves_both(file):
    """One platform_api.py serves both as long as their facts are the same; what differs is told in the file itself."""
    recorded = {**RECORDED["symbols"], **{table: fact["columns"] for table, fact in RECORDED["tables"].items()}}
    for name, fact in {**file.get("symbols", {}), **file.get("tables", {})}.items():
        if isinstance(fact, dict) and name in RECORDED["tables"]:
            assert {column: recorded[name].get(column) for column in fact} == fact, name
        else:
            assert recorded[name] == fact, name


def test_every_name_is_read_of_the_newest_platform_or_told_to_be_unread():
    read = [name for file in NEWEST["files"] for name in file.get("symbols", {})]
    assert sorted([*read, *NEWEST["not_read"]]) == facts.names_we_import()


def departures(recorded: dict[str, Any], found: dict[str, Any], left_out: Any = (), what: str = "") -> str:
    """A line for each fact that is another here, lacks here, or is here alone."""
    sentences = []
    for name in [*recorded, *(found.keys() - recorded.keys())]:
        if name in left_out:
            continue
        on_the_platform, here = recorded.get(name, "absent"), found.get(name, "absent")
        if on_the_platform != here:
            sentences.append(f"{what}{name} is {on_the_platform} on the platform and {here} in the stand-in")
    return "\n".join(sentences)
