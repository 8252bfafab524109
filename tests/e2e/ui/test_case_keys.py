"""Keys of the case page beyond approving: reasons, readings, words of the page, postponing, taking one value back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from matching.cases import Cases
from models.domain.draft import Draft
from models.domain.evidence import Candidate
from models.domain.states import CaseState
from models.tables.cases import CaseRow, DraftRow
from models.tables.people import UserRow
from runtime.codec import to_json
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_review import open_case, saved
from tests.support.desk import Desk

pytestmark = pytest.mark.browser


def draft_of(desk: Desk, case_id: int) -> Draft:
    with desk.db.read() as db:
        return Cases(db).draft(case_id)


def test_their_price_stands_with_a_reason_that_is_kept_as_its_proof(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["price"])
    page.keyboard.press("Shift+P")
    expect(page.get_by_role("dialog")).to_contain_text("We quoted this price")
    with saved(page):
        page.keyboard.press("2")
    expect(page.locator("#rail .clean")).to_be_visible()
    price = draft_of(desk, desk.ids["price"]).lines[1].unit_price
    assert price is not None and price.value == Decimal("0.124")
    assert (price.evidence.person, price.evidence.note) == ("Carl Clerk", "We quoted this price (quoted)")


def test_u_takes_the_other_reading_of_the_unit(desk: Desk, visit: Visit) -> None:
    case_id = desk.ids["price"]
    draft = draft_of(desk, case_id)
    first = draft.lines[0]
    assert first.uom is not None
    doubled = replace(first, uom=replace(first.uom, candidates=(Candidate("CS", 0.3, first.uom.evidence),)))
    with desk.db.write() as db:
        row = db.get(DraftRow, (case_id, 1))
        assert row is not None
        row.content = to_json(replace(draft, lines=(doubled, *draft.lines[1:])))
    page = open_case(visit("carl"), case_id)
    page.locator("#v-lines-1-item").focus()
    with saved(page):
        page.keyboard.press("u")
    found = draft_of(desk, case_id).lines[0]
    assert found.uom is not None and found.uom.value == "CS" and found.base_quantity == 144


def test_words_are_walked_and_taken_without_a_mouse(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["price"])
    page.locator("#v-po_number").focus()
    page.keyboard.press("Alt+]")
    expect(page.locator("#sheet .at-word")).to_have_count(1)
    word = page.locator("#sheet .at-word").get_attribute("data-text")
    page.keyboard.press("Alt+]")
    page.keyboard.press("Alt+[")
    with saved(page):
        page.keyboard.press("Alt+=")
    expect(page.locator("#v-po_number")).to_have_value(word or "?")
    found = draft_of(desk, desk.ids["price"]).po_number
    assert found is not None and found.value == word and len(found.evidence.places) == 1


def test_a_question_that_is_put_off_comes_last_and_stays_there(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    current = page.locator("#rail [data-question][aria-current]")
    first = current.get_attribute("id")
    page.keyboard.press("l")
    assert current.get_attribute("id") != first
    page.reload()
    page.locator("#sheet [data-word]").first.wait_for(state="attached")
    expect(page.locator("#rail .is-later")).to_have_attribute("id", first or "?")
    assert current.get_attribute("id") != first
    page.keyboard.press("Shift+Enter")
    expect(current).to_have_attribute("id", first or "?")


def test_one_value_goes_back_from_the_history_and_the_others_stay(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["price"])
    for field, value in (("#v-lines-1-quantity", "15"), ("#v-lines-2-quantity", "600")):
        page.locator(field).fill(value)
        with saved(page):
            page.keyboard.press("Tab")
    page.locator("h1").click()
    page.keyboard.press("h")
    row = page.locator("#history tr", has_text="Line 10 · Quantity")
    expect(row).to_contain_text("15")
    with saved(page, "revert"):
        row.get_by_role("button", name="Revert").click()
    expect(page.locator("#v-lines-1-quantity")).to_have_value("12")
    expect(page.locator("#v-lines-2-quantity")).to_have_value("600")
    expect(page.locator("#history")).to_be_visible()


def test_a_case_is_tagged_untagged_and_given_to_somebody_from_its_page(desk: Desk, visit: Visit) -> None:
    visitor, case_id = visit("carl"), desk.ids["price"]
    page = open_case(visitor, case_id)
    page.keyboard.press("w")
    page.get_by_label("Tag").focus()
    page.keyboard.type("call back")
    with saved(page, "tag"):
        page.keyboard.press("Enter")
    chip = page.locator("#order .title .tag")
    expect(chip).to_contain_text("# call back")
    with saved(page, "tag"):
        chip.get_by_role("button").click()
    expect(chip).to_have_count(0)
    page.keyboard.press("w")
    page.get_by_label("Who reviews this case").select_option(label="Anna Approver")
    page.get_by_role("button", name="Give it to them").press("Enter")
    page.wait_for_url("**/*after=*")
    with desk.db.read() as db:
        given = select(CaseRow.state, UserRow.name).outerjoin(UserRow, UserRow.id == CaseRow.reviewer_id)
        row = db.execute(given.where(CaseRow.id == case_id)).one()
    assert (row.state, row.name) == (CaseState.NEEDS_REVIEW, "Anna Approver")
    assert visitor.troubles == []
