"""A browser that dies in the middle of a word: what was typed is there for the next person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from runtime.clock import now
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case
from tests.support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_what_was_typed_survives_a_killed_page_and_a_lost_network(desk: Desk, visit: Visit) -> None:
    case_id = desk.ids["price"]
    first = visit("anna")
    page = open_case(first, case_id)
    page.locator("#v-lines-1-quantity").fill("")
    with page.expect_response(lambda r: r.url.endswith("/unsaved") and r.request.post_data is not None
                              and "value=77" in r.request.post_data):
        page.locator("#v-lines-1-quantity").press_sequentially("77")
    page.context.set_offline(True)
    page.locator("#v-lines-1-quantity").press_sequentially("5")
    kept = page.evaluate(f"localStorage.getItem('unsaved:{case_id}')")
    assert '"775"' in kept
    page.context.set_offline(False)
    with page.expect_response(lambda r: r.url.endswith("/unsaved") and r.request.post_data is not None
                              and "value=775" in r.request.post_data):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.context.close()                                        # no page is asked whether it wants to

    desk.hands.at = now() + timedelta(minutes=6)                # the lease is over, whether the page could still let go or not
    adam = visit("adam")
    adam.page.goto(f"/cases/{case_id}")
    unsaved = adam.page.locator("#unsaved")
    expect(unsaved).to_contain_text("775")
    expect(unsaved).to_contain_text("Anna Approver")
    unsaved.get_by_role("button", name="Save").click()
    expect(adam.page.locator("#v-lines-1-quantity")).to_have_value("775")
    expect(unsaved).to_have_count(0)
    assert adam.troubles == [] and [t for t in first.troubles if not t.startswith("outside")] == []
