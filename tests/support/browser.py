"""A real browser for end-to-end tests: Chromium, headless, with a fresh profile and nothing that calls home."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

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
PATIENCE_MS = 10_000


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


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in as a person does, and stand on the queue."""
    page.goto("/sign-in")
    page.get_by_label("User name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
