"""What holds for the page as a whole: its ways, its weight, its manners towards site and dashboard."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import expect

from .demo import LARGE, SMALL
from .panels import charts_drawn, list_learners, ready, request

OURS = "/static/learner_data_plugin/"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'"


def test_reports_are_in_sight_at_once(page, demo):
    for place in (demo.own_page(SMALL), demo.dashboard(SMALL)):
        page.goto(place)
        expect(page.locator("[data-request-report][data-format=xlsx]")).to_be_in_viewport(ratio=1)


def test_ways_to_the_panels_leave_the_dashboards_address_alone(page, demo):
    page.goto(demo.dashboard(SMALL))
    charts_drawn(page)
    for name in ("Who is in this course", "Anonymized IDs", "Learners", "Reports"):
        page.locator("#learner-data-contents").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_focused()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_in_viewport()
        assert page.url == demo.dashboard(SMALL)
    address = page.locator("#learner-data-contents").get_by_role("link", name="Learners").get_attribute("href")
    page.goto(demo.address + address)
    expect(page.locator("#learner-data-learners")).to_be_in_viewport()


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
    assert len(calls) == len(set(calls)) == 3


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
    assert sum(sizes.values()) < 30_000


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
    saved(page, page.get_by_role("button", name="Get Student Anonymized IDs CSV").click)
    assert page.evaluate("window.blocked") == []
    assert page.locator(".learner-data [style], .learner-data style").count() == 0


def test_a_chart_shows_its_numbers_and_gives_them_as_a_file(page, demo, saved):
    page.goto(demo.own_page(LARGE))
    charts_drawn(page)
    for chart in page.locator("[data-chart]").all():
        chart.get_by_text("Show the numbers").click()
        expect(chart.get_by_role("table")).to_be_visible()
        path = saved(page, chart.get_by_role("link", name="Download as CSV").click)
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert len(content.splitlines()) == chart.locator("tbody tr").count() + 1
