"""What people do in the panels, in words."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


def request(page: Page, file_format: str = "csv") -> None:
    """Ask for a profile report."""
    page.locator(f"[data-request-report=profile][data-format={file_format}]").click()


def ready(page: Page, panel: str = "reports") -> Locator:
    """Wait for the report; answers the link to it where it was asked for."""
    place = page.locator(f"#learner-data-{panel} > {'[data-answer]' if panel == 'learners' else '[data-message]'}")
    link = place.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=30_000)
    return link


def list_learners(page: Page) -> Locator:
    """Ask for the table; answers its rows."""
    page.get_by_role("button", name="List enrolled students' profile information").click()
    rows = page.locator(".ld-learners tbody tr")
    expect(rows.first).to_be_visible()
    return rows


def list_some_learners(page: Page) -> None:
    """Ask for the table and narrow it to some rows, so that looking into each of its cells does not take long."""
    rows = list_learners(page)
    everyone = rows.count()
    page.locator("#learner-data-search").fill("an")
    assert 0 < rows.count() < everyone / 3


def charts_drawn(page: Page) -> None:
    """Wait for the charts."""
    expect(page.locator("#learner-data-statistics svg").first).to_be_visible()


def column_of_table(page: Page, key: str) -> list[str]:
    """What the table shows in one column, whole values."""
    return page.evaluate(
        "(key) => { const place = [...document.querySelectorAll('.ld-learners thead th')].findIndex("
        "(head) => head.dataset.column === key);"
        "return [...document.querySelectorAll('.ld-learners tbody tr')].map((row) => row.cells[place].textContent); }",
        key,
    )


def shown_table(page: Page) -> list[list[str]]:
    """The column keys and the rows that the table shows, whole values."""
    return page.evaluate(
        "() => [[...document.querySelectorAll('.ld-learners thead th')].map((head) => head.dataset.column),"
        "...[...document.querySelectorAll('.ld-learners tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))]"
    )


def read_csv(path: Path) -> list[list[str]]:
    """All lines of a file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))
