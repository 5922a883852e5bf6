"""``make screenshots``: the tabs of the page in their states, at a desk and on a phone, and a tour of them, into docs/images.

``OPTIONS`` names some of the scenes: overview, learners, reports, anonymized-ids, dashboards, refused, nobody, tour.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from . import panels, tour
from .chromium import launch, sign_in
from .demo import LARGE, ROOT, SMALL, Demo, until

IMAGES = ROOT / "docs/images"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
FIRST_CHARTS = 930
"""Pixels of the overview at a desk that hold its numbers and first two charts."""
TALLEST = {DESK["width"]: 1500, PHONE["width"]: 1200}
"""Pixels after which a picture ends, by its width."""
COLORS = 128


def main() -> None:
    """Start a demo, take every picture, stop the demo."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="learner_data_screenshots_") as folder, sync_playwright() as playwright:
        demo = Demo(Path(folder), pace_seconds=0.6)
        try:
            demo.until_running()
            browser = launch(playwright)
            take_all(demo, browser, sys.argv[1:] or [*SCENES, "nobody"])
            browser.close()
        finally:
            demo.stop()


def take_all(demo: Demo, browser: Browser, scenes: Sequence[str]) -> None:
    """Take the pictures of some scenes."""
    for name, scene in SCENES.items():
        if name in scenes:
            demo.clear()
            scene(demo, browser)
    if "nobody" in scenes:
        demo.clear()
        demo.sql("DELETE FROM student_courseenrollment WHERE course_id = ?", SMALL)
        with window(demo, browser) as page:
            page.goto(demo.own_page(SMALL))
            expect(page.locator("#learner-data-statistics .ld-chart-none").first).to_be_visible()
            take(page, "overview-empty", lowest=FIRST_CHARTS)


def take_overview(demo: Demo, browser: Browser) -> None:
    """The charts: exact, safe to share, dark, and out of reach."""
    for look, viewport in LOOKS:
        with window(demo, browser, viewport=viewport) as page:
            page.goto(demo.own_page(SMALL) + "?safe=0")
            whole_overview(page)
            take(page, f"overview{look}", lowest=FIRST_CHARTS if not look else None)
            if look:
                continue
            take(page, "overview-learners", since=FIRST_CHARTS - 4, lowest=2_400)
            page.get_by_label("Safe to share").check()
            panels.safe_charts_drawn(page)
            take(page, "overview-safe", lowest=1_360)
            with failing(page, "overview/"):
                page.goto(demo.own_page(SMALL) + "?safe=0")
                expect(page.locator("#learner-data-statistics .ld-message-error")).to_be_visible()
                take(page, "overview-error", lowest=DESK["height"])
    with window(demo, browser, color_scheme="dark") as page:
        page.goto(demo.own_page(SMALL) + "?safe=0")
        whole_overview(page)
        take(page, "overview-dark", lowest=FIRST_CHARTS)


def take_learners(demo: Demo, browser: Browser) -> None:
    """The table: of a small course, of a large one, with filters, with rows that are selected."""
    for look, viewport in LOOKS:
        with window(demo, browser, viewport=viewport) as page:
            page.goto(f"{demo.own_page(SMALL)}?tab=learners&enrollment_mode=verified")
            list_learners(page)
            take(page, f"learners{look}", lowest=900 if not look else None)
            if look:
                continue
            for number in (1, 2, 4):
                page.locator(".ld-learners tbody input").nth(number).check()
            page.evaluate("window.scrollTo(0, 0)")
            take(page, "learners-selection", lowest=900)
            page.goto(demo.own_page(LARGE) + "?tab=learners&activity=inactive_14&enrollment_mode=verified")
            list_learners(page)
            take(page, "learners-large", lowest=900)


def take_reports(demo: Demo, browser: Browser) -> None:
    """Reports: none yet, one on its way, files, one that cannot be started, recurring ones."""
    for look, viewport in LOOKS:
        demo.clear()
        with window(demo, browser, viewport=viewport) as page:
            page.goto(demo.own_page(LARGE) + "?tab=reports")
            expect(page.locator("#learner-data-files-empty")).to_be_visible()
            if not look:
                take(page, "reports-empty")
                with demo.broker_gone():
                    panels.request(page)
                    expect(page.locator("#learner-data-reports .ld-message-error").first).to_be_visible()
                    take(page, "reports-error", lowest=DESK["height"])
                demo.clear()
                page.reload()
            panels.request(page)
            expect(page.locator("#learner-data-tasks progress[value]")).to_be_visible(timeout=panels.PATIENCE)
            page.wait_for_timeout(1_500)
            take(page, f"reports-busy{look}", lowest=1_035 if not look else None)
            panels.ready(page)
            panels.request(page, "xlsx")
            expect(page.locator("#learner-data-files [data-file]")).to_have_count(2, timeout=60_000)
            set_up_recurring_report(demo, page)
            take(page, f"reports-full{look}", lowest=1_150 if not look else None)
            panel = page.locator(".ld-panel", has=page.locator("#learner-data-schedules"))
            save(f"reports-recurring{look}", panel.screenshot())


def set_up_recurring_report(demo: Demo, page: Page) -> None:
    """Set up a weekly report, and have it made once."""
    page.get_by_text("Set up a recurring report").click()
    page.locator("#learner-data-schedules-form").get_by_role("button", name="Set up").click()
    expect(page.locator("#learner-data-schedules-message")).to_contain_text("is set up")
    demo.run_schedules()
    until(lambda: is_told(page), what="The recurring report")


def is_told(page: Page) -> bool:
    """Load the page anew; answers whether the recurring report's first file is there, and its email sent."""
    page.reload()
    expect(page.locator("#learner-data-files [data-file]").nth(1)).to_be_visible()
    return re.search(r"Last: .* 1,000 rows$", page.locator("[data-schedule]").inner_text(), re.MULTILINE) is not None


def take_anonymized_ids(demo: Demo, browser: Browser) -> None:
    """The tab Anonymized IDs."""
    for look, viewport in LOOKS:
        with window(demo, browser, "researcher", viewport=viewport) as page:
            page.goto(demo.own_page(SMALL) + "?tab=anonymized-ids")
            expect(page.locator("#learner-data-anonymized-ids-download")).to_be_visible()
            take(page, f"anonymized-ids{look}")


def take_dashboards(demo: Demo, browser: Browser) -> None:
    """The section of the dashboard, and the page inside the new one."""
    for look, viewport in LOOKS:
        with window(demo, browser, viewport=viewport) as page:
            page.goto(demo.dashboard(SMALL))
            panels.charts_drawn(page)
            save(f"dashboard{look}", page.screenshot())
            page.goto(demo.new_dashboard(SMALL))
            panels.charts_drawn(page.frame_locator("iframe[title='Learner Data']"))
            page.wait_for_timeout(500)  # the frame gets as high as the page in it
            save(f"new-dashboard{look}", page.screenshot())


def take_refused(demo: Demo, browser: Browser) -> None:
    """What somebody without a role sees."""
    for look, viewport in LOOKS:
        with window(demo, browser, "outsider", viewport=viewport) as page:
            page.goto(demo.own_page(SMALL))
            save(f"role-missing{look}", page.screenshot(clip={"x": 0, "y": 0, "width": viewport["width"], "height": 400}))


def take_tour(demo: Demo, browser: Browser) -> None:
    """The tour, an animated picture."""
    with window(demo, browser, viewport=tour.VIEWPORT) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        tour.write(tour.walk(demo, page), IMAGES / "tour.gif")


LOOKS = (("", DESK), ("-narrow", PHONE))
SCENES: dict[str, Callable[[Demo, Browser], None]] = {
    "overview": take_overview,
    "learners": take_learners,
    "reports": take_reports,
    "anonymized-ids": take_anonymized_ids,
    "dashboards": take_dashboards,
    "refused": take_refused,
    "tour": take_tour,
}


def whole_overview(page: Page) -> None:
    """Wait for the charts, and have the map drawn, which waits until it is in sight."""
    panels.charts_drawn(page)
    page.locator(".ld-map").scroll_into_view_if_needed()
    expect(page.locator(".ld-map .ld-svg-known").first).to_be_visible()
    page.evaluate("window.scrollTo(0, 0)")


def list_learners(page: Page) -> None:
    """Wait for the table with what learners did; first come names in letters that every machine has."""
    panels.list_learners(page)
    page.locator(".ld-sort[data-sort=name]").click()
    panels.found(page)
    expect(page.locator(".ld-strip").first).to_be_visible(timeout=panels.PATIENCE)


@contextmanager
def failing(page: Page, call: str) -> Iterator[None]:
    """A call of the page fails meanwhile."""
    address = f"**/learner_data/api/**/{call}*"
    page.route(address, lambda route: route.fulfill(status=502, body="Bad gateway"))
    yield
    page.unroute(address)


@contextmanager
def window(demo: Demo, browser: Browser, username: str = "instructor", **options: object) -> Iterator[Page]:
    """A window in which an account is signed in."""
    context = browser.new_context(**{"viewport": DESK, "locale": "en", "timezone_id": "UTC", **options})
    sign_in(context, demo, username)
    yield context.new_page()
    context.close()


def take(page: Page, name: str, *, since: int = 0, lowest: int | None = None) -> None:
    """Take the picture of the page between two heights, or down to where it ends."""
    width = page.viewport_size["width"]
    height = page.evaluate("Math.ceil(document.documentElement.getBoundingClientRect().height)")
    end = min(lowest or TALLEST[width], height)
    save(name, page.screenshot(full_page=True, clip={"x": 0, "y": since, "width": width, "height": end - since}))


def save(name: str, picture: bytes) -> None:
    """Write a picture with a palette, which is a third as large and looks the same."""
    with Image.open(io.BytesIO(picture)) as image:
        palette = image.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
        palette.save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
