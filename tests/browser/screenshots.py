"""``make screenshots``: each panel, empty, busy, full and with an error, wide and narrow, into docs/images."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from . import panels
from .chromium import NARROW, WIDE, launch, sign_in
from .demo import LARGE, ROOT, SMALL, Demo

IMAGES = ROOT / "docs/images"


def main() -> None:
    """Start a demo, take every picture, stop the demo."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="learner_data_screenshots_") as folder, sync_playwright() as playwright:
        demo = Demo(Path(folder), pace_seconds=0.6)
        try:
            demo.until_running()
            browser = launch(playwright)
            take_all(demo, browser)
            browser.close()
        finally:
            demo.stop()


def take_all(demo: Demo, browser: Browser) -> None:
    """Bring the panels into each of their states and take their pictures."""
    for look, viewport in (("", WIDE), ("-narrow", NARROW)):
        demo.clear()
        with window(demo, browser, "instructor", viewport) as page:
            take_small_course(demo, page, look)
            take_errors(demo, page, look)
            take_large_course(demo, page, look)
            page.goto(demo.dashboard(SMALL))
            panels.charts_drawn(page)
            save(f"dashboard{look}", page.screenshot())
        with window(demo, browser, "outsider", viewport) as page:
            page.goto(demo.own_page(SMALL))
            save(f"role-missing{look}", page.screenshot())
    demo.sql("DELETE FROM student_courseenrollment WHERE course_id = ?", SMALL)
    for look, viewport in (("", WIDE), ("-narrow", NARROW)):
        with window(demo, browser, "instructor", viewport) as page:
            page.goto(demo.own_page(SMALL))
            expect(page.locator("#learner-data-statistics .ld-chart-none").first).to_be_visible()
            take(page, "statistics", f"statistics-empty{look}")


def take_small_course(demo: Demo, page: Page, look: str) -> None:
    """A course in which everything works."""
    with held(page, "statistics/"):
        page.goto(demo.own_page(SMALL))
        expect(page.locator("#learner-data-statistics > [data-message]")).to_be_visible()
        take(page, "statistics", f"statistics-busy{look}")
    panels.charts_drawn(page)
    take(page, "statistics", f"statistics{look}")
    take(page, "guidance", f"guidance{look}")
    expect(page.locator("#learner-data-files-empty")).to_be_visible()
    take(page, "reports", f"reports-empty{look}")
    take(page, "learners", f"learners-empty{look}")
    with held(page, "learners/"):
        page.locator("#learner-data-list").click()
        expect(page.locator("#learner-data-learners > [data-message]")).to_be_visible()
        take(page, "learners", f"learners-busy{look}")
    expect(page.locator(".ld-learners tbody tr").first).to_be_visible()
    take(page, "learners", f"learners-full{look}")
    take(page, "anonymized-ids", f"anonymized-ids-empty{look}")
    message = page.locator("#learner-data-anonymized-ids > [data-message]")
    with held(page, "anonymized_ids.csv"):
        page.locator("#learner-data-anonymized-ids-download").click()
        expect(message).to_be_visible()
        take(page, "anonymized-ids", f"anonymized-ids-busy{look}")
    expect(message).to_have_class("ld-message ld-message-success")
    take(page, "anonymized-ids", f"anonymized-ids-full{look}")


def take_errors(demo: Demo, page: Page, look: str) -> None:
    """The same course with a server that fails, and without a broker."""
    failing = "**/learner_data/api/**/{statistics/,learners/,anonymized_ids.csv}"
    page.route(failing, lambda route: route.fulfill(status=502, body="Bad gateway"))
    page.goto(demo.own_page(SMALL))
    page.locator("#learner-data-list").click()
    page.locator("#learner-data-anonymized-ids-download").click()
    with demo.broker_gone():
        panels.request(page)
        for panel in ("statistics", "learners", "anonymized-ids", "reports"):
            message = page.locator(f"#learner-data-{panel} > [data-message]")
            expect(message).to_have_class("ld-message ld-message-error")
            take(page, panel, f"{panel}-error{look}")
    page.unroute(failing)
    demo.clear()


def take_large_course(demo: Demo, page: Page, look: str) -> None:
    """A report on its way and finished, and a course that is too large for the table."""
    page.goto(demo.own_page(LARGE))
    panels.request(page)
    expect(page.locator("#learner-data-tasks progress[value]")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(1_500)
    take(page, "reports", f"reports-busy{look}")
    panels.ready(page)
    take(page, "reports", f"reports-full{look}")
    take(page, "learners", f"learners-large{look}")
    demo.clear()


@contextmanager
def held(page: Page, call: str) -> Iterator[None]:
    """Let a call of the page wait for its answer."""
    waiting: list[Route] = []
    address = f"**/learner_data/api/**/{call}*"
    page.route(address, lambda route: waiting.append(route))
    yield
    for route in waiting:
        route.continue_()
    page.unroute(address)


@contextmanager
def window(demo: Demo, browser: Browser, username: str, viewport: dict[str, int]) -> Iterator[Page]:
    """A window in which an account is signed in."""
    context = browser.new_context(viewport=viewport, locale="en", timezone_id="UTC")
    sign_in(context, demo, username)
    yield context.new_page()
    context.close()


def take(page: Page, panel: str, name: str) -> None:
    """Take the picture of one panel."""
    save(name, page.locator(f"#learner-data-{panel}").screenshot())


def save(name: str, picture: bytes) -> None:
    """Write a picture with a palette, which is a third as large and looks the same."""
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
