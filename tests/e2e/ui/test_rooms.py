"""The queue refreshes without losing the place, files are dropped, outgoing messages are decided about."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from matching.masterdata.edit import edit_substitutes
from models.domain.states import CaseState, MessageState, OutboxState
from models.tables.fulfilment import FulfilmentLineRow, FulfilmentOrderRow
from models.tables.intake import MessageRow
from models.tables.items import ItemRow
from models.tables.outbox import OutboxRow
from oms.fulfilment.ship import Carriage, confirm
from oms.orders.write import order_no
from runtime.audit import record
from tests.e2e.ui.conftest import BOTH, Visit
from tests.support.browser import Held
from tests.support.desk import Desk
from tests.support.desk_cases import set_case
from tests.support.fulfilment import fulfilment_orders, packed, released_order

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
    expect(page.locator(f"#case-{case_id}")).to_be_visible()
    expect(chosen).to_have_count(1)
    assert chosen.get_attribute("id") == name


def test_a_list_shows_what_was_typed_last_however_late_an_earlier_answer_comes(visit: Visit) -> None:
    page = visit("carl").page
    earlier = Held(page, lambda url: "/queue/rows" in url)
    search = page.locator("[data-search]")
    search.fill("PO")
    earlier.wait()
    for text in ("PO-7", "PO-77122"):
        with page.expect_request(lambda r, text=text: r.url.endswith(f"text={text}")):        # type: ignore[misc]
            search.fill(text)
    earlier.let_go()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("PO-77122")


def test_a_form_that_is_on_its_way_is_not_sent_twice(visit: Visit) -> None:
    page = visit("carl").page
    page.goto("/orders/SO-000001")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.url.endswith("/notes") else None)
    on_its_way = Held(page, lambda url: url.endswith("/notes"))
    page.locator("[data-note]").fill("Call before noon")
    add = page.get_by_role("button", name="Add the note")
    add.dblclick()
    on_its_way.wait()
    add.click()
    on_its_way.let_go()
    expect(page.get_by_text("Call before noon")).to_have_count(1)
    expect(page.locator("[data-note]")).to_have_value("")
    page.locator("[data-note]").fill("Ring twice")
    add.click()
    expect(page.get_by_text("Ring twice")).to_have_count(1)
    assert len(sent) == 2


def test_a_form_that_does_not_reach_the_server_says_so_and_keeps_what_was_typed(visit: Visit) -> None:
    page = visit("carl").page
    page.goto("/orders/SO-000001")
    page.locator("[data-note]").fill("Call before noon")
    page.route("**/notes", lambda route: route.abort())
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("#notices")).to_contain_text("The server cannot be reached")
    expect(page.locator("[data-note]")).to_have_value("Call before noon")
    page.unroute("**/notes")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_text("Call before noon")).to_have_count(1)


def test_no_scan_is_lost_while_an_earlier_one_is_on_its_way(desk: Desk, visit: Visit) -> None:
    fulfilment_orders(desk.db, stock=((60,),), lines=((0, 10),))
    with desk.db.read() as db:
        number, sku = db.execute(
            select(FulfilmentOrderRow.number, ItemRow.sku)
            .join(FulfilmentLineRow, FulfilmentLineRow.fulfilment_order_id == FulfilmentOrderRow.id)
            .join(ItemRow, ItemRow.id == FulfilmentLineRow.item_id).order_by(FulfilmentOrderRow.id.desc())).first() or ("", "")
    visitor = visit("carl")
    page = visitor.page
    page.goto(f"/fulfilment/{number}")
    slow = Held(page, lambda url: url.endswith("/scan"))
    expect(page.locator("[data-scan]")).to_be_focused()
    for _ in range(4):
        page.keyboard.type(sku)
        page.keyboard.press("Enter")
        expect(page.locator("[data-scan]")).to_have_value("")
    page.keyboard.press("Enter")                         # the second Enter of a scanner is not the one that goes on to packing
    page.keyboard.type("half a co")
    slow.wait()
    slow.let_go()
    expect(page.locator("#work")).to_contain_text("6 more to take")
    expect(page.locator("[data-scan]")).to_have_value("half a co")
    page.keyboard.type("de")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("half a code")
    expect(page.locator("[data-scan]")).to_have_value("half a code")
    page.keyboard.type(sku)                              # the next scan takes the place of the refused one
    page.keyboard.press("Enter")
    expect(page.locator("#work")).to_contain_text("5 more to take")
    assert visitor.troubles == []


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


def test_what_is_short_is_replaced_by_what_is_offered_with_the_keyboard_alone(desk: Desk, visit: Visit) -> None:
    order = released_order(desk.db, stock=((3,), (60,)))
    with desk.db.write() as db:
        edit_substitutes(db, "WID-1", ["WID-2"], actor="Adam")
    visitor = visit("anna")
    page = visitor.page
    page.goto(f"/orders/{order_no(order)}")
    page.locator("#main").click(position={"x": 5, "y": 5})
    page.keyboard.press("d")
    expect(page.get_by_role("button", name="Send WID-2 instead")).to_be_visible()
    page.keyboard.type("Agreed by telephone")
    page.keyboard.press("Enter")
    expect(page.locator("#line-2")).to_contain_text("instead of line 1")
    expect(page.locator("#line-1")).to_contain_text("line 2 goes instead")
    assert visitor.troubles == []


def test_a_tracking_number_is_corrected_after_shipping_and_taken_back(desk: Desk, visit: Visit) -> None:
    (fulfilment,) = fulfilment_orders(desk.db)
    with desk.db.write() as db:
        confirm(db, packed(db, fulfilment, 10), actor="Anna", by=Carriage("Heron Parcel", None, "HP1"))
    visitor = visit("carl")
    page = visitor.page
    page.goto("/shipments/SH-000001")
    page.get_by_text("Correct the carrier or the tracking number").focus()
    for key in ("Enter", "Tab", "Tab", "Tab", "ControlOrMeta+a"):
        page.keyboard.press(key)
    page.keyboard.type("HP2")
    page.keyboard.press("Enter")
    expect(page.locator("#shipment")).to_contain_text("HP1 → HP2")
    page.get_by_role("button", name="Take it back").press("Enter")
    expect(page.locator("#shipment")).to_contain_text("HP2 → HP1")
    assert visitor.troubles == []


def test_the_parts_of_a_kit_are_typed_and_kept(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        db.add(ItemRow(sku="KIT-1", sku_folded="K1T1", description="First aid", base_uom="H87"))
    visitor = visit("adam")
    page = visitor.page
    page.goto("/masterdata/item?sku=KIT-1")
    page.get_by_label("Another part (SKU)").first.focus()
    page.keyboard.type("TAPE-48")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Part (SKU)", exact=True)).to_have_value("TAPE-48")
    assert visitor.troubles == []


def test_an_approver_cannot_resend(visit: Visit) -> None:
    page = visit("anna").page
    page.goto("/operations")
    expect(page.locator("#outbox")).to_contain_text("Maybe sent")
    expect(page.get_by_role("button", name="Resend")).to_have_count(0)
