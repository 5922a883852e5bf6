"""axe-core, run in a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}


def assert_accessible(page: Page, *, but: tuple[str, ...] = ()) -> None:
    """Fail with every violation that axe finds on the page, of all rules but some."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("(rules) => window.axe.run(document, rules)", RULES)
    assert found["testEngine"]["name"] == "axe-core"
    told = [
        f"{violation['id']}: {violation['help']}\n" + "\n".join(f"    {node['html'][:200]}" for node in violation["nodes"][:5])
        for violation in found["violations"]
        if violation["id"] not in but
    ]
    assert not told, "\n".join(told)
