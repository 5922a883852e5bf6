"""What holds for the page as a whole: its ways, its weight, its manners towards site and dashboard."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import expect

from .chromium import PHONE
from .demo import LARGE, SMALL
from .panels import charts_drawn, list_learners, open_tab, ready, request

OURS = "/static/learner_data_plugin/"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'"


TABS = ("Overview", "Learners", "Reports", "Anonymized IDs")


def shown_tabs(page):
    """The tabs that can be seen, by their names in addresses."""
    return page.evaluate(
        "() => [...document.querySelectorAll('[data-tab-panel]')].filter((panel) => panel.getClientRects().length)"
        ".map((panel) => panel.dataset.tabPanel)"
    )


def test_the_first_action_is_in_sight_at_once(window, demo):
    page = window(viewport={"width": 1280, "height": 800})
    for tab in TABS:
        page.goto(demo.own_page(SMALL))
        open_tab(page, tab)
        expect(page.locator(".ld-button-primary:visible").first).to_be_in_viewport(ratio=1)
    page.goto(demo.dashboard(SMALL))
    expect(page.locator(".ld-tile").first).to_be_in_viewport(ratio=1)


def test_tabs_have_addresses_of_their_own_and_the_back_button_works(page, demo):
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    for name, address in (("Learners", "learners"), ("Reports", "reports"), ("Anonymized IDs", "anonymized-ids")):
        page.locator("#learner-data-tabs").get_by_role("link", name=name).click()
        page.wait_for_url(f"{demo.own_page(SMALL)}?tab={address}")
        assert shown_tabs(page) == [address]
        expect(page.locator(f"#learner-data-{address}-title")).to_be_focused()
        expect(page.locator(f"#learner-data-{address}-title")).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#learner-data-reports")).to_be_visible()
    assert shown_tabs(page) == ["reports"]
    page.go_back()
    page.go_back()
    expect(page.locator("#learner-data-statistics")).to_be_visible()
    assert shown_tabs(page) == ["overview"]
    page.goto(f"{demo.own_page(SMALL)}?tab=reports")
    assert shown_tabs(page) == ["reports"]
    page.goto(f"{demo.own_page(SMALL)}#learner-data-anonymized-ids")
    assert shown_tabs(page) == ["anonymized-ids"]


def test_tabs_leave_the_dashboards_section_open(page, demo):
    page.goto(demo.dashboard(SMALL))
    charts_drawn(page)
    for name in reversed(TABS):
        open_tab(page, name)
        assert page.url.endswith("#view-learner_data")
        page.reload()
        expect(page.locator("#learner-data-tabs [aria-current]")).to_contain_text(name)
    address = page.locator("#learner-data-tabs").get_by_role("link", name="Learners").get_attribute("href")
    page.goto(demo.address + address)
    assert shown_tabs(page) == ["learners"]


def test_without_javascript_tabs_stand_one_under_the_other(window, demo):
    page = window(java_script_enabled=False)
    page.goto(demo.own_page(SMALL))
    for panel in ("statistics", "learners", "reports", "anonymized-ids"):
        expect(page.locator(f"#learner-data-{panel}")).to_be_visible()


def test_each_tab_has_one_heading_of_its_level(page, demo):
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    for name in TABS:
        open_tab(page, name)
        assert page.locator("[data-current] h2").count() == 1
    assert page.locator("h1").all_inner_texts() == ["Learner Data"]


def test_on_a_phone_each_tab_is_one_line(window, demo):
    page = window(viewport=PHONE)
    page.goto(demo.own_page(SMALL))
    links = page.locator("#learner-data-tabs a")
    for name in TABS:
        expect(links.filter(has_text=name)).to_be_in_viewport(ratio=1)
    boxes = [link.bounding_box() for link in links.all()]
    assert {(box["y"], box["height"]) for box in boxes} == {(boxes[0]["y"], boxes[0]["height"])}
    assert boxes[0]["height"] < 48


def test_guidance_is_one_line_and_opens(page, demo):
    page.goto(demo.own_page(SMALL))
    guidance = page.locator("#learner-data-guidance")
    assert guidance.bounding_box()["height"] < 40
    expect(guidance.get_by_text("anonymized IDs")).to_be_hidden()
    guidance.locator("summary").click()
    expect(guidance.get_by_text("anonymized IDs")).to_be_visible()


def test_a_page_of_its_own_goes_dark_with_the_readers_system(window, demo):
    page = window(color_scheme="dark")
    for place, is_dark in ((demo.own_page(SMALL), True), (demo.dashboard(SMALL), False)):
        page.goto(place)
        charts_drawn(page)
        paper = page.locator(".ld-card").first.evaluate("(card) => getComputedStyle(card).backgroundColor")
        assert (paper == "rgb(26, 33, 40)") is is_dark


def test_the_section_opens_and_closes_like_the_platforms_own(page, demo):
    page.goto(demo.dashboard(SMALL).partition("#")[0])
    section = page.locator("#learner_data")
    expect(section).to_be_hidden()
    for name in ("Learner Data", "Membership", "Learner Data"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(section).to_be_visible()
    charts_drawn(page)


def test_jquery_may_come_last(page, demo):
    def without_jquery(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=f"window.addEventListener('late', () => {{ {answer.text()} }});")

    page.route("**/jquery_subset.js", without_jquery)
    page.route("**/instructor_dashboard.js", without_jquery)
    page.goto(demo.dashboard(SMALL))
    page.evaluate("window.dispatchEvent(new Event('late'))")
    page.get_by_role("button", name="Learner Data", exact=True).click()
    expect(page.locator("#learner_data")).to_be_visible()


def test_nothing_is_asked_of_the_site_while_nobody_looks(page, demo):
    calls = []
    page.on("request", lambda request: calls.append(request.url) if "/learner_data/api/" in request.url else None)
    page.goto(demo.dashboard(SMALL).partition("#")[0])
    page.wait_for_load_state("networkidle")
    assert calls == []
    page.get_by_role("button", name="Learner Data", exact=True).click()
    charts_drawn(page)
    assert len(calls) == 1, "What other tabs show is asked for when they are opened."


def test_all_of_it_weighs_less_than_60_kb_compressed(page, demo):
    answers = []
    page.on("response", lambda response: answers.append(response) if OURS in response.url else None)
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    sizes = {answer.url.partition(OURS)[2]: len(gzip.compress(answer.body())) for answer in answers}
    document = len(gzip.compress(page.content().encode()))
    assert "js/main.js" in sizes
    assert "css/learner_data.css" in sizes
    assert sum(sizes.values()) + document < 60_000
    assert "map/world.json" not in sizes
    page.locator(".ld-map").scroll_into_view_if_needed()
    expect(page.locator(".ld-map .ld-svg-known").first).to_be_visible()
    sizes = {answer.url.partition(OURS)[2]: len(gzip.compress(answer.body())) for answer in answers}
    assert sum(sizes.values()) + document < 90_000


@pytest.mark.parametrize("place", ["own_page", "dashboard"])
def test_a_strict_content_security_policy_blocks_nothing_of_ours(page, demo, saved, place):
    def with_policy(route):
        answer = route.fetch()
        # The icon in the frame of the demo's pages is none of ours.
        body = answer.text().replace('<link rel="icon" href="data:,">', "")
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY}, body=body)

    page.add_init_script(
        "window.blocked = []; document.addEventListener('securitypolicyviolation', (event) => "
        "window.blocked.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));"
    )
    address = getattr(demo, place)(SMALL)
    page.route(address.partition("#")[0], with_policy)
    answer = page.goto(address)
    assert answer.headers["content-security-policy"] == POLICY
    charts_drawn(page)
    list_learners(page)
    request(page)
    saved(page, ready(page).click)
    open_tab(page, "Anonymized IDs")
    saved(page, page.get_by_role("button", name="Get Student Anonymized IDs CSV").click)
    assert page.evaluate("window.blocked") == []
    charts_drawn(page)
    page.locator(".ld-map").scroll_into_view_if_needed()
    page.locator(".ld-map .ld-svg-known").first.hover()
    for file_format in ("PNG", "SVG"):
        saved(page, page.get_by_role("button", name=f"Download as {file_format}: Weekly activity").click)
    assert page.evaluate("window.blocked") == []
    assert page.locator(".learner-data [style], .learner-data style").count() == 0


def test_a_chart_shows_its_numbers_and_gives_them_as_a_file(page, demo, saved):
    page.goto(demo.own_page(LARGE))
    charts_drawn(page)
    for chart in page.locator("[data-chart]:has(details)").all():
        chart.get_by_text("Show the numbers").click()
        expect(chart.get_by_role("table")).to_be_visible()
        path = saved(page, chart.get_by_role("link", name="Download as CSV").click)
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert len(content.splitlines()) == chart.locator("tbody tr").count() + 1
