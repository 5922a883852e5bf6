"""What an edx-platform checkout and its Python lack for the tests to run in them, all of it at once and in sentences."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAY_HERE = {"lms", "standin", "browser", "services", "packaging", "load", "benchmarks", "makefile", "mutants", "openapi"}
"""Folders of tests/ that do not run there (norecursedirs in pytest.ini)."""

BROUGHT_ALONG = {
    "freezegun": "freezegun",
    "hypothesis": "hypothesis",
    "mongomock": "mongomock",
    "openpyxl": "openpyxl",
    "openxml_audit": "openxml-audit",
    "pytest": "pytest",
    "pytest_django": "pytest-django",
    "xlsxwriter": "XlsxWriter",
}
"""Modules that the tests need beyond the platform's own requirements, and what pip calls them."""

WITHOUT_THEIR_OWN = {"openxml_audit"}
"""Those of which pip would install requirements in place of the platform's: another lxml, to which xmlsec does not fit."""

OF_SOME_RELEASES = {"casbin_adapter", "openedx_authz"}
"""Modules that only newer platforms have; tests that need them are skipped elsewhere."""

LOOK_AROUND = """
import importlib.metadata, importlib.util, json, sys
def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False
apps = importlib.metadata.entry_points(group="lms.djangoapp")
print(json.dumps({
    "python": sys.version_info[:2],
    "missing": [name for name in sys.argv[1:] if not is_there(name)],
    "installed": any(app.value.startswith("lms.") for app in apps),
}))
"""


def lacking(python: str, checkout: Path, *, mongo_answers: bool) -> list[str]:
    """Return a sentence for each thing that is missing, with the command that mends it."""
    names = imported() | BROUGHT_ALONG.keys()
    if mongo_answers:
        names -= {"mongomock"}
    try:
        # In the checkout, as pytest will be started: its own packages are there.
        command = [python, "-c", LOOK_AROUND, *sorted(names)]
        answer = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        return [f"{python} is no Python that runs ({error}). Give the checkout's Python as PYTHON."]
    found = json.loads(answer)
    return list(_sentences(python, checkout, found["python"], set(found["missing"]), is_installed=found["installed"]))


def _sentences(
    python: str, checkout: Path, version: list[int], missing: set[str], *, is_installed: bool
) -> Iterator[str]:
    if version < [3, 11]:
        yield f"{python} is Python {version[0]}.{version[1]}; the plugin needs 3.11 or later."
    why = " (mongomock stands in for MongoDB, which does not answer here)" if "mongomock" in missing else ""
    for option, names in (("", BROUGHT_ALONG.keys() - WITHOUT_THEIR_OWN), ("--no-deps ", WITHOUT_THEIR_OWN)):
        if ours := [distribution for name, distribution in BROUGHT_ALONG.items() if name in names & missing]:
            packages = f"{option}{' '.join(ours)}"
            yield f"The tests need more than the platform{why}. Install it with: {python} -m pip install {packages}"
    if theirs := sorted(missing - BROUGHT_ALONG.keys()):
        yield (
            f"The platform's own requirements are not all installed: {', '.join(theirs)} cannot be imported. "
            f"Install them, in {checkout}, with: {python} -m pip install -r requirements/edx/testing.txt"
        )
    if not is_installed:
        yield (
            "The checkout itself is not installed, so that the platform does not find its own apps, tabs and blocks. "
            f"Install it with: {python} -m pip install --no-deps --editable {checkout}"
        )


def imported() -> set[str]:
    """Return the packages that the plugin and those of its tests that run there import, without those of Python and our own."""
    found: set[str] = set()
    tests = [path for path in (ROOT / "tests").rglob("*.py") if not STAY_HERE & set(path.relative_to(ROOT).parts)]
    for path in [*tests, *(ROOT / "learner_data_plugin").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - OF_SOME_RELEASES - {"learner_data_plugin", "tests"}
