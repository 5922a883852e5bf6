"""The HTML is valid: what html-validate recommends, as the page is served and as scripts have left it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .demo import LARGE, ROOT, SMALL
from .panels import charts_drawn, found, list_learners, open_tab, ready, request

VALIDATOR = ROOT / "node_modules/html-validate/bin/html-validate.mjs"
CONFIGURATION = ROOT / ".htmlvalidate.json"
TABS = {"overview": "Overview", "learners": "Learners", "reports": "Reports", "anonymized-ids": "Anonymized IDs"}

EXCEPTIONS = {
    "aria-label-misuse": "Lists are named by their headings, as ARIA allows; they need no role for that.",
    "form-dup-name": "Several checkboxes of one name are one list of values, as those of columns are.",
    "no-redundant-role": "In a narrow window, style sheets make blocks of tables, which then lose the roles they do not say.",
    "no-trailing-whitespace": "A line of a template that holds a condition alone leaves its indentation behind.",
}
"""Of each rule that is not as recommended, why."""

OF_THE_BROWSER = {
    "attribute-boolean-style": "A browser writes hidden=\"\" for hidden.",
    "attribute-empty-style": "The same.",
}
"""Of each rule that does not hold for a document written down by a browser, why."""


@pytest.fixture
def invalid(tmp_path):
    """Answers what is wrong with documents."""

    def told(documents, *, by_the_browser=False):
        assert shutil.which("node"), "Node.js is missing"
        assert VALIDATOR.exists(), "html-validate is missing: npm ci --ignore-scripts"
        configuration = json.loads(CONFIGURATION.read_text())
        if by_the_browser:
            configuration["rules"].update(dict.fromkeys(OF_THE_BROWSER, "off"))
        folder = tmp_path / "documents"
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps(configuration))
        for name, document in documents.items():
            (folder / f"{name}.html").write_text(document)
        command = ["node", VALIDATOR, "--config", folder / "config.json", "--formatter", "json"]
        names = [folder / f"{name}.html" for name in documents]
        ended = subprocess.run([*command, *names], cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode in (0, 1), ended.stdout + ended.stderr
        return {
            f"{Path(result['filePath']).name}: {message['ruleId']}: {message['message']} {message.get('selector') or ''}"
            for result in json.loads(ended.stdout)
            for message in result["messages"]
        }

    return told


def test_each_exception_has_a_reason():
    rules = json.loads(CONFIGURATION.read_text())["rules"]
    assert set(rules) == set(EXCEPTIONS)
    assert not set(rules) & set(OF_THE_BROWSER)


def test_what_is_wrong_is_found(invalid):
    document = "<!DOCTYPE html><html lang=\"en\"><head><title>A</title></head><body><p><div></div></p></body></html>"
    assert any("no-implicit-close" in line for line in invalid({"wrong": document}))


def test_as_it_is_served(page, demo, invalid):
    served = {
        f"{place}-{tab}": page.request.get(f"{demo.own_page(SMALL)}?tab={tab}{query}").text()
        for place, query in (("page", ""), ("embedded", "&embedded=1"))
        for tab in TABS
    }
    assert all('id="learner-data-statistics"' in document for document in served.values())
    assert not invalid(served)


@pytest.mark.usefixtures("failing_calls")  # for an icon, which the embedded page leaves to the page around it
@pytest.mark.parametrize(
    ("course", "query"), [(SMALL, ""), (LARGE, ""), (SMALL, "?embedded=1")], ids=["small", "large", "embedded"]
)
def test_after_scripts_have_run(page, demo, invalid, course, query):
    page.goto(demo.own_page(course) + query)
    assert not invalid(left_by_scripts(page, page.content), by_the_browser=True)


def test_the_section_of_the_dashboard(page, demo, invalid):
    page.goto(demo.dashboard(SMALL))

    def ours():
        section = page.locator(".learner-data").first.evaluate("(section) => section.outerHTML")
        return (
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Dashboard</title></head><body><h1>Course</h1>"
            f"<h2>Section</h2>{section}</body></html>"
        )

    assert not invalid(left_by_scripts(page, ours), by_the_browser=True)


def left_by_scripts(page, document):
    """The document with each tab filled, as it is when this tab is open."""
    charts_drawn(page)
    page.locator(".ld-map").scroll_into_view_if_needed()
    page.locator(".ld-map .ld-svg-known").first.wait_for()
    documents = {"overview": document()}
    list_learners(page)
    page.locator(".ld-learners tbody input[type=checkbox]").first.check()
    found(page)
    documents["learners"] = document()
    request(page)
    ready(page)
    page.locator("#learner-data-files tbody tr").first.wait_for()
    documents["reports"] = document()
    open_tab(page, "Anonymized IDs")
    documents["anonymized-ids"] = document()
    return documents
