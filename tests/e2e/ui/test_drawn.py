"""A page whose table was not found: it is drawn by keyboard or mouse, its rows are seen, taken, and taken back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from matching.cases import Cases
from models.domain.pages import SourceFormat
from tests.e2e.ui.conftest import Visit, Visitor
from tests.e2e.ui.test_review import open_case, saved
from tests.support.browser import Held
from tests.support.desk import Desk
from tests.support.desk_cases import add_document, add_message, match, order_reading
from tests.support.desk_cases import open_case as add_case
from tests.support.desk_documents import make_pdf

pytestmark = pytest.mark.browser
TABLE = (50.0, 188.0, 560.0, 275.0)
"""Where `make_pdf` prints its rows, with the titles, in points."""


@pytest.fixture
def unread(desk: Desk) -> int:
    """A case whose page has a table that was not read."""
    content, pages = make_pdf("PO-55500")
    with desk.db.write() as db:
        message = add_message(desk, db, subject="Order PO-55500")
        document = add_document(desk, db, message, content, pages, name="order.pdf", format=SourceFormat.PDF)
        case = add_case(desk, db, message, document, replace(order_reading("PO-55500", pages), lines=()))
    match(desk, case)
    return case


def previewed(page: Page) -> object:
    return page.expect_response("**/drawn/preview")


def heads(page: Page) -> list[str]:
    return [select.input_value() for select in page.locator("#drawn select").all()]


def drag(page: Page, box: tuple[float, float, float, float]) -> None:
    """Drag over a part of the page, in points."""
    left, top, right, bottom = box
    picture = page.locator("#sheet svg")
    picture.scroll_into_view_if_needed()
    place = picture.bounding_box()
    width = picture.evaluate("svg => svg.viewBox.baseVal.width")
    assert place is not None
    scale = place["width"] / width
    page.mouse.move(place["x"] + left * scale, place["y"] + top * scale)
    page.mouse.down()
    page.mouse.move(place["x"] + right * scale, place["y"] + bottom * scale, steps=5)
    page.mouse.up()


def drawn_by_mouse(visitor: Visitor, case: int) -> tuple[Page, Locator]:
    page = open_case(visitor, case)
    page.locator("[data-do=draw]").click()
    with previewed(page):
        drag(page, TABLE)
    rows = page.locator("#drawn tbody tr")
    expect(rows).to_have_count(3)
    return page, rows


def test_a_table_is_drawn_by_mouse_and_its_rows_become_lines_with_their_places(desk: Desk, visit: Visit, unread: int) -> None:
    visitor = visit("carl")
    page, _ = drawn_by_mouse(visitor, unread)
    assert heads(page) == ["", "buyer_sku", "description", "quantity", "uom", "unit_price", ""]
    with saved(page, "drawn"):
        page.get_by_role("button", name="Take the rows").click()
    expect(page.locator("#drawn")).to_be_hidden()
    expect(page.locator("#order [data-line]")).to_have_count(3)
    page.locator("#v-lines-new-1-quantity").focus()
    expect(page.locator("#sheet .marks .lit")).to_have_count(1)
    with desk.db.read() as db:
        lines = Cases(db).draft(unread).lines
    assert [line.quantity.value for line in lines if line.quantity] == [Decimal(12), Decimal(500), Decimal(36)]
    assert [line.item.value.sku for line in lines if line.item] == ["GLV-100-M", "HEX-M8-40", "TAPE-48"]
    assert lines[0].quantity and lines[0].quantity.evidence.places and lines[0].quantity.evidence.person == "Carl Clerk"
    page.locator("#sheet").focus()
    with saved(page, "undo"):
        page.keyboard.press("z")
    expect(page.locator("#order [data-line]")).to_have_count(0)
    assert visitor.troubles == []


def test_a_table_is_drawn_with_the_keyboard_alone_and_digits_say_what_columns_hold(
    desk: Desk, visit: Visit, unread: int
) -> None:
    visitor = visit("carl")
    page = open_case(visitor, unread)
    with previewed(page):
        page.keyboard.press("d")
    expect(page.locator("#drawn-grip")).to_be_focused()
    for key, times in (("Shift+ArrowDown", 19), ("ArrowUp", 2)):
        with previewed(page):
            for _ in range(times):
                page.keyboard.press(key)
    expect(page.locator("#drawn tbody tr")).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.locator("#drawn select").first).to_be_focused()
    with previewed(page):
        page.keyboard.type("0134567")                # the line number and the amount are left out … as a discount, for now
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    with previewed(page):
        page.keyboard.press("0")
    assert heads(page) == ["", "buyer_sku", "description", "quantity", "uom", "unit_price", ""]
    with saved(page, "drawn"):
        page.keyboard.press("Enter")
    expect(page.locator("#order [data-line]")).to_have_count(3)
    assert visitor.troubles == []


def test_lines_between_columns_are_moved_taken_away_and_drawn(visit: Visit, unread: int) -> None:
    page, _ = drawn_by_mouse(visit("carl"), unread)
    page.locator("#drawn select").nth(1).focus()
    with previewed(page):
        page.keyboard.press("Delete")
    expect(page.locator("#drawn select")).to_have_count(6)
    expect(page.locator("#drawn tbody tr").first.locator("td").first).to_have_text("10 AC-4471")
    with previewed(page):
        page.keyboard.press("+")
    expect(page.locator("#drawn select")).to_have_count(7)
    page.keyboard.press("Escape")
    expect(page.locator("#drawn")).to_be_hidden()
    expect(page.locator("#sheet .drawn")).to_have_count(0)


def test_the_drawn_rows_take_the_place_of_the_lines_there_are(desk: Desk, visit: Visit) -> None:
    case = desk.ids["price"]
    page = open_case(visit("carl"), case)
    with previewed(page):
        page.keyboard.press("d")
    with previewed(page):
        drag(page, TABLE)
    expect(page.locator("#drawn tbody tr")).to_have_count(2)
    late = Held(page, lambda url: url.endswith("/preview"))
    page.locator("#drawn select").nth(1).focus()
    page.keyboard.press("Shift+ArrowLeft")                       # what is read then comes late
    late.wait()
    page.get_by_label("Instead of the lines there are").check()
    page.locator("#drawn select").nth(2).focus()
    shown = page.locator("#drawn-body .drawn-head").element_handle()
    late.let_go()
    shown.wait_for_element_state("hidden")                       # drawn anew
    expect(page.get_by_label("Instead of the lines there are")).to_be_checked()
    expect(page.locator("#drawn select").nth(2)).to_be_focused()
    with saved(page, "drawn"):
        page.keyboard.press("Enter")
    expect(page.locator("#order [data-line]:not(.is-out)")).to_have_count(2)
    expect(page.locator("#order [data-line].is-out")).to_have_count(2)
