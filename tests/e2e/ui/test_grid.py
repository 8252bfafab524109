"""Rows and columns of an order by keyboard: each a single change, taken back as one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from matching.cases import Cases
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk

pytestmark = pytest.mark.browser


def rows_are(page: Page, *keys: str) -> None:
    """Wait until the order has these rows in this order."""
    page.wait_for_function(
        "keys => [...document.querySelectorAll('#order [data-line]')].map(row => row.dataset.line).join() === keys",
        arg=",".join(keys))


def press(page: Page, key: str, action: str = "rows") -> None:
    with saved(page, action):
        page.keyboard.press(key)


def test_rows_are_moved_split_and_merged_and_the_cell_keeps_the_focus(desk: Desk, visit: Visit) -> None:
    visitor = visit("carl")
    page = open_case(visitor, desk.ids["price"])
    cell = page.locator("#v-lines-1-quantity")
    cell.focus()
    press(page, "Alt+ArrowDown")
    rows_are(page, "2", "1")
    expect(cell).to_be_focused()
    press(page, "Alt+ArrowUp")
    press(page, "Control+Shift+-")
    rows_are(page, "1", "new-1", "2")
    expect(cell).to_have_value("6")
    expect(page.locator("#v-lines-new-1-quantity")).to_have_value("6")
    press(page, "Control+Shift++")
    rows_are(page, "1", "2")
    expect(cell).to_have_value("12")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#v-lines-2-quantity")).to_be_focused()
    press(page, "Alt+z", "undo")
    rows_are(page, "1", "new-1", "2")
    assert visitor.troubles == []


def test_a_cell_is_filled_from_above_and_all_rows_from_a_cell(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    page.locator("#v-lines-2-quantity").focus()
    press(page, "Control+d")
    expect(page.locator("#v-lines-2-quantity")).to_have_value("12")
    page.locator("#v-lines-1-quantity").fill("7")
    with saved(page, "rows"):
        page.keyboard.press("Control+Shift+D")
    expect(page.locator("#v-lines-3-quantity")).to_have_value("7")
    with desk.db.read() as db:
        lines = Cases(db).draft(desk.ids["doubtful"]).lines
    assert [line.quantity.value for line in lines if line.quantity] == [Decimal(7)] * 3


def test_columns_are_shifted_and_swapped(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["price"])
    page.locator("#v-lines-1-quantity").focus()
    press(page, "Alt+Shift+ArrowDown")
    expect(page.locator("#v-lines-2-quantity")).to_have_value("12")
    expect(page.locator("#v-lines-1-quantity")).to_have_value("")
    press(page, "Alt+z", "undo")
    press(page, "Alt+Shift+ArrowRight")
    expect(page.locator("#v-lines-1-quantity")).to_have_value("7.9")
    expect(page.locator("#v-lines-1-unit_price")).to_have_value("12.00")


def test_a_mouse_finds_the_same_in_the_menu(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["price"])
    page.locator("#v-lines-2-quantity").click()
    page.get_by_text("Rows and columns").click()
    with saved(page, "rows"):
        page.get_by_role("button", name="Move the row up").click()
    rows_are(page, "2", "1")


def test_cells_of_a_spreadsheet_are_shown_and_laid_over_the_rows(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["price"])
    page.locator("#v-lines-1-quantity").focus()
    with saved(page, "pasted"):
        page.evaluate("""() => {
          const data = new DataTransfer();
          data.setData("text/plain", "Qty\\tPrice\\n20\\t7,90\\n30\\t0.115\\n40\\t1.35\\n");
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          document.activeElement.dispatchEvent(event);
        }""")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Column 1 is")).to_have_value("quantity")
    expect(dialog.locator("tbody tr")).to_have_count(3)
    with saved(page, "rows"):
        page.keyboard.press("Enter")
    rows_are(page, "1", "2", "new-1")
    expect(page.locator("#v-lines-2-quantity")).to_have_value("30")
    expect(page.locator("#v-lines-new-1-quantity")).to_have_value("40")


def test_a_row_is_deleted_by_key_and_by_its_button_and_comes_back_by_undo(desk: Desk, visit: Visit) -> None:
    visitor = visit("carl")
    page = open_case(visitor, desk.ids["price"])
    page.locator("#v-lines-1-quantity").focus()
    press(page, "Control+Shift+-")
    rows_are(page, "1", "new-1", "2")
    with saved(page, "rows"):
        page.get_by_role("button", name="Delete line").click()
    rows_are(page, "1", "2")
    press(page, "Alt+z", "undo")
    rows_are(page, "1", "new-1", "2")
    page.locator("#v-lines-new-1-quantity").focus()
    press(page, "Alt+Delete")
    rows_are(page, "1", "2")
    page.locator("#v-lines-2-quantity").focus()
    press(page, "Alt+Delete")
    expect(page.locator("#line-2")).to_have_class("is-out")
    assert visitor.troubles == []
