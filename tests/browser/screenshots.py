"""``make screenshots``: each panel, empty, busy, full and with an error, wide and narrow, into docs/images."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from . import panels
from .chromium import NARROW, WIDE, launch, sign_in
from .demo import LARGE, ROOT, SMALL, Demo

IMAGES = ROOT / "docs/images"
PANELS = ("guidance", "reports", "learners", "anonymized-ids", "statistics")


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
            page.goto(demo.own_page(SMALL))
            panels.charts_drawn(page)
            expect(page.locator("#learner-data-files-empty")).to_be_visible()
            for name in PANELS:
                take(page, name, f"{name}-empty{look}" if name in ("reports", "learners") else f"{name}{look}")
            panels.list_learners(page)
            take(page, "learners", f"learners-full{look}")
            page.goto(demo.own_page(LARGE))
            panels.request(page)
            expect(page.locator("#learner-data-tasks progress[value]")).to_be_visible(timeout=20_000)
            page.wait_for_timeout(1_500)
            take(page, "reports", f"reports-busy{look}")
            panels.ready(page)
            take(page, "reports", f"reports-full{look}")
            take(page, "learners", f"learners-large{look}")
            with demo.broker_gone():
                page.goto(demo.own_page(SMALL))
                panels.request(page)
                expect(page.locator("#learner-data-reports > [data-message]")).to_have_class("ld-message ld-message-error")
                take(page, "reports", f"reports-error{look}")
            demo.clear()
            page.goto(demo.dashboard(SMALL))
            panels.charts_drawn(page)
            page.screenshot(path=IMAGES / f"dashboard{look}.png")
        with window(demo, browser, "outsider", viewport) as page:
            page.goto(demo.own_page(SMALL))
            page.screenshot(path=IMAGES / f"role-missing{look}.png")


@contextmanager
def window(demo: Demo, browser: Browser, username: str, viewport: dict[str, int]) -> Iterator[Page]:
    """A window in which an account is signed in."""
    context = browser.new_context(viewport=viewport, locale="en", timezone_id="UTC")
    sign_in(context, demo, username)
    yield context.new_page()
    context.close()


def take(page: Page, panel: str, name: str) -> None:
    """Take the picture of one panel."""
    page.locator(f"#learner-data-{panel}").screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
