"""Two people at one case: what one does is seen by the other, and who works keeps the case."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.tables.cases import CaseRow
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def watch(page: Page, path: str) -> None:
    """Open a page that is told of changes, and mark it, so that a reload would be noticed."""
    with page.expect_response("**/events"):          # its headers come once the stream knows from where on it tells
        page.goto(path)
    page.evaluate("document.body.dataset.mark = 'same page'")


def test_what_one_person_types_is_seen_by_another_who_reads_the_case(desk: Desk, visit: Visit) -> None:
    writer = open_case(visit("carl"), desk.ids["doubtful"])
    reader = visit("vera").page
    watch(reader, f"/cases/{desk.ids['doubtful']}")
    writer.locator("#v-po_number").fill("PO-TYPED")
    with saved(writer):
        writer.keyboard.press("Enter")
    expect(reader.locator("#v-po_number")).to_have_value("PO-TYPED")
    expect(reader.locator("body")).to_have_attribute("data-mark", "same page")


def held_until(desk: Desk) -> datetime | None:
    with desk.db.read() as db:
        return db.execute(select(CaseRow.review_until).where(CaseRow.id == desk.ids["doubtful"])).scalar_one()


def test_an_open_case_stays_held_as_long_as_its_page_is_open(desk: Desk, visit: Visit) -> None:
    visitor = visit("carl")
    visitor.page.clock.install()
    page = open_case(visitor, desk.ids["doubtful"])
    first = held_until(desk)
    assert first is not None
    desk.hands.at = desk.now() + timedelta(minutes=1)
    with page.expect_response("**/claim") as beat:
        page.clock.fast_forward(61_000)
    assert beat.value.status == 204
    later = held_until(desk)
    assert later is not None and later > first
