"""The page inside the new instructor dashboard, which is at another origin."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from .accessibility import assert_accessible
from .demo import LARGE, SMALL
from .panels import charts_drawn, list_learners, open_tab, ready, request

FRAME = "iframe[title='Learner Data']"


@pytest.fixture
def inside(page: Page, demo) -> FrameLocator:
    """The page in the tab of the small course."""
    page.goto(demo.new_dashboard(SMALL))
    frame = page.frame_locator(FRAME)
    charts_drawn(frame)
    return frame


@pytest.fixture
def elsewhere(complaints) -> Iterator[Callable[[str], str]]:
    """Serves a page that frames an address, at an origin that is none of the site's; answers where."""

    class Framing(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!DOCTYPE html><title>x</title><link rel=icon href=data:,>{self.server.content}".encode())

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Framing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        address = f"http://localhost:{server.server_port}/"
        complaints.expect_host(address)
        complaints.refused_frames_are_expected = True

        def serve(content: str) -> str:
            server.content = content
            return address

        yield serve
        server.shutdown()


def test_the_tab_leads_into_the_dashboard_and_the_page_stands_there(page, demo, inside):
    page.goto(demo.new_dashboard(SMALL, "course_info"))
    page.get_by_role("navigation").get_by_role("link", name="Learner Data").click()
    expect(page).to_have_url(demo.new_dashboard(SMALL))
    frame = page.frame_locator(FRAME)
    charts_drawn(frame)
    expect(frame.locator(".global-header, footer")).to_have_count(0)


def test_the_frame_is_as_high_as_the_page_and_grows_with_it(page, inside):
    def height_of_frame():
        return page.locator(FRAME).bounding_box()["height"]

    def is_as_high():
        needed = page.frames[1].evaluate("document.body.getBoundingClientRect().height")
        scrolls = page.frames[1].evaluate("document.documentElement.scrollHeight > document.documentElement.clientHeight")
        return abs(height_of_frame() - needed) < 2 and not scrolls

    page.wait_for_timeout(300)
    assert is_as_high()
    before = height_of_frame()
    open_tab(inside, "Reports")
    page.wait_for_timeout(500)
    between = height_of_frame()
    assert between < before
    assert is_as_high()
    list_learners(inside)
    page.wait_for_timeout(500)
    assert height_of_frame() > between
    assert is_as_high()


def test_a_report_is_made_and_downloaded_there(page, demo, inside, saved):
    request(inside)
    path = saved(page, ready(inside).click)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["username"] for row in rows] == demo.usernames(SMALL)
    assert page.url == demo.new_dashboard(SMALL)


def test_the_other_downloads_work_there_too(page, demo, inside, saved):
    open_tab(inside, "Anonymized IDs")
    ids = saved(page, inside.get_by_role("button", name="Get Student Anonymized IDs CSV").click)
    assert len(ids.read_text().splitlines()) == demo.ever_enrolled(SMALL) + 1
    open_tab(inside, "Overview")
    saved(page, inside.locator("#learner-data-chart-gender").get_by_role("link", name="Download as CSV").click)
    assert page.url == demo.new_dashboard(SMALL)


def test_links_open_in_the_window_and_jumps_stay_in_the_page(page, demo, inside):
    page.frames[1].evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', "
        "'<a href=\"#main\">Jump</a><a href=\"/\">Leave</a>')"
    )
    inside.get_by_role("link", name="Jump").click()
    assert page.url == demo.new_dashboard(SMALL)
    assert page.frames[1].url.endswith("#main")
    inside.get_by_role("link", name="Leave").click()
    page.wait_for_url(f"{demo.address}/")


def test_a_tab_stays_in_the_frame_also_when_the_page_is_loaded_anew(page, demo, inside):
    open_tab(inside, "Reports")
    assert page.url == demo.new_dashboard(SMALL)
    page.frames[1].evaluate("window.location.reload()")
    expect(inside.locator("#learner-data-tabs [aria-current]")).to_contain_text("Reports")


def test_a_dialog_stands_in_what_is_in_sight(page, demo, inside):
    demo.set_site_values(REQUIRE_PURPOSE=True)
    page.reload()
    charts_drawn(inside)
    open_tab(inside, "Anonymized IDs")
    button = inside.get_by_role("button", name="Get Student Anonymized IDs CSV")
    button.scroll_into_view_if_needed()
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(300)
    button.click()
    expect(inside.get_by_role("dialog")).to_be_in_viewport(ratio=1)
    expect(inside.get_by_role("dialog").get_by_role("textbox")).to_be_focused()


@pytest.mark.usefixtures("failing_calls")
class TestOthers:
    """Origins that are not the dashboard's."""

    def test_cannot_frame_the_page(self, page, demo, elsewhere):
        address = f"{demo.own_page(SMALL)}?embedded=1"
        page.goto(elsewhere(f'<iframe src="{address}"></iframe>'))
        page.wait_for_timeout(500)
        assert page.frames[1].locator("main").count() == 0
        page.goto(address)
        charts_drawn(page)  # on its own it is there

    def test_nor_the_page_on_its_own_which_the_dashboard_cannot_frame_either(self, page, demo, elsewhere):
        for place in (elsewhere(f'<iframe src="{demo.own_page(SMALL)}"></iframe>'), demo.new_dashboard(SMALL, "course_info")):
            page.goto(place)
            page.evaluate(
                "(address) => { document.querySelector('iframe')?.remove(); "
                "document.body.append(Object.assign(document.createElement('iframe'), {src: address})); }",
                demo.own_page(SMALL),
            )
            page.wait_for_timeout(500)
            assert page.frames[-1].locator("main").count() == 0

    def test_a_dashboard_that_another_frames_does_not_show_it(self, page, demo, elsewhere):
        page.goto(elsewhere(f'<iframe src="{demo.new_dashboard(SMALL)}" width="900" height="700"></iframe>'))
        expect(page.frames[1].locator("iframe")).to_have_count(1)
        page.wait_for_timeout(500)
        assert page.frames[2].locator("main").count() == 0

    def test_are_not_listened_to(self, page, demo, inside):
        told = page.frames[1].evaluate(
            """() => {
              const before = document.documentElement.style.getPropertyValue('--ld-view-top');
              for (const [origin, source] of [['https://evil.example', window.parent], [null, window]]) {
                window.dispatchEvent(new MessageEvent('message', {
                  origin: origin ?? document.documentElement.dataset.learnerDataDashboard, source,
                  data: {type: 'learner-data.view', top: 4321, height: 1},
                }));
              }
              return [before, document.documentElement.style.getPropertyValue('--ld-view-top')];
            }"""
        )
        assert told[0] == told[1] != ""


@pytest.mark.usefixtures("failing_calls")
def test_whoever_is_not_signed_in_any_more_finds_the_way(page, demo, inside):
    page.context.clear_cookies()
    page.frames[1].evaluate("window.location.reload()")
    link = inside.get_by_role("link", name="Sign in")
    expect(link).to_be_visible()
    link.click()
    page.wait_for_url(f"{demo.address}/login?next=*")


@pytest.mark.usefixtures("failing_calls")
def test_nobody_without_a_role_gets_the_tab(window, demo):
    page = window("outsider")
    page.goto(demo.new_dashboard(LARGE))
    expect(page.get_by_text("You may not see this dashboard.")).to_be_visible()


def test_is_accessible(page, inside):
    assert_accessible(page.frames[1])


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nothing_scrolls_sideways(page, demo, inside, width):
    page.set_viewport_size({"width": width, "height": 700})
    page.wait_for_timeout(300)
    frame = page.frames[1]
    assert frame.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
