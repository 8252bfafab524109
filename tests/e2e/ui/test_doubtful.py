"""Characters that two readings disagree about: underlined in the value, the other reading offered, taken by a key."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from matching.cases import Cases
from models.domain.evidence import SAME_INK, Candidate
from models.domain.pages import SourceFormat
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk
from tests.support.desk_cases import add_document, add_message, match, order_reading
from tests.support.desk_cases import open_case as add_case
from tests.support.desk_documents import ROWS, make_pdf

pytestmark = pytest.mark.browser


@pytest.fixture
def two_ways(desk: Desk) -> int:
    """A case with a quantity that the second reader read in another way."""
    content, pages = make_pdf("PO-55600", ROWS[:1])
    reading = order_reading("PO-55600", pages, ROWS[:1], sure=0.7)
    quantity = reading.lines[0].quantity
    assert quantity is not None
    other = Candidate(Decimal(72), 0.3, replace(quantity.evidence, note=SAME_INK))
    lines = (replace(reading.lines[0], quantity=replace(quantity, candidates=(other,))),)
    with desk.db.write() as db:
        message = add_message(desk, db, subject="Order PO-55600")
        document = add_document(desk, db, message, content, pages, name="order.pdf", format=SourceFormat.PDF)
        case = add_case(desk, db, message, document, replace(reading, lines=lines))
    match(desk, case)
    return case


def test_the_doubtful_character_is_underlined_and_a_key_takes_the_other_reading(
    desk: Desk, visit: Visit, two_ways: int
) -> None:
    visitor = visit("carl")
    page = open_case(visitor, two_ways)
    value = page.locator(".value:has(#v-lines-1-quantity)")
    expect(value.locator(".ink u")).to_have_text("1")
    underlined, field = value.locator(".ink u").bounding_box(), page.locator("#v-lines-1-quantity").bounding_box()
    assert underlined and field and field["x"] < underlined["x"] < field["x"] + field["width"]
    expect(page.get_by_role("button", name="Quantity: or 72?")).to_be_visible()
    page.locator("#v-lines-1-quantity").focus()
    with saved(page):
        page.keyboard.press("Alt+v")
    expect(page.locator("#v-lines-1-quantity")).to_have_value("72")
    expect(page.locator(".ink")).to_have_count(0)
    with desk.db.read() as db:
        (line,) = Cases(db).draft(two_ways).lines
    assert line.quantity is not None and line.quantity.value == Decimal(72)
    assert visitor.troubles == []
