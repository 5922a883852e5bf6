"""What a real LibreOffice makes of our files; left out where there is none (Debian: libreoffice-calc)."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from learner_data_plugin.export.base import get_format
from tests.export.attacks import ATTACKS

SOFFICE = shutil.which("soffice")
COMMA = "44"
AS_THE_IMPORT_DIALOG_OFFERS = "44/59/9"
"""Comma, semicolon and tab."""
MIDDLES = (
    "x;=1+1;y", 'x";=1+1;"', 'x";"=1+1";"', ";=1+1", ";;=1+1", "a\t=1+1", ";\t=1+1", "|=1+1", "a|-1", "\n;@SUM(1,1)", "=1;=2",
)  # fmt: skip
"""Texts in whose middle a program that splits at semicolons, tabs or bars instead of commas would find a formula."""

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="There is no LibreOffice here.")


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    """Returns what LibreOffice makes of a file: the sheet's rows, and its formulas."""
    folder = tmp_path_factory.mktemp("libreoffice")

    def converted(path: Path, *, separators: str = "") -> tuple[list[list[str]], list[str]]:
        options = [f"--infilter=CSV:{separators},34,76"] if separators else []
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [SOFFICE, profile, "--headless", *options, "--convert-to", "ods:calc8", "--outdir", str(folder), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        sheet = zipfile.ZipFile(folder / path.with_suffix(".ods").name).read("content.xml").decode()
        rows = re.findall("<table:table-row.*?</table:table-row>", sheet, re.DOTALL)
        cells = [re.findall("<table:table-cell[^>]*?(?:/>|>.*?</table:table-cell>)", row, re.DOTALL) for row in rows]
        texts = [["".join(re.findall("<text:p>(.*?)</text:p>", cell, re.DOTALL)) for cell in row] for row in cells]
        return texts, re.findall('table:formula="([^"]*)"', sheet)

    return converted


@pytest.fixture
def files(tmp_path):
    """Our files of everything that could be taken for a formula."""
    paths = {}
    for file_format in ("csv", "xlsx"):
        paths[file_format] = tmp_path / f"guarded.{file_format}"
        with paths[file_format].open("wb") as file, get_format(file_format).open_writer(
            file, ["id", "goals", "city"]
        ) as writer:
            writer.write([list(range(len(ATTACKS))), list(ATTACKS), ["end"] * len(ATTACKS)])
    return paths


def test_the_same_texts_without_guard_are_calculated(tmp_path, convert):
    """That is what the other tests here look for."""
    with (tmp_path / "plain.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["id", "goals"], *enumerate(ATTACKS)])
    texts, formulas = convert(tmp_path / "plain.csv", separators=COMMA)
    assert "of:=1+1" in formulas
    assert any("cmd" in formula for formula in formulas)
    assert "2" in texts[1]


@pytest.mark.parametrize(
    ("file_format", "separators"),
    [("csv", COMMA), ("csv", AS_THE_IMPORT_DIALOG_OFFERS), ("csv", ""), ("xlsx", "")],
)
def test_nothing_is_calculated(files, convert, file_format, separators):
    texts, formulas = convert(files[file_format], separators=separators)
    assert formulas == []
    assert [row[0] for row in texts[1 : len(ATTACKS) + 1]] == [str(number) for number in range(len(ATTACKS))]
    first = texts[1 + ATTACKS.index("=1+1")]
    assert first[1].replace("&apos;", "'") == "'=1+1"
    assert all("end" in row for row in texts[1 : len(ATTACKS) + 1]), "no text has begun a cell"


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_nothing_is_calculated_where_a_language_separates_otherwise(tmp_path, convert, settings, separator):
    formulas = {}
    for language in ("en", "de-de"):
        settings.LANGUAGE_CODE = language
        path = tmp_path / f"{language}.csv"
        with path.open("wb") as file, get_format("csv").open_writer(file, ["id", "goals", "city"]) as writer:
            texts = [*ATTACKS, *MIDDLES]
            writer.write([list(range(len(texts))), texts, ["end"] * len(texts)])
        _texts, formulas[language] = convert(path, separators=str(ord(separator)))
    assert formulas["en"], "what this is about"
    assert formulas["de-de"] == []
