"""Every field of the order and of a line, shown when asked for: by key, typed, captured, found on the page, and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from matching.cases import Cases
from models.domain.draft import DraftLine
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk

pytestmark = pytest.mark.browser


def first_line(desk: Desk, case_id: int) -> DraftLine:
    with desk.db.read() as db:
        return Cases(db).draft(case_id).lines[0]


def open_first_line(page: Page) -> None:
    """By keyboard, from its item."""
    page.locator("#v-lines-1-item").focus()
    page.keyboard.press("o")
    expect(page.locator("#v-lines-1-description")).to_be_focused()


def test_a_line_opens_by_a_key_and_each_of_its_fields_is_typed_saved_and_undone(desk: Desk, visit: Visit) -> None:
    visitor, case_id = visit("carl"), desk.ids["doubtful"]
    page = open_case(visitor, case_id)
    open_first_line(page)
    typed = {"description": "Gloves, medium", "buyer_sku": "AC-4471", "supplier_sku": "GLV-100-M", "gtin": "4006381333931",
             "mpn": "N-1", "requested_date": "2026-12-24", "discount": "5", "amount": "94.80"}
    expect(page.locator("#v-lines-1-line_no")).to_be_visible()
    for name, text in typed.items():
        cell = page.locator(f"#v-lines-1-{name}")
        expect(cell).to_be_focused()
        if cell.input_value() == text:
            page.keyboard.press("Tab")
            continue
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        with saved(page):
            page.keyboard.press("Tab")
        expect(cell).to_have_value(text)
    line = first_line(desk, case_id)
    assert line.discount and line.discount.value == Decimal(5) and line.description and line.description.value == "Gloves, medium"
    assert line.requested_date and line.requested_date.value.isoformat() == "2026-12-24"
    page.keyboard.press("Alt+o")
    expect(page.locator("#v-lines-1-description")).to_have_count(0)
    expect(page.locator("#v-lines-1-item")).to_be_focused()
    expect(page.locator("#line-1")).to_contain_text("5 % discount")
    with saved(page, "undo"):
        page.keyboard.press("z")
    open_first_line(page)
    expect(page.locator("#v-lines-1-discount")).to_have_value("5")
    assert visitor.troubles == []


def test_a_field_of_an_open_line_lights_its_place_and_takes_a_word_of_the_page(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    open_first_line(page)
    expect(page.locator("#sheet .marks .lit")).not_to_have_count(0)
    page.locator("#v-lines-1-requested_date").focus()
    with saved(page):
        page.locator("#sheet rect[data-text='2026-11-20']").click()
    expect(page.locator("#v-lines-1-requested_date")).to_have_value("2026-11-20")
    found = first_line(desk, desk.ids["doubtful"]).requested_date
    assert found is not None and len(found.evidence.places) == 1


def test_a_click_on_the_place_of_a_field_that_is_not_shown_opens_its_line(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    expect(page.locator("#v-lines-1-description")).to_have_count(0)
    page.locator("#sheet .marks rect[data-feeds='lines.1.description']").first.dispatch_event("click")
    expect(page.locator("#v-lines-1-description")).to_be_focused()


def test_empty_fields_of_the_order_open_by_a_key_and_are_filled_from_the_page(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    expect(page.locator("#v-total")).to_be_visible()
    expect(page.locator("#v-payment_terms")).to_be_visible()
    expect(page.locator("#v-notes")).to_have_count(0)
    page.locator("h1").click()
    page.keyboard.press("f")
    expect(page.locator("#v-delivery_terms")).to_be_focused()
    for name in ("notes", "bill_to_text", "revision", "urgency"):
        expect(page.locator(f"#v-{name}")).to_be_visible()
    page.keyboard.type("DAP")
    with saved(page):
        page.keyboard.press("Tab")
    page.locator("#v-bill_to_text").focus()
    with saved(page):
        page.locator("#sheet rect[data-text='Linford']").click()
    with desk.db.read() as db:
        draft = Cases(db).draft(desk.ids["doubtful"])
    assert draft.delivery_terms and draft.delivery_terms.value == "DAP"
    assert draft.bill_to_text and draft.bill_to_text.value == "Linford" and draft.bill_to_text.evidence.places
    expect(page.locator("#v-notes")).to_be_visible()
    page.keyboard.press("Alt+f")
    expect(page.locator("#v-notes")).to_have_count(0)
    expect(page.locator("#v-delivery_terms")).to_have_value("DAP")


def test_a_viewer_reads_the_further_fields_and_changes_none(desk: Desk, visit: Visit) -> None:
    page = visit("vera").page
    page.goto(f"/cases/{desk.ids['doubtful']}")
    page.locator("#line-1 [data-do=line-details]").click()
    expect(page.locator("#v-lines-1-description")).to_be_focused()
    expect(page.locator("#v-lines-1-description")).to_have_attribute("readonly", "")
