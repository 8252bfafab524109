"""A reviewer's day, as a reviewer sees it: keyboard, page, evidence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matching.cases import Cases
from models.domain.states import CaseState
from models.tables.cases import CaseRow
from tests.e2e.ui.conftest import BOTH, Visit, Visitor
from tests.support.browser import Held
from tests.support.desk import Desk

pytestmark = pytest.mark.browser


def state_of(desk: Desk, case_id: int) -> CaseState:
    with desk.db.read() as db:
        return db.execute(select(CaseRow.state).where(CaseRow.id == case_id)).scalar_one()


def open_case(visitor: Visitor, case_id: int) -> Page:
    """Open a case and wait until it is ours and its page stands."""
    with visitor.page.expect_response(f"**/cases/{case_id}/claim") as claimed:
        visitor.page.goto(f"/cases/{case_id}")
    assert claimed.value.status == 204
    visitor.page.locator("#sheet [data-word]").first.wait_for(state="attached")
    return visitor.page


def saved(page: Page, action: str = "corrections") -> object:
    """Wait for a change to be drawn."""
    return page.expect_response(lambda r: r.url.endswith(f"/{action}") and r.request.method == "POST")


@BOTH
def test_a_case_is_taken_answered_and_approved_with_the_keyboard_alone(desk: Desk, visit: Visit) -> None:
    visitor = visit("anna", by_form=True)
    page = visitor.page
    expect(page.locator("tbody tr").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("PO-77122")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{desk.ids['price']}")
    rail = page.locator("#rail [data-question]")
    questions = rail.count()
    assert questions >= 1
    for left in range(questions, 0, -1):
        expect(rail).to_have_count(left)
        with saved(page):
            page.keyboard.press("1")
    expect(page.locator("#rail .clean")).to_be_visible()
    page.keyboard.press("a")
    page.wait_for_url("**/cases/*?after=*")
    assert state_of(desk, desk.ids["price"]) is CaseState.APPROVED
    assert desk.hands.nudges == 1
    expect(page.locator("#notices")).to_contain_text("PO-77122")
    assert visitor.troubles == []


def test_focus_on_a_value_lights_its_place_and_a_click_on_the_place_selects_the_value(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    page.locator("#v-po_number").focus()
    expect(page.locator("#sheet .marks .lit")).to_have_count(1)
    expect(page.locator("#evidence")).to_contain_text("Read on page 1: “PO-77120”")
    page.locator("h1").click()
    page.locator("#sheet rect[data-text='2026-11-20']").click()
    expect(page.locator("#v-order_date")).to_be_focused()


def test_a_word_clicked_while_a_field_has_the_focus_becomes_its_value_with_its_place_as_proof(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    page.locator("#v-requested_date").focus()
    with saved(page):
        page.locator("#sheet rect[data-text='2026-11-20']").click()
    expect(page.locator("#v-requested_date")).to_have_value("2026-11-20")
    with desk.db.read() as db:
        found = Cases(db).draft(desk.ids["doubtful"]).requested_date
    assert found is not None and found.evidence.person == "Anna Approver"
    assert found.evidence.document_id is not None and len(found.evidence.places) == 1


def test_several_words_are_taken_by_dragging_over_them(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    page.locator("#v-ship_to_text").focus()
    first, last = page.locator("#sheet rect[data-text='Harbour']"), page.locator("#sheet rect[data-text='Linford']")
    start, end = first.bounding_box(), last.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 2, start["y"] + 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 2, end["y"] + 2)
    with saved(page):
        page.mouse.up()
    expect(page.locator("#v-ship_to_text")).to_have_value("Harbour Row, 4020 Linford")


@BOTH
def test_typing_tabbing_and_undoing(desk: Desk, visit: Visit) -> None:
    case_id = desk.ids["doubtful"]
    page = open_case(visit("anna"), case_id)
    page.locator("#v-lines-1-quantity").fill("15")
    with saved(page):
        page.keyboard.press("Tab")
    expect(page.locator("#line-1")).to_contain_text("118.50")
    page.locator("h1").click()
    with saved(page, "undo"):
        page.keyboard.press("z")
    expect(page.locator("#v-lines-1-quantity")).to_have_value("12")
    with desk.db.read() as db:
        quantity = Cases(db).draft(case_id).lines[0].quantity
    assert quantity is not None and quantity.value == Decimal(12)


def test_a_german_reviewer_types_numbers_in_german(desk: Desk, visit: Visit) -> None:
    case_id = desk.ids["doubtful"]
    visitor = visit("anna")
    visitor.page.context.set_extra_http_headers({"Accept-Language": "de"})
    page = open_case(visitor, case_id)
    page.locator("#v-lines-1-quantity").fill("1.234,5")
    with saved(page):
        page.keyboard.press("Tab")
    expect(page.locator("#v-lines-1-quantity")).to_have_value("1234,5")
    with desk.db.read() as db:
        quantity = Cases(db).draft(case_id).lines[0].quantity
    assert quantity is not None and quantity.value == Decimal("1234.5")


def test_a_value_that_cannot_be_is_refused_and_what_was_typed_stays(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    page.locator("#v-lines-1-quantity").fill("a dozen")
    with saved(page):
        page.keyboard.press("Tab")
    expect(page.locator("#notices")).to_contain_text("is no number")
    expect(page.locator("#v-lines-1-quantity")).to_have_value("a dozen")
    page.locator("h1").click()
    page.keyboard.press("a")
    expect(page.locator("#notices")).to_contain_text("not saved yet")
    assert state_of(desk, desk.ids["doubtful"]) is CaseState.IN_REVIEW


@BOTH
def test_the_catalogue_is_searched_in_place(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["price"])
    page.locator("#v-lines-2-quantity").focus()
    page.keyboard.press("Alt+/")
    expect(page.locator("#picker-text")).to_be_focused()
    page.keyboard.type("M10")
    expect(page.locator("#picker-list [role=option]").first).to_contain_text("HEX-M10-40")
    with saved(page):
        page.keyboard.press("Enter")
    expect(page.locator("#v-lines-2-item")).to_contain_text("HEX-M10-40")


def test_enter_takes_what_was_typed_though_its_candidates_are_still_on_their_way(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["price"])
    page.locator("#v-lines-2-quantity").focus()
    page.keyboard.press("Alt+/")
    expect(page.locator("#picker-list [role=option]").first).to_be_attached()        # candidates of nothing typed
    late = Held(page, lambda url: "text=M10" in url)
    page.keyboard.type("M10")
    late.wait()
    page.keyboard.press("Enter")
    with saved(page):
        late.let_go()
    expect(page.locator("#v-lines-2-item")).to_contain_text("HEX-M10-40")


def test_the_page_asked_for_last_is_shown_though_another_comes_in_later(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    late = Held(page, lambda url: url.endswith("/pages/1"))
    page.locator("#pages [data-page='1']").click()
    late.wait()
    page.locator("#v-po_number").focus()                         # its place is on the page that stands
    expect(page.locator("#sheet .marks .lit")).to_have_count(1)
    with page.expect_response("**/pages/1"):
        late.let_go()
    page.locator("#pages [data-page='2']").click()
    expect(page.locator("#pages [data-page='2']")).to_have_attribute("aria-current", "true")
    page.locator("#pages [data-page='0']").click()
    expect(page.locator("#pages [data-page='0']")).to_have_attribute("aria-current", "true")


def test_a_dialog_that_was_asked_for_twice_keeps_what_is_typed_in_it(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    second = Held(page, lambda url: url.endswith("/question"), count=2)
    page.keyboard.press("c")
    second.wait()
    page.keyboard.press("c")
    second.wait(2)
    second.let_go(1)
    typed = page.locator("#ask textarea").first
    typed.fill("Agreed by phone")
    with page.expect_response("**/question"):
        second.let_go()
    page.evaluate("new Promise((done) => setTimeout(done))")
    expect(typed).to_have_value("Agreed by phone")


def test_a_line_is_left_out_taken_back_in_and_one_is_added(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["price"])
    with saved(page):
        page.get_by_role("button", name="Leave line 20 out").click()
    expect(page.locator("#line-2")).to_have_class("is-out")
    with saved(page):
        page.get_by_role("button", name="Take line 20 back in").click()
    page.locator("h1").click()
    page.keyboard.press("n")
    page.keyboard.type("LAMP-230")
    expect(page.locator("#picker-list [role=option]").first).to_contain_text("LAMP-230")
    with saved(page):
        page.keyboard.press("Enter")
    expect(page.locator("#line-new-1")).to_contain_text("Work lamp")


def changed_meanwhile(page: Page, visit: Visit, case_id: int, field: str, value: str) -> None:
    """Carl sets a field of the case that `page` shows, and leaves it."""
    page.request.post(f"/cases/{case_id}/release", headers={"X-CSRF-Token": token(page)})
    other = open_case(visit("carl"), case_id)
    other.locator(field).fill(value)
    with saved(other):
        other.keyboard.press("Tab")
    other.request.post(f"/cases/{case_id}/release", headers={"X-CSRF-Token": token(other)})


@BOTH
def test_approving_a_version_that_changed_shows_who_changed_what_and_keeps_typed_text(desk: Desk, visit: Visit) -> None:
    case_id = desk.ids["doubtful"]
    page = open_case(visit("anna"), case_id)
    changed_meanwhile(page, visit, case_id, "#v-lines-1-quantity", "99")
    page.keyboard.press("a")
    expect(page.locator("#notices")).to_contain_text("Carl Clerk set lines.1.quantity to “99”")
    assert state_of(desk, case_id) is not CaseState.APPROVED
    page.locator("#v-notes, #v-requested_date").first.fill("2026-12-24")
    with saved(page):
        page.get_by_role("button", name="Reload").click(delay=300)
    expect(page.locator("#v-lines-1-quantity")).to_have_value("99")
    expect(page.locator("#v-requested_date")).to_have_value("2026-12-24")
    page.reload()
    expect(page.locator("#v-requested_date")).to_have_value("2026-12-24")


def test_the_reload_button_keeps_the_focus_when_leaving_a_field_fails_again(desk: Desk, visit: Visit) -> None:
    case_id = desk.ids["doubtful"]
    page = open_case(visit("anna"), case_id)
    changed_meanwhile(page, visit, case_id, "#v-requested_date", "2026-12-24")
    page.keyboard.press("a")
    reload = page.get_by_role("button", name="Reload")
    expect(reload).to_be_visible()
    page.locator("#v-lines-1-quantity").fill("99")
    with page.expect_response(lambda answer: answer.url.endswith("/corrections")):
        reload.focus()
    expect(reload).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#v-requested_date")).to_have_value("2026-12-24")
    expect(page.locator("#v-lines-1-quantity")).to_have_value("99")


def token(page: Page) -> str:
    return page.locator("meta[name=csrf]").get_attribute("content") or ""


def test_a_case_that_somebody_else_holds_can_be_read_but_not_changed(desk: Desk, visit: Visit) -> None:
    page = visit("anna").page
    page.goto(f"/cases/{desk.ids['held']}")
    expect(page.locator("#held")).to_contain_text("Adam Admin has this case open")
    expect(page.locator("#v-po_number")).to_have_attribute("readonly", "")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_a_case_is_rejected_with_a_reason(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    page.keyboard.press("r")
    page.get_by_label("Reason").fill("Cancelled by phone")
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    page.wait_for_url("**/cases/*?after=*")
    page.goto(f"/cases/{desk.ids['doubtful']}")
    expect(page.locator("#order")).to_contain_text("Cancelled by phone")
    page.get_by_role("button", name="Take back to review").click()
    expect(page.locator("#order .badge").first).to_contain_text("Needs review")


def test_viewers_see_clerks_correct_and_neither_approves(desk: Desk, visit: Visit) -> None:
    page = visit("vera").page
    page.goto(f"/cases/{desk.ids['doubtful']}")
    page.locator("#sheet [data-word]").first.wait_for(state="attached")
    expect(page.locator("#v-po_number")).to_have_attribute("readonly", "")
    assert state_of(desk, desk.ids["doubtful"]) is CaseState.NEEDS_REVIEW
    clerk = open_case(visit("carl"), desk.ids["doubtful"])
    clerk.keyboard.press("a")
    expect(clerk.get_by_role("button", name="Approve")).to_have_count(0)
    expect(clerk.locator("#v-po_number")).not_to_have_attribute("readonly", "")


def test_the_help_lists_the_keys_that_are_valid_here(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("carl"), desk.ids["doubtful"])
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Next question")
    expect(dialog).not_to_contain_text("Approve and open the next case")
    expect(dialog).not_to_contain_text("Undo the last correction")


def test_leaving_the_page_lets_go_of_the_case(desk: Desk, visit: Visit) -> None:
    page = open_case(visit("anna"), desk.ids["doubtful"])
    page.goto("/orders")
    page.wait_for_function(
        "async (id) => !(await (await fetch(`/cases/${id}`)).text()).includes('In review')", arg=desk.ids["doubtful"])
    assert state_of(desk, desk.ids["doubtful"]) is CaseState.NEEDS_REVIEW
