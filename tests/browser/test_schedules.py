"""Recurring reports, and what changed since an earlier one, in the panel Reports."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .accessibility import assert_accessible
from .chromium import NARROW, WIDE
from .demo import SMALL, until
from .panels import open_tab, read_csv, ready, request


def set_up(page):
    """Set up a weekly profile report, as the form offers it."""
    page.get_by_text("Set up a recurring report").click()
    page.locator("#learner-data-schedules-form").get_by_role("button", name="Set up").click()
    expect(page.locator("#learner-data-schedules-message")).to_contain_text("is set up. The first one is due on")


def test_one_is_set_up_made_told_paused_resumed_and_deleted(page, demo):
    page.goto(demo.own_page(SMALL))
    open_tab(page, "Reports")
    expect(page.locator("#learner-data-schedules-empty")).to_be_visible()
    before = len(demo.emails())
    set_up(page)
    expect(page.locator("#learner-data-schedules-form")).to_be_hidden()
    expect(page.locator("#learner-data-schedules-title")).to_be_focused()
    schedule = page.locator("[data-schedule]")
    expect(schedule).to_contain_text("Every Monday")
    expect(schedule).to_contain_text("Set up by instructor. Emails to: instructor.")

    demo.run_schedules()
    until(lambda: len(demo.emails()) > before, what="The email")
    page.reload()
    open_tab(page, "Reports")
    expect(schedule).to_contain_text(re.compile("Last: .* · 150 rows"))
    [email] = [email for email in demo.emails() if "Profile information for" in email][-1:]
    assert f"{demo.own_page(SMALL)}#learner-data-reports" in email.replace("=3A", ":")

    schedule.get_by_role("button", name="Pause").click()
    expect(schedule).to_contain_text("Somebody of the course team paused it.")
    schedule.get_by_role("button", name="Resume").click()
    expect(schedule).to_contain_text("next on")
    schedule.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete recurring report").click()
    expect(page.locator("#learner-data-schedules-empty")).to_be_visible()


def test_the_difference_to_a_file_is_made_shown_and_downloaded(page, demo, saved):
    page.goto(demo.own_page(SMALL))
    open_tab(page, "Reports")
    expect(page.locator("#learner-data-changes-empty")).to_be_visible()
    request(page)
    ready(page)
    [(pk,)] = demo.sql(
        "SELECT MIN(id) FROM student_courseenrollment WHERE course_id = ? AND is_active = 1", SMALL
    )
    demo.sql("UPDATE student_courseenrollment SET is_active = 0 WHERE id = ?", pk)
    try:
        page.locator("#learner-data-changes-form").get_by_role("button", name="Compare").click()
        made = page.locator("[data-changes]")
        expect(made).to_contain_text("0 joined, 1 left, 0 changed", timeout=30_000)
        header, row = read_csv(saved(page, made.get_by_role("link").click))
    finally:
        demo.sql("UPDATE student_courseenrollment SET is_active = 1 WHERE id = ?", pk)
    assert header == ["change", "id", "username", "column", "before", "after"]
    assert row[0] == "left"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_everybody_can_use_it(window, demo, size):
    page = window(viewport=size)
    page.goto(demo.own_page(SMALL))
    request(page)
    ready(page)
    set_up(page)
    expect(page.locator("[data-schedule]")).to_be_visible()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
