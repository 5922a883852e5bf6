"""SECURITY.md: each threat names tests, and they are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POLICY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in POLICY.splitlines()
    if line.startswith("| ") and not line.startswith(("| Threat", "| ---"))
]


def names_of_tests(path):
    """Return the names of the tests of a file, those of a class with the class before them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".mjs":
        return set(re.findall(r"^test\('(.*?)',", text, re.MULTILINE))
    names = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return names


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_threat_is_held_by_tests_that_are_there(row):
    _threat, _from_whom, _prevention, tests = row
    named = re.findall(r"`([^`]+?)::([^`]+)`", tests)

    assert named
    assert [f"{file}::{name}" for file, name in named if name not in names_of_tests(ROOT / file)] == []


def test_the_table_covers_what_is_promised():
    assert len(ROWS) > 15
    assert all(len(row) == 4 and all(row) for row in ROWS)


def test_it_says_how_to_report():
    assert "Report a vulnerability" in POLICY
