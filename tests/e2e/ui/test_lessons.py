"""What approving would teach is shown before, and declined with a key."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.domain.learned import FactState
from models.tables.learned import LearnedFactRow
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk

pytestmark = pytest.mark.browser


def test_a_chosen_item_says_what_it_teaches_and_a_key_declines_it(desk: Desk, visit: Visit) -> None:
    visitor = visit("carl")
    case = desk.ids["doubtful"]
    page = open_case(visitor, case)
    strip = page.locator("#lessons")
    expect(strip).to_contain_text("“PO number” is the PO number")        # as it was read
    before = strip.locator("[data-lesson]").count()
    page.locator("#v-lines-3-item").click()
    page.locator("#picker-text").fill("LAMP-230")
    expect(page.locator("#picker-list [role=option]").first).to_contain_text("LAMP-230")
    with saved(page):
        page.keyboard.press("Enter")
    expect(strip.locator("summary")).to_contain_text(f"Approving teaches {before + 1} things")
    strip.locator("summary").focus()
    shown = strip.locator("summary").element_handle()
    page.evaluate("() => { document.dispatchEvent(new CustomEvent('order-drawn')); }")
    shown.wait_for_element_state("hidden")                               # asked for and shown anew
    expect(strip.locator("summary")).to_be_focused()
    page.locator("#sheet").focus()
    page.keyboard.press("t")
    lesson = strip.locator("[data-lesson]").first
    expect(lesson).to_be_focused()
    expect(lesson).to_contain_text("“Packing tape clear 48mm” means LAMP-230")
    page.keyboard.press("Space")
    expect(lesson).to_have_attribute("aria-pressed", "false")
    expect(lesson).to_be_focused()
    with desk.db.read() as db:
        (declined,) = db.execute(select(LearnedFactRow)).scalars()
    assert declined.state is FactState.UNDONE and declined.made_by == "Carl Clerk"
    page.goto("/learned?state=undone")
    expect(page.locator("main")).to_contain_text("means LAMP-230")
    assert visitor.troubles == []
