"""What people do in the panels, in words."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PATIENCE = 20_000
"""Milliseconds for an answer of a server that shares its machine."""


def open_tab(page: Page, name: str) -> None:
    """Open a tab by its English title, in whatever language the page is, unless it is open, or there are no tabs."""
    if not page.locator("#learner-data-tabs").count():
        return
    link = page.locator(f"#learner-data-tabs [data-tab={name.lower().replace(' ', '-')}]")
    if link.get_attribute("aria-current") is None:
        link.click()
    expect(link).to_have_attribute("aria-current", "page")


def request(page: Page, file_format: str = "csv") -> None:
    """Ask for a profile report."""
    open_tab(page, "Reports")
    if file_format == "csv":
        page.get_by_role("button", name="Download profile information as a CSV").click()
    else:
        page.locator("#learner-data-create [name=format]").select_option(file_format)
        page.locator("#learner-data-create").get_by_role("button", name="Create report").click()


def ready(page: Page, panel: str = "reports") -> Locator:
    """Wait for the report; answers the link to it where it was asked for."""
    open_tab(page, {"reports": "Reports", "learners": "Learners", "anonymized-ids": "Anonymized IDs"}[panel])
    place = page.locator(f"#learner-data-{panel} {'[data-answer]' if panel == 'learners' else '[data-message]'}").first
    link = place.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=30_000)
    return link


def list_learners(page: Page) -> Locator:
    """Open the table; answers its rows."""
    open_tab(page, "Learners")
    rows = page.locator(".ld-learners tbody tr")
    expect(rows.first).to_be_visible(timeout=PATIENCE)
    found(page)
    return rows


def list_profiles(page: Page) -> Locator:
    """Open the table with all that the guide's list has; answers its rows."""
    rows = list_learners(page)
    page.locator("#learner-data-list").click()
    expect(page.locator(".ld-learners th[data-column=goals]")).to_have_count(1, timeout=PATIENCE)
    found(page)
    return rows


def list_some_learners(page: Page) -> None:
    """Ask for the table and narrow it to some rows, so that looking into each of its cells does not take long."""
    rows = list_profiles(page)
    everyone = rows.count()
    page.locator("#learner-data-search").fill("an")
    found(page)
    assert 0 < rows.count() < everyone


def found(page: Page) -> None:
    """Wait until the table shows what was searched, filtered or sorted."""
    expect(page.locator("#learner-data-table .ld-region:not([aria-busy])")).to_have_count(1, timeout=PATIENCE)


def charts_drawn(page: Page) -> None:
    """Wait for the charts."""
    open_tab(page, "Overview")
    expect(page.locator("#learner-data-statistics .ld-plot svg").first).to_be_visible()


def safe_charts_drawn(page: Page) -> None:
    """Wait for the charts that are safe to share."""
    link = page.locator("#learner-data-chart-gender").get_by_role("link", name="Download as CSV")
    expect(link).to_have_attribute("href", re.compile("safe=1"))


def column_of_table(page: Page, key: str) -> list[str]:
    """What the table shows in one column, whole values; the usernames are those by which rows are ticked."""
    if key == "username":
        return page.evaluate("() => [...document.querySelectorAll('.ld-learners tbody tr')].map((row) => row.dataset.username)")
    return page.evaluate(
        "(key) => [...document.querySelectorAll('.ld-learners tbody [data-key]')]"
        ".filter((cell) => cell.dataset.key === key).map((cell) => cell.textContent)",
        key,
    )


def columns_shown(page: Page) -> list[str]:
    """The columns that the table shows: first who it is, in one cell."""
    return page.evaluate("() => [...document.querySelectorAll('.ld-learners thead th')].map((head) => head.dataset.column)")


def read_csv(path: Path) -> list[list[str]]:
    """All lines of a file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))
