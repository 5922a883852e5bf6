"""Fixtures of the tests in a browser: one demo with its worker for all, and a new browser window for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from .chromium import WIDE, launch, sign_in
from .demo import Demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo."""
    running = Demo(tmp_path_factory.mktemp("demo"))
    try:
        running.until_running()
        yield running
    finally:
        running.stop()


@pytest.fixture(autouse=True)
def _cleared(demo: Demo) -> None:
    """No test finds what another one left."""
    demo.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Of each account that has signed in: its cookies."""
    return {}


REFUSED_FRAME = ("frame-ancestors", "X-Frame-Options")
"""What is in the browser's line about a page that may not be framed."""


class Complaints:
    """What a page may never do: throw, write an error to the console, or ask another host."""

    def __init__(self, demo: Demo) -> None:
        self.failed_calls_are_expected = False
        self.refused_frames_are_expected = False
        self._hosts = {urlsplit(address).netloc for address in (demo.address, demo.new_dashboard(""))}
        self._heard: list[str] = []

    def listen(self, page: Page) -> None:
        """Hear what one page has to complain of."""
        page.on("pageerror", lambda error: self._heard.append(f"{error}\n{error.stack}"))
        page.on("console", self._read)
        page.on("request", lambda request: self._follow(request.url))

    def expect_host(self, address: str) -> None:
        """The test has a further host of its own."""
        self._hosts.add(urlsplit(address).netloc)

    def check(self) -> None:
        """Fail if there was anything."""
        assert not self._heard

    def _read(self, message: ConsoleMessage) -> None:
        is_failed_call = message.text.startswith("Failed to load resource")
        if is_failed_call and self.failed_calls_are_expected:
            return
        if self.refused_frames_are_expected and any(reason in message.text for reason in REFUSED_FRAME):
            return
        if message.type in ("error", "warning"):
            self._heard.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _follow(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme not in ("data", "blob") and address.netloc not in self._hosts:
            self._heard.append(f"request to {url}")


@pytest.fixture
def complaints(demo: Demo) -> Iterator[Complaints]:
    """Checked after each test."""
    complaints = Complaints(demo)
    yield complaints
    complaints.check()


@pytest.fixture
def window(demo: Demo, browser: Browser, sessions: dict[str, Any], complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Opens a window in which an account is signed in; named arguments are the browser context's."""
    contexts: list[BrowserContext] = []

    def opened(username: str = "instructor", **options: Any) -> Page:
        if username not in sessions:
            with browser.new_context() as context:
                sign_in(context, demo, username)
                sessions[username] = context.storage_state()
        context = browser.new_context(**{"viewport": WIDE, "storage_state": sessions[username], **options})
        context.set_default_timeout(15_000)
        context.on("page", complaints.listen)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(window: Callable[..., Page]) -> Page:
    """A window in which the Admin of both courses is signed in."""
    return window()


@pytest.fixture
def failing_calls(complaints: Complaints) -> None:
    """The test makes calls fail: the browser's own line about each is no complaint."""
    complaints.failed_calls_are_expected = True


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Calls what starts a download, and answers the file under the name that the browser chose."""

    def save(page: Page, start: Callable[[], Any]) -> Path:
        with page.expect_download() as download:
            start()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    return save
