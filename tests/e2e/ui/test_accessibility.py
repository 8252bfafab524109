"""No page has a serious fault of accessibility, in light and dark (axe-core, WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.desk_sales import sell_and_take_back
from tests.support.pages_of import pages

pytestmark = pytest.mark.browser
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
DIALOGS = {"keys": "?", "ask": "c", "approval": "Shift+A", "later": "s", "talk": "m", "reject": "r"}
"""What a key of the case page opens; the others are opened as they stand in the page."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault(visit: Visit, desk: Desk, scheme: str) -> None:
    visitor = visit("adam")
    visitor.page.emulate_media(color_scheme=scheme)        # type: ignore[arg-type]
    sell_and_take_back(desk)
    found = []
    for name, path in pages(desk.ids).items():
        visitor.page.goto(path)
        found += faults(visitor.page, name)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_dialog_has_a_serious_fault(visit: Visit, desk: Desk, scheme: str) -> None:
    page = visit("adam").page
    page.emulate_media(color_scheme=scheme)        # type: ignore[arg-type]
    found = []
    page.goto("/orders")
    found += open_dialog(page, "keep", lambda: page.locator("[data-do=keep-view]").click())
    page.goto(f"/cases/{desk.ids['doubtful']}")
    expect(page.locator("#order [data-path]").first).to_be_visible()
    for name, key in DIALOGS.items():
        found += open_dialog(page, name, lambda pressed=key: page.keyboard.press(pressed))
    for name in page.locator("dialog[id]").evaluate_all("all => all.map((one) => one.id)"):
        if name not in DIALOGS and name != "pasted":
            found += open_dialog(page, name, lambda of=name: page.evaluate("id => document.getElementById(id).showModal()", of))
    assert found == []


def open_dialog(page: Page, name: str, opened: Callable[[], object]) -> list[tuple[object, ...]]:
    """What is wrong on a page with this dialog open; it is closed again."""
    opened()
    expect(page.locator(f"dialog#{name}")).to_be_visible()
    wrong = faults(page, name)
    page.keyboard.press("Escape")
    expect(page.locator(f"dialog#{name}")).to_be_hidden()
    return wrong


def faults(page: Page, name: str) -> list[tuple[object, ...]]:
    """What is wrong on a page as it stands."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        (name, fault["id"], node["target"], node["failureSummary"][:160])
        for fault in found if fault["impact"] in {"serious", "critical"} for node in fault["nodes"][:3]]


def test_the_sign_in_has_no_serious_fault(visit: Visit) -> None:
    page = visit("adam").page
    page.context.clear_cookies()
    page.goto("/sign-in")
    assert faults(page, "sign-in") == []
