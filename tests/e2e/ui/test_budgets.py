"""How many keys the usual cases cost. No mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from matching.cases import Cases
from models.domain.pages import SourceFormat
from models.domain.reading import DocumentType
from models.domain.states import CaseState
from tests.e2e.ui.conftest import BOTH, Visit
from tests.e2e.ui.test_review import open_case, saved, state_of
from tests.support.desk import Desk
from tests.support.desk_cases import add_bolts, add_document, add_message, add_pdf_case, match, order_reading
from tests.support.desk_cases import open_case as store_case
from tests.support.desk_documents import make_pdf

pytestmark = pytest.mark.browser
CLEAN = (
    ("10", "AC-4471", "Nitrile gloves size M", "12", "BX", "7.90"),
    ("20", "AC-9082", "Hex bolt M8x40 zn", "500", "C62", "0.1150"))


class Keys:
    """A keyboard that counts. Text typed into a field counts as none: it must be typed anywhere."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str, *, waits_for: str | None = None) -> None:
        self.pressed += 1
        if waits_for is None:
            self.page.keyboard.press(key)
            return
        with saved(self.page, waits_for):
            self.page.keyboard.press(key)


def approved(desk: Desk, page: Page, case_id: int) -> None:
    page.wait_for_url(f"**?after={case_id}")
    assert state_of(desk, case_id) is CaseState.APPROVED


@BOTH
def test_a_clean_order_costs_one_key(desk: Desk, visit: Visit) -> None:
    case_id = add_pdf_case(desk, "PO-90001", CLEAN, state=CaseState.NEEDS_REVIEW)
    keys = Keys(open_case(visit("anna"), case_id))
    keys.press("a")
    approved(desk, keys.page, case_id)
    assert keys.pressed == 1


def test_a_key_held_down_too_long_approves_one_order_and_not_the_next(desk: Desk, visit: Visit) -> None:
    for n in (7, 8):
        add_pdf_case(desk, f"PO-9000{n}", CLEAN, state=CaseState.NEEDS_REVIEW)
    page = open_case(visit("anna"), desk.ids["clean"])
    page.keyboard.down("a")
    page.wait_for_url(f"**?after={desk.ids['clean']}")
    page.locator("#sheet [data-word]").first.wait_for(state="attached")
    following = int(page.locator("#case").get_attribute("data-case") or 0)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if r.method == "POST" else None)
    page.keyboard.down("a")                              # the keyboard repeats it
    page.keyboard.up("a")
    page.keyboard.press("h")
    expect(page.locator("#history")).to_be_visible()
    assert [url for url in asked if url.endswith("/approve")] == []
    page.keyboard.press("a")
    approved(desk, page, following)


@BOTH
def test_an_unmatched_line_whose_item_is_among_the_candidates_costs_two(desk: Desk, visit: Visit) -> None:
    case_id = add_pdf_case(desk, "PO-90002", (*CLEAN, ("30", "", "Packing tape 48 mm", "36", "RO", "1.35")))
    keys = Keys(open_case(visit("anna"), case_id))
    right = keys.page.locator("#rail [data-question][aria-current] [data-choice='TAPE-48-B'] kbd")
    keys.press(right.inner_text(), waits_for="corrections")
    expect(keys.page.locator("#v-lines-3-item")).to_contain_text("TAPE-48-B")
    keys.press("a")
    approved(desk, keys.page, case_id)
    assert keys.pressed == 2


@BOTH
def test_a_misread_field_costs_enter_the_value_and_approve(desk: Desk, visit: Visit) -> None:
    case_id = add_read_case(desk, "PO-90003", CLEAN, [None, "500"])
    keys = Keys(open_case(visit("anna"), case_id))
    keys.press("Enter")
    expect(keys.page.locator("#v-lines-1-quantity")).to_be_focused()
    keys.page.keyboard.type("12")
    keys.press("Control+Enter")
    approved(desk, keys.page, case_id)
    assert keys.pressed == 2
    with desk.db.read() as db:
        quantity = Cases(db).draft(case_id).lines[0].quantity
    assert quantity is not None and quantity.value == 12


@BOTH
def test_forty_lines_with_a_shifted_column_cost_at_most_six(desk: Desk, visit: Visit) -> None:
    counts = [str(n + 2) for n in range(40)]
    with desk.db.write() as db:
        parts = add_bolts(db, desk.ids["C-1001"], 40)
    rows = [
        (str(10 * n), part, f"Shoulder bolt number {n}", count, "C62", "1.00")
        for n, (part, count) in enumerate(zip(parts, counts, strict=True), 1)]
    case_id = add_read_case(desk, "PO-90004", rows, [None, *counts[:-1]])
    keys = Keys(open_case(visit("anna"), case_id))
    keys.press("Enter")
    expect(keys.page.locator("#v-lines-1-quantity")).to_be_focused()
    keys.press("Alt+Shift+ArrowUp", waits_for="rows")
    expect(keys.page.locator("#v-lines-1-quantity")).to_have_value("2")
    keys.press("Enter")
    expect(keys.page.locator("#v-lines-40-quantity")).to_be_focused()
    keys.page.keyboard.type(counts[-1])
    keys.press("Control+Enter")
    approved(desk, keys.page, case_id)
    assert keys.pressed <= 6
    with desk.db.read() as db:
        found = [str(line.quantity.value) for line in Cases(db).draft(case_id).lines if line.quantity]
    assert found == counts


@BOTH
def test_an_amended_order_with_three_changed_lines_costs_at_most_four(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        parts = add_bolts(db, desk.ids["C-1001"], 5)
    rows = [(str(n), part, f"Shoulder bolt number {n}", str(10 * n), "C62", "1.00") for n, part in enumerate(parts, 1)]
    add_pdf_case(desk, "PO-90005", rows)
    amended = [(no, part, text, str(int(count) + 5), uom, price) for no, part, text, count, uom, price in rows[:3]]
    case_id = add_read_case(
        desk, "PO-90005", amended, [row[3] for row in amended], kind=DocumentType.ORDER_CHANGE)
    keys = Keys(open_case(visit("anna"), case_id))
    expect(keys.page.locator(".changes tbody tr")).to_have_count(3)
    expect(keys.page.locator(".changes ins").first).to_have_text("15 pieces")
    keys.press("a")
    approved(desk, keys.page, case_id)
    assert keys.pressed <= 4


def test_one_line_of_a_change_is_kept_as_it_was(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        parts = add_bolts(db, desk.ids["C-1001"], 3)
    rows = [(str(n), part, f"Shoulder bolt number {n}", str(10 * n), "C62", "1.00") for n, part in enumerate(parts, 1)]
    add_pdf_case(desk, "PO-90006", rows)
    amended = [rows[0], *((no, part, text, str(int(count) + 5), uom, price) for no, part, text, count, uom, price in rows[1:])]
    case_id = add_read_case(desk, "PO-90006", amended, [row[3] for row in amended], kind=DocumentType.ORDER_CHANGE)
    page = open_case(visit("anna"), case_id)
    expect(page.locator(".changes tbody tr")).to_have_count(2)
    with saved(page, "rows"):
        page.get_by_role("button", name="Keep as it was").first.click()
    expect(page.locator(".changes tbody tr")).to_have_count(1)
    expect(page.locator("#v-lines-2-quantity")).to_have_value("20")
    expect(page.locator("#v-lines-3-quantity")).to_have_value("35")


def add_read_case(
    desk: Desk, po_number: str, rows: Sequence[Sequence[str]], quantities: Sequence[str | None],
    kind: DocumentType = DocumentType.PURCHASE_ORDER
) -> int:
    """A case whose quantities were read as these, whatever stands on the paper; nothing else is in doubt."""
    content, pages = make_pdf(po_number, rows)
    reading = order_reading(po_number, pages, rows)
    reading = replace(reading, doc_type=replace(reading.doc_type, value=kind))
    by_count = {str(line.quantity.value): line.quantity for line in reading.lines if line.quantity}
    lines = tuple(
        replace(line, quantity=by_count[count] if count else None) for line, count in zip(reading.lines, quantities, strict=True))
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject=f"Order {po_number}")
        document_id = add_document(desk, db, message_id, content, pages, name=f"{po_number}.pdf", format=SourceFormat.PDF)
        case_id = store_case(desk, db, message_id, document_id, replace(reading, lines=lines))
    match(desk, case_id)
    return case_id
