"""A real browser for end-to-end tests: Chromium, headless, with a fresh profile and nothing that calls home."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

EXECUTABLE = Path(os.environ.get("ORDERMILL_TEST_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 30_000
"""How long anything is waited for: only a failing test takes that long, and a busy machine must not be one."""
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser process; every context opened in it is a fresh profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(EXECUTABLE), args=list(ARGUMENTS))
        yield browser
        browser.close()


def new_context(browser: Browser, address: str, *, width: int = 1440, height: int = 900, dark: bool = False) -> BrowserContext:
    """A signed-out visitor of the application at `address`."""
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


class Held:
    """Answers that a slow line keeps back: requests that match wait, the first `count` of them, until they are let go."""

    def __init__(self, page: Page, matches: Callable[[str], bool], count: int = 1) -> None:
        self._page, self._left, self._routes = page, count, list[Route]()
        page.route(matches, self._hold)

    def _hold(self, route: Route) -> None:
        if self._left:
            self._left -= 1
            self._routes.append(route)
        else:
            route.continue_()

    def wait(self, count: int = 1) -> None:
        """Until so many requests are held."""
        while len(self._routes) < count:
            self._page.wait_for_timeout(20)

    def let_go(self, count: int | None = None) -> None:
        """Answer the first of what is held; without a number all, and nothing is held any more."""
        if count is None:
            self._left = 0
        for route in self._routes[:count]:
            route.continue_()
        del self._routes[:count]


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in as a person does, and stand on the queue."""
    page.goto("/sign-in")
    page.get_by_label("User name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
