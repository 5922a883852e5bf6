"""The browser of tests and screenshots: Debian's Chromium, or the one that CHROMIUM names."""

from __future__ import annotations

import os

from playwright.sync_api import Browser, BrowserContext, Playwright

from .demo import PASSWORD, Demo

EXECUTABLE = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1200, "height": 800}
NARROW = {"width": 320, "height": 640}
PHONE = {"width": 375, "height": 812}


def launch(playwright: Playwright) -> Browser:
    """Start a browser that calls nobody by itself."""
    return playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)


def sign_in(context: BrowserContext, demo: Demo, username: str) -> None:
    """Sign an account in through the form."""
    page = context.new_page()
    page.goto(f"{demo.address}/login")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.address}/")
    page.close()
