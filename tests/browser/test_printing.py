"""On paper: what each page says of itself, and that nothing is cut off, empty or in the way."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from .demo import LARGE, SMALL
from .panels import PATIENCE, charts_drawn, list_learners, open_tab, ready, request

COURSE = "Introduction to Learner Data"
HEAD = re.compile(rf"{COURSE} · Confidential: personal information, for the course team only\. \w+ \d+, 20\d\d, ")


def printed(page):
    """The texts of all pages."""
    pdf = page.pdf(prefer_css_page_size=True)
    return [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]


def press_print(page):
    page.evaluate("window.print = () => { window.wasPrinted = true; }")
    page.locator("[data-print-page]").click()
    page.wait_for_function("window.wasPrinted")


def assert_each_says_what_it_is(sheets):
    for number, text in enumerate(sheets, 1):
        assert HEAD.match(text)
        assert f"{number} / {len(sheets)}" in text
        assert len(text) > 200, "No page is empty."
        assert "://" not in text


@pytest.mark.parametrize("tab", ["Overview", "Learners", "Reports", "Anonymized IDs"])
def test_each_page_says_the_course_the_date_and_its_number(page, demo, tab):
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    open_tab(page, tab)
    if tab == "Learners":
        list_learners(page)
    sheets = printed(page)
    assert_each_says_what_it_is(sheets)
    assert "Learner Data" in sheets[0].splitlines()
    assert not {"Print", "Create report", "Sign out"} & set("\n".join(sheets).splitlines())


def test_the_section_of_the_dashboard_says_the_same(page, demo):
    page.goto(demo.dashboard(SMALL))
    charts_drawn(page)
    assert_each_says_what_it_is(printed(page))


def test_the_button_waits_for_the_map(page, demo):
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    assert "Lines are approximate" not in "\n".join(printed(page)), "Where the map would be there is no gap."
    press_print(page)
    expect(page.locator(".ld-map svg")).to_have_count(1)
    assert "Lines are approximate" in "\n".join(printed(page))


@pytest.mark.parametrize("course", [SMALL, LARGE])
def test_the_button_prints_all_learners_of_the_view(page, demo, course):
    page.goto(demo.own_page(course))
    list_learners(page)
    press_print(page)
    number = len(demo.usernames(course))
    expect(page.locator(".learner-data-sheet tbody tr")).to_have_count(number)
    sheets = printed(page)
    for text in sheets[1:]:
        assert "Username" in text, "The headings stand on every page."
    assert len(sheets) <= number / 25
    text = "\n".join(sheets)
    found = demo.sql(
        "SELECT email FROM auth_user AS u JOIN student_courseenrollment AS e ON e.user_id = u.id "
        "WHERE e.course_id = ? AND e.is_active AND length(email) < 40", course,
    )  # fmt: skip
    assert len(found) > number * 0.9
    assert not [email for [email] in found if email not in text], "No address is broken."


def test_the_browsers_own_command_prints_what_is_seen(page, demo):
    page.goto(demo.own_page(SMALL) + "?tab=learners&activity=inactive_14")
    expect(page.locator(".ld-strip").first).to_be_visible(timeout=PATIENCE)
    sheets = printed(page)
    assert "Not active for 14 days" in sheets[0]
    shown = page.locator(".ld-who-name").all_inner_texts()
    text = "\n".join(sheets)
    assert shown[0] in text
    assert [name for name in shown if name.isascii() and " " in name and name not in text and len(name) < 20] == []
    assert not {"Export as CSV", "Clear filters", "Save view…"} & set(text.splitlines())


def test_a_page_of_files_is_a_page_of_paper(page, demo):
    page.goto(demo.own_page(SMALL))
    request(page)
    ready(page)
    demo.add_old_files(9)
    page.reload()
    expect(page.locator("[data-file]")).to_have_count(10)
    assert printed(page)[0].count("_student_profile_info_") == 10
