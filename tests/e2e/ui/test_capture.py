"""Words of the page taken into an item's cell, and a region drawn around words on blank paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from matching.cases import Cases
from models.domain.draft import DraftLine
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk

pytestmark = pytest.mark.browser


def lines_of(desk: Desk) -> tuple[DraftLine, ...]:
    with desk.db.read() as db:
        return Cases(db).draft(desk.ids["doubtful"]).lines


def word(page: Page, text: str) -> Locator:
    return page.locator(f"#sheet .words rect[data-text='{text}']").first


def drag(page: Page, first: Locator, last: Locator, *, margin: float) -> None:
    """From above the first word to below the last, over blank paper."""
    start, end = first.bounding_box(), last.bounding_box()
    assert start and end
    page.mouse.move(start["x"] - margin, start["y"] - margin)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] + margin, end["y"] + end["height"] + margin, steps=3)
    expect(page.locator("#sheet .region")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("#sheet .region")).to_have_count(0)


def test_a_number_captured_into_an_items_cell_is_looked_up_and_taken_with_its_place(desk: Desk, visit: Visit) -> None:
    visitor = visit("carl")
    page = open_case(visitor, desk.ids["doubtful"])
    page.locator("#v-lines-3-item").focus()
    with saved(page):
        word(page, "AC-4471").click()
    expect(page.locator("#v-lines-3-item")).to_contain_text("GLV-100-M")
    expect(page.locator("#picker")).to_be_hidden()
    item = lines_of(desk)[2].item
    assert item is not None and item.value.sku == "GLV-100-M" and len(item.evidence.places) == 1
    assert item.evidence.person == "Carl Clerk"
    page.locator("#v-lines-3-item").focus()
    word(page, "36").click()
    expect(page.locator("#v-lines-3-quantity")).to_be_focused()
    assert visitor.troubles == []


def test_words_that_name_no_single_item_are_searched_for_and_one_is_chosen(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    page.locator("#v-lines-1-item").focus()
    word(page, "tape").click()
    expect(page.locator("#picker-text")).to_have_value("tape")
    expect(page.locator("#picker-list [role=option]").first).to_contain_text("tape")
    with saved(page):
        page.keyboard.press("Enter")
    item = lines_of(desk)[0].item
    assert item is not None and item.value.sku.startswith("TAPE") and item.evidence.places


def test_the_word_at_hand_goes_into_the_item_that_is_asked_about_by_key(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    page.locator("#v-lines-3-item").focus()
    expect(page.locator("#sheet .marks .lit")).not_to_have_count(0)
    page.evaluate("document.querySelector('#sheet .words rect[data-text=\"AC-9082\"]').classList.add('at-word')")
    with saved(page):
        page.keyboard.press("=")
    expect(page.locator("#v-lines-3-item")).to_contain_text("HEX-M8-40")


def test_a_region_drawn_from_blank_paper_takes_the_words_in_it(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    page.locator("#v-ship_to_text").focus()
    with saved(page):
        drag(page, word(page, "12"), word(page, "Linford"), margin=5)
    expect(page.locator("#v-ship_to_text")).to_have_value("12 Harbour Row, 4020 Linford")
    with desk.db.read() as db:
        found = Cases(db).draft(desk.ids["doubtful"]).ship_to_text
    assert found is not None and len(found.evidence.places) == 5
