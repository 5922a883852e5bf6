"""Sites that ask what learner data is for, and show few columns at first."""

from __future__ import annotations

from playwright.sync_api import expect

from .demo import LARGE, SMALL
from .panels import columns_shown, list_learners, open_tab, ready, request

PURPOSE = "To invite everyone to the final meeting"


def purposes(demo):
    return [row[0] for row in demo.sql("SELECT purpose FROM learner_data_plugin_reportrun")]


def test_each_report_is_asked_for_with_a_purpose(page, demo, saved):
    demo.set_site_values(REQUIRE_PURPOSE=True)
    page.goto(demo.own_page(SMALL))
    request(page)
    dialog = page.get_by_role("dialog", name="What do you need this data for?")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    dialog.get_by_role("textbox").fill("research")
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("textbox").fill(PURPOSE)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_have_count(0)
    ready(page)
    assert purposes(demo) == [PURPOSE]
    open_tab(page, "Anonymized IDs")
    button = page.locator("#learner-data-anonymized-ids-download")

    def download():
        button.click()
        dialog.get_by_role("textbox").fill(PURPOSE)
        dialog.get_by_role("button", name="Continue").click()

    assert saved(page, download).read_bytes()


def test_nothing_is_asked_for_by_somebody_who_changes_their_mind(page, demo):
    demo.set_site_values(REQUIRE_PURPOSE=True)
    page.goto(demo.own_page(LARGE))
    cancel = page.get_by_role("dialog").get_by_role("button", name="Cancel")
    for leave in (cancel.click, lambda: page.keyboard.press("Escape")):
        request(page)
        expect(page.get_by_role("dialog")).to_be_visible()
        leave()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#learner-data-reports [data-message]").first).to_be_hidden()
    assert purposes(demo) == []


def test_columns_that_the_site_chose_are_ticked_until_somebody_chooses_others(page, demo):
    demo.set_site_values(TICKED_COLUMNS=["username", "cohort"])
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    headings = page.locator("#learner-data-learners th[data-column]")
    expect(headings).to_have_count(2)
    page.locator("#learner-data-column-choice summary").click()
    page.get_by_role("checkbox", name="Email").check()
    expect(page.locator(".ld-learners tbody")).to_contain_text("@")
    page.reload()
    list_learners(page)
    expect(headings).to_have_count(2)
    assert columns_shown(page) == ["who", "cohort"]
    assert "@" in page.locator(".ld-learners tbody").inner_text()
