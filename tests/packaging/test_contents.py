"""What is in the wheel, and what it says of itself."""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from docutils.core import publish_doctree

from .conftest import ROOT, canonical

PACKAGE = ROOT / "learner_data_plugin"


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_file_of_the_package_is_in_it_and_nothing_else(names):
    # The English source catalog is for translators, and stands in the repository alone.
    left_out = {"__pycache__", "conf"}
    here = [path for path in PACKAGE.rglob("*") if path.is_file() and not left_out & set(path.parts)]

    assert {name for name in names if ".dist-info/" not in name} == {str(path.relative_to(ROOT)) for path in here}


@pytest.mark.parametrize(
    "name",
    [
        "py.typed",
        "migrations/0001_initial.py",
        "templates/learner_data_plugin/page.html",
        "templates/learner_data_plugin/panels/reports.html",
        "static/learner_data_plugin/js/main.js",
        "static/learner_data_plugin/css/learner_data.css",
        "management/commands/learner_data_retention.py",
    ],
)
def test_what_is_not_imported_is_in_it(names, name):
    assert f"learner_data_plugin/{name}" in names


def test_translations_are_compiled(names):
    sources = {name for name in names if name.endswith(".po")}

    assert {name.removesuffix(".po") + ".mo" for name in sources} <= names


def test_the_tests_are_not_in_it(names):
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"learner_data_plugin"}


def test_licence_is_in_it_and_named(names, metadata):
    assert metadata["License"] == "Apache-2.0"
    assert [name for name in names if name.endswith("/LICENSE")] != []


def test_the_lms_finds_it_by_its_entry_point(wheel, names):
    [name] = [name for name in names if name.endswith(".dist-info/entry_points.txt")]

    assert zipfile.ZipFile(wheel).read(name).decode().split() == [
        "[lms.djangoapp]",
        "learner_data_plugin",
        "=",
        "learner_data_plugin.apps:LearnerDataPluginConfig",
    ]


def test_no_requirement_holds_a_version_down(requirements):
    operators = {specifier.operator for requirement in requirements for specifier in requirement.specifier}

    assert operators == {">="}


def test_every_package_that_is_imported_is_required(requirements):
    required = {canonical(requirement.name) for requirement in requirements}
    of_the_platform = {"lms", "common", "openedx", "xmodule", "completion"}
    distributions = packages_distributions()
    missing = {}
    for path in PACKAGE.rglob("*.py"):
        for module in _imported_modules(path) - sys.stdlib_module_names - of_the_platform:
            providers = {canonical(name) for name in distributions.get(module, [])}
            if module != "learner_data_plugin" and not providers & required:
                missing[module] = path.name

    assert missing == {}


def _imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            modules.add(node.module.partition(".")[0])
    return modules


def test_links_and_pictures_of_its_page_lead_to_this_release_in_the_repository(metadata):
    page = metadata.get_payload()
    links = re.findall(r"`[^`<]*<([^`>]+)>`_", page) + re.findall(r"^\.\. image:: (\S+)", page, re.MULTILINE)
    ours = [link for link in links if link.startswith(metadata["Home-page"])]
    named = [re.fullmatch(rf"{metadata['Home-page']}/(blob|raw)/{metadata['Version']}/(\S+)", link) for link in ours]

    assert len(ours) > 8
    assert [link for link in links if not link.startswith("https://")] == []
    assert [link for link, found in zip(ours, named, strict=True) if not (found and (ROOT / found[2]).is_file())] == []
    assert {found[1] for found in named if found[2].endswith(".png")} == {"raw"}


def test_its_page_is_one_that_an_index_shows(metadata):
    strict = {"report_level": 2, "halt_level": 2, "raw_enabled": False, "file_insertion_enabled": False}
    document = publish_doctree(metadata.get_payload(), settings_overrides=strict)

    assert document.astext().startswith("Learner Data")
