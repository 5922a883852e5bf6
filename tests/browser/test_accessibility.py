"""Every panel in every state, wide and narrow: axe finds nothing, and nothing is wider than the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .accessibility import assert_accessible
from .chromium import NARROW, WIDE
from .demo import LARGE, SMALL
from .panels import charts_drawn, list_some_learners, open_tab, ready, request


def assert_fits(page):
    """Only tables may be scrolled sideways, within their own frames."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def check(page, **options):
    assert_accessible(page, **options)
    assert_fits(page)


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def sized(request):
    return {"viewport": request.param}


@pytest.mark.parametrize("place", ["own_page", "dashboard"])
def test_empty(window, demo, sized, place):
    page = window(**sized)
    page.goto(getattr(demo, place)(LARGE))
    charts_drawn(page)
    check(page, but=("page-has-heading-one",) if place == "dashboard" else ())  # the platform's dashboard has none


def test_busy(window, demo, sized):
    page = window(**sized)
    page.goto(demo.own_page(LARGE))
    charts_drawn(page)
    request(page)
    expect(page.locator("#learner-data-tasks")).to_contain_text("of 1,000 rows")
    with demo.worker_stopped():
        check(page)
        expect(page.locator("#learner-data-tasks progress")).to_be_visible()


def test_queued_without_a_worker(window, demo, sized):
    page = window(**sized)
    with demo.worker_stopped():
        page.goto(demo.own_page(SMALL))
        charts_drawn(page)
        request(page)
        expect(page.locator("#learner-data-tasks [data-task-id]")).to_be_visible()
        demo.make_runs_older(minutes=2)
        expect(page.locator("#learner-data-tasks")).to_contain_text("Still waiting to start")
        check(page)


def test_full(window, demo, sized):
    page = window(**sized)
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    request(page)
    ready(page)
    demo.add_old_files(11)
    page.reload()
    charts_drawn(page)
    list_some_learners(page)
    open_tab(page, "Anonymized IDs")
    page.get_by_role("button", name="Get Student Anonymized IDs CSV").click()
    expect(page.locator("#learner-data-anonymized-ids > [data-message]")).to_contain_text("anon-id.csv")
    check(page)
    open_tab(page, "Learners")
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    page.locator(".ld-long").first.click()
    page.get_by_role("button", name="Export as CSV").click()
    ready(page, "learners")
    # On a phone, where rows are cards, the headings are not shown.
    page.locator(".ld-learners thead [data-column=goals] button").dispatch_event("click")
    check(page)
    open_tab(page, "Reports")
    page.locator("#learner-data-files").get_by_role("button", name="Delete").first.click()
    check(page)


@pytest.mark.usefixtures("failing_calls")
def test_errors(window, demo, sized):
    page = window(**sized)
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    with demo.report_store_refusing():
        request(page)
        told = page.locator("#learner-data-reports [data-message]").first
        expect(told).to_contain_text("could not be stored", timeout=30_000)
    page.context.clear_cookies()
    request(page, "xlsx")
    open_tab(page, "Learners")
    page.get_by_role("button", name="List enrolled students' profile information").click()
    open_tab(page, "Anonymized IDs")
    page.get_by_role("button", name="Get Student Anonymized IDs CSV").click()
    for panel, tab in (("reports", "Reports"), ("learners", "Learners"), ("anonymized-ids", "Anonymized IDs")):
        open_tab(page, tab)
        expect(page.locator(f"#learner-data-{panel} [data-message]").first).to_contain_text("Your session has ended.")
        check(page)


@pytest.mark.usefixtures("failing_calls")
def test_refused(window, demo, sized):
    page = window("outsider", **sized)
    page.goto(demo.own_page(SMALL))
    check(page)


def test_right_to_left(window, demo, sized):
    page = window(locale="ar", **sized)
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    list_some_learners(page)
    open_tab(page, "Reports")
    panel = page.locator("#learner-data-reports")
    assert panel.evaluate("(panel) => getComputedStyle(panel).direction") == "rtl"
    title = page.locator("#learner-data-reports-title").bounding_box()
    button = page.locator("[data-request-report=profile]").bounding_box()
    assert button["x"] + button["width"] == pytest.approx(title["x"] + title["width"], abs=1)
    first, second = (page.locator(f"#learner-data-create [name={name}]").bounding_box() for name in ("report", "format"))
    assert first["x"] > second["x"] or first["y"] < second["y"]
    open_tab(page, "Learners")
    username = page.locator(".ld-learners tbody th").first
    assert username.evaluate("(cell) => getComputedStyle(cell).textAlign") == "right"
    assert page.locator("[data-export=xlsx]").inner_text() == "تصدير بصيغة \u2068XLSX\u2069"
    check(page)


def test_text_of_double_size(window, demo, sized):
    page = window(**sized)
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    page.add_style_tag(content="html { font-size: 200% }")
    list_some_learners(page)
    request(page)
    ready(page)
    for button in page.locator(".ld-button:visible").all():
        assert button.evaluate("(button) => button.scrollWidth <= button.clientWidth"), button.inner_text()
    if sized["viewport"] == WIDE:
        assert_fits(page)
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_overview_with_its_map(window, demo, sized, scheme):
    page = window(color_scheme=scheme, **sized)
    page.goto(demo.own_page(LARGE) + "?safe=0")
    charts_drawn(page)
    page.locator(".ld-map").scroll_into_view_if_needed()
    expect(page.locator(".ld-map .ld-svg-known").first).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    check(page)


def test_forced_colors(window, demo):
    page = window(forced_colors="active", color_scheme="dark")
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    list_some_learners(page)
    check(page, but=("color-contrast",))  # axe computes with the colors that the browser replaced
    inks = page.locator(".ld-svg-text").evaluate_all("(texts) => texts.map((text) => getComputedStyle(text).fill)")
    assert set(inks) == {"rgb(255, 255, 255)"}, "Text in charts has the reader's own color."


def test_from_sign_in_to_the_file_by_keyboard_alone(window, demo, saved):
    page = window(storage_state=None)
    page.goto(demo.own_page(SMALL))
    page.wait_for_url("**/login?next=**")
    page.get_by_label("Username").focus()
    page.keyboard.type("instructor")
    page.keyboard.press("Tab")
    page.keyboard.type("edx")
    page.keyboard.press("Enter")
    page.wait_for_url(demo.own_page(SMALL))
    tab_to(page, "Reports")
    page.keyboard.press("Enter")
    expect(page.locator("#learner-data-reports-title")).to_be_focused()
    expect(page.locator("#learner-data-reports-title")).to_be_in_viewport()
    tab_to(page, "Download profile information as a CSV")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline not in ("none", ""), "It is seen where the focus is."
    page.keyboard.press("Enter")
    ready(page)
    tab_to(page, "Download")
    path = saved(page, lambda: page.keyboard.press("Enter"))
    assert path.suffix == ".csv"


def tab_to(page, name):
    """Press Tab until a control of this name has the focus."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"Tab does not lead to {name}.")
