"""The queue refreshes without losing the place, files are dropped, outgoing messages are decided about."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.domain.states import CaseState, MessageState, OutboxState
from models.tables.intake import MessageRow
from models.tables.outbox import OutboxRow
from runtime.audit import record
from tests.e2e.ui.conftest import BOTH, Visit
from tests.support.desk import Desk
from tests.support.desk_cases import set_case

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_refresh_brings_new_cases_and_keeps_the_selection(desk: Desk, visit: Visit) -> None:
    page = visit("carl").page
    page.locator("#main").click(position={"x": 5, "y": 5})
    for _ in range(3):
        page.keyboard.press("j")
    chosen = page.locator("tr[aria-selected=true]")
    name = chosen.get_attribute("id")
    case_id = desk.ids[CaseState.REJECTED]
    set_case(desk, case_id, state=CaseState.NEEDS_REVIEW)
    with desk.services.db.write() as db:
        record(db, actor="Anna Approver", action="case.needs_review", subject=f"case:{case_id}")
    expect(page.locator(f"#case-{case_id}")).to_be_visible(timeout=20_000)
    expect(chosen).to_have_count(1)
    assert chosen.get_attribute("id") == name


def test_the_theme_is_remembered(visit: Visit) -> None:
    page = visit("vera").page
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


@BOTH
def test_files_are_stored_and_each_says_what_became_of_it(desk: Desk, visit: Visit, tmp_path: Path) -> None:
    order, empty = tmp_path / "order <b>.txt", tmp_path / "empty.txt"
    order.write_text("12 boxes of gloves")
    empty.write_text("")
    page = visit("carl").page
    page.goto("/messages")
    page.locator("#files").set_input_files([order, empty])
    expect(page.locator("#uploads li", has_text="order <b>.txt")).to_contain_text("Stored as message")
    expect(page.locator("#uploads li", has_text="empty.txt")).to_contain_text("The file is empty")
    expect(page.locator("#list")).to_contain_text("order <b>.txt")
    with desk.db.read() as db:
        found = db.execute(select(MessageRow.account, MessageRow.size).where(MessageRow.name == "order <b>.txt")).one()
    assert tuple(found) == ("user:carl", 18)
    assert desk.hands.nudges == 1


def test_a_quarantined_message_is_read_again_on_a_clerks_word(desk: Desk, visit: Visit) -> None:
    page = visit("carl").page
    page.goto("/messages?view=trouble")
    page.locator(f"#message-{desk.ids['failed_message']}").get_by_role("button", name="Read again").click()
    expect(page.locator("#list")).to_contain_text("No messages here")
    with desk.db.read() as db:
        row = db.execute(select(MessageRow.state, MessageRow.tries).where(MessageRow.id == desk.ids["failed_message"])).one()
    assert tuple(row) == (MessageState.RECEIVED, 0)


@BOTH
def test_an_admin_resends_one_message_and_after_a_question_gives_another_up(desk: Desk, visit: Visit) -> None:
    visitor = visit("adam")
    page = visitor.page
    page.goto("/operations")
    page.locator(f"#out-{desk.ids['failed_out']}").get_by_role("button", name="Resend").click()
    expect(page.locator(f"#out-{desk.ids['failed_out']}")).to_contain_text("Waiting to be sent")
    page.locator(f"#out-{desk.ids['maybe_out']}").get_by_role("button", name="Give up").click()
    expect(page.locator(f"#out-{desk.ids['maybe_out']}")).to_have_count(0)
    assert visitor.troubles == ["dialog: Leave this message unsent for good?"]
    with desk.db.read() as db:
        states = dict(db.execute(select(OutboxRow.id, OutboxRow.state)).all())
    assert states == {desk.ids["failed_out"]: OutboxState.PENDING, desk.ids["maybe_out"]: OutboxState.FAILED}


def test_an_approver_cannot_resend(visit: Visit) -> None:
    page = visit("anna").page
    page.goto("/operations")
    expect(page.locator("#outbox")).to_contain_text("Maybe sent")
    expect(page.get_by_role("button", name="Resend")).to_have_count(0)
