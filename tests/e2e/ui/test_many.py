"""Exceptions are chosen by keys and settled all at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from models.domain.order_work import ExceptionKind
from oms.exceptions import open_exception
from tests.e2e.ui.conftest import Visit
from tests.support.desk import Desk

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
