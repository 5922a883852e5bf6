"""What stands around the code: links, decisions, the map of the architecture, requirements, and what other programs read."""

from __future__ import annotations

import re
import tomllib
from configparser import ConfigParser
from itertools import chain
from pathlib import Path

import pytest
import yaml

from tests.mutants import run as mutants

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.rst").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.rst"))


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def settings(name):
    return yaml.safe_load(text(name))


def linked():
    """Files that the README links to or shows."""
    return re.findall(r"`[^`<]*<(?!https?:)([^`>]+)>`_", README) + re.findall(r"^\.\. image:: (\S+)", README, re.MULTILINE)


def test_links_of_the_readme_lead_to_files():
    assert len(linked()) > 8
    assert [name for name in linked() if not (ROOT / name).is_file()] == []


def test_reference_of_the_rest_api_is_the_one_of_the_rest_api():
    [section] = re.findall(r"^REST API\n\*+\n\n(.*?)\n\n", README, re.MULTILINE | re.DOTALL)

    assert "<docs/reference/rest-api.rst>" in section
    assert text("docs/reference/rest-api.rst").partition("\n\n")[2].startswith("REST API\n")


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name.partition("-")[0]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_title_of_a_decision_has_its_number_and_its_parts(path):
    lines = path.read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith(f"{int(path.name[:4])}. ")
    assert lines[1] == "#" * len(lines[0])
    assert {"Status", "Context", "Decision", "Consequences"} <= set(lines)


@pytest.fixture
def architecture(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs/_extensions")
    import architecture

    return architecture


def test_drawing_of_the_architecture_is_that_of_the_contract(architecture):
    assert architecture.DRAWING.read_text(encoding="utf-8") == architecture.draw(), "Run make docs"


def test_rooms_that_the_drawing_names_are_there(architecture):
    first = [rooms[0] for rooms in architecture.layers()]
    rooms = {room for rooms in architecture.layers() for room in rooms}

    assert [room for room in first if room in architecture.STOREYS] == list(architecture.STOREYS)
    assert set(architecture.REPORT) <= rooms
    assert {room for room in rooms if not ((ROOT / "learner_data_plugin" / room).is_dir() or is_module(room))} == set()


def is_module(room):
    return (ROOT / "learner_data_plugin" / f"{room}.py").is_file()


def test_page_of_the_architecture_tells_of_each_room_in_its_order(architecture):
    page = text("docs/architecture.rst")
    told = [re.findall(r"``(\w+)``", row) for row in re.findall(r"^   \* - (``.*)$", page, re.MULTILINE)]
    steps = re.findall(r"^#\. .*?``(\w+)``|^#\. (\w+)", page, re.MULTILINE)

    assert [room for row in told for room in row] == [room for rooms in architecture.layers() for room in rooms]
    assert [step[0] or step[1] for step in steps] == list(architecture.REPORT)


def requirement_lists():
    return sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", requirement_lists(), ids=lambda path: path.stem)
def test_requirements_are_pinned_with_hashes(path):
    entries = re.findall(r"^[^\s#].*\n(?: +--hash.*\n)*", path.read_text(encoding="utf-8"), re.MULTILINE)
    pinned = re.compile(r"[\w.-]+==\S+ \\\n +--hash=sha256:[0-9a-f]{64}")

    assert entries
    assert [entry.splitlines()[0] for entry in entries if not pinned.match(entry)] == []


def test_what_is_installed_comes_from_wherever_the_installer_looks():
    locked = text("package-lock.json")

    assert '"resolved"' not in locked
    assert locked.count('"integrity": "sha512-') > 50
    for path in [*requirement_lists(), ROOT / "Makefile", ROOT / "tox.ini", ROOT / ".npmrc"]:
        assert re.search(r"(?<!no-emit-)index-url|registry=|https?://", path.read_text(encoding="utf-8")) is None, path.name


def test_each_list_of_requirements_has_its_source_and_is_made_by_make():
    made = re.search(r"^LISTS \?= (.*)$", text("Makefile"), re.MULTILINE)[1].split()

    assert sorted(made) == sorted(path.stem for path in requirement_lists())
    told = text("requirements/README.rst")
    assert [path.name for path in (ROOT / "requirements").glob("*.in") if f"``{path.name}``" not in told] == []


def test_workflow_runs_what_has_to_hold_and_names_each_action_by_its_commit():
    workflow = settings(".github/workflows/ci.yml")
    job = workflow["jobs"]["all"]
    uses = [step["uses"] for each in workflow["jobs"].values() for step in each["steps"] if "uses" in step]
    versions = {step["uses"].partition("@")[0]: step.get("with", {}) for step in job["steps"] if "uses" in step}

    assert [step["run"] for step in job["steps"] if "run" in step][-1] == "bash .ci/run"
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in uses)
    assert sorted(versions["actions/setup-python"]["python-version"].split()) == text(".python-version").split()
    assert workflow["permissions"] == {"contents": "read"}


def test_each_release_of_python_and_django_is_tested_somewhere():
    releases = {"py311-django42", *re.findall(r"py\d+-django\d+", text(".ci/run") + text(".github/workflows/ci.yml"))}

    assert releases == {"py311-django42", "py311-django52", "py312-django52"}  # make test is the first of them
    assert "py311-django{42,52}, py312-django52" in text("tox.ini")


def test_documentation_is_built_elsewhere_with_what_it_is_built_with_here():
    built = settings(".readthedocs.yaml")
    lists = [step["requirements"] for step in built["python"]["install"] if "requirements" in step]

    assert lists == ["requirements/test-django42.txt", "requirements/docs.txt"]
    assert (ROOT / built["sphinx"]["configuration"]).is_file()
    assert built["sphinx"]["fail_on_warning"] is True
    assert f"python{built['build']['tools']['python']}" in text("Makefile")


def test_hooks_are_targets_of_make():
    [repository] = settings(".pre-commit-config.yaml")["repos"]
    targets = set(re.findall(r"^([a-z_-]+):", text("Makefile"), re.MULTILINE))

    assert {hook["entry"] for hook in repository["hooks"]} == {"make lint", "make quality"}
    assert {hook["entry"].removeprefix("make ") for hook in repository["hooks"]} <= targets


def test_editors_know_how_long_a_line_is():
    editors = ConfigParser()
    editors.read_string("[top]\n" + text(".editorconfig"))
    ruff = tomllib.loads(text("pyproject.toml"))["tool"]["ruff"]

    assert int(editors["*"]["max_line_length"]) == ruff["line-length"]
    assert f"code: {ruff['line-length']}" in text("eslint.config.mjs")


def test_catalog_of_open_edx_has_name_and_addresses_of_the_package():
    component = settings("catalog-info.yaml")
    setup = text("setup.py")

    assert f'name="{component["metadata"]["name"]}"' in setup
    assert [link["url"] for link in component["metadata"]["links"] if f'"{link["url"]}"' not in setup] == []


def test_changelog_has_a_place_for_the_next_release_and_knows_this_one():
    changelog = text("CHANGELOG.rst")
    [version] = re.findall(r'^__version__ = "([^"]+)"', text("learner_data_plugin/__init__.py"), re.MULTILINE)

    assert ".. scriv-insert-here" in changelog
    assert re.search(rf"^{re.escape(version)}( — .*)?$", changelog, re.MULTILINE)


def test_names_to_be_reserved_are_those_of_both_packages():
    tutor = tomllib.loads(text("tutor-contrib-learner-data/pyproject.toml"))["project"]["name"]
    named = r"\*\*Before the first public release\*\* the names (.*?) have to be reserved"
    [reserved] = re.findall(named, text("CONTRIBUTING.rst"))

    assert set(re.findall(r"``([a-z-]+)``", reserved)) == {"learner-data-plugin", tutor}


def test_tutor_package_has_the_licence():
    assert text("tutor-contrib-learner-data/LICENSE") == text("LICENSE")


def test_mutants_are_met_by_tests_that_are_there():
    left_out = [test.partition("::")[0] for test in mutants.LEFT_OUT]
    tests = {*left_out, *chain(*mutants.TESTS.values())}

    assert {test for test in tests if not (ROOT / test).exists()} == set()


def test_scripts_have_their_tests():
    scripts = {path.stem for path in (ROOT / "learner_data_plugin/static/learner_data_plugin/js").glob("*.js")}
    tested = {path.name.partition(".")[0] for path in (ROOT / "tests/js").glob("*.test.mjs")}

    # It only puts the others together, which the browser's tests see.
    assert scripts - tested == {"main"}
