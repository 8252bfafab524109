"""Exceptions and returns are chosen by keys and seen to all at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from models.domain.order_work import ExceptionKind
from oms.exceptions import open_exception
from oms.returns.requests import Wanted, request_return
from tests.e2e.ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.shipments import sell, send

pytestmark = pytest.mark.browser


def choose_two(page: Page) -> None:
    """The first two rows, by J and X."""
    page.locator("#main").click(position={"x": 5, "y": 5})
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("[data-choose]:checked")).to_have_count(2)


def test_exceptions_are_settled_all_at_once_and_taken_up_again_by_keys(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        for n in range(2):
            open_exception(db, kind=ExceptionKind.COMPLIANCE, key=f"x:{n}", code="listed", sentence=f"Name no. {n} is on a list.")
    visitor = visit("carl")
    page = visitor.page
    page.goto("/exceptions")
    choose_two(page)
    page.locator("#many input[name=reason]").focus()
    page.keyboard.type("Another person")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#list [role=status]")).to_contain_text("2 resolved")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator("#list")).to_contain_text("Name no. 1 is on a list.")
    assert visitor.troubles == []


def test_returns_are_approved_all_at_once_by_keys_after_a_question(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        sold = sell(db, [("10", "25.00"), ("4", "9.99")], tax="7.00")
        send(db, sold, [10, 4])
        for line in sold.line_ids:
            request_return(db, order_id=sold.order_id, lines=[Wanted(Decimal(2), line)], reason="Too many.", actor="Ann")
    visitor = visit("anna")
    page = visitor.page
    page.goto("/returns")
    choose_two(page)
    page.get_by_role("button", name="Approve").press("Enter")
    expect(page.locator("#list [role=status]")).to_contain_text("2 approved")
    expect(page.locator("[data-choose]:checked")).to_have_count(0)
    assert visitor.troubles == ["dialog: Approve the chosen returns, without a fee? The customers are told."]
