"""What others wrote, on every page there is: the pages are found by walking links, and a page nobody looks at fails the test."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Page, expect
from sqlalchemy import update

from intake.mail.boxes import save_mailbox
from matching.masterdata.edit import edit_customer, edit_item
from models.domain.returns import Grade
from models.domain.stock import Tracking
from models.tables.desk import CaseCommentRow, CaseTagRow
from models.tables.erp import WebhookRow
from models.tables.exceptions import ExceptionRow
from models.tables.fulfilment import FulfilmentHoldRow, FulfilmentOrderRow, ShipmentRow
from models.tables.intake import MailFailureRow
from models.tables.inventory import LocationRow
from models.tables.items import CustomerPartNumberRow, ItemRow, PriceRow
from models.tables.orders import OrderNoteRow, OrderTagRow
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerRow
from models.tables.people import ApiTokenRow, UserRow
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice
from oms.returns.inspection import inspect, receive_return
from oms.returns.requests import Wanted, approve_return, request_return
from review_ui.web import ROOMS
from runtime.settings import MailboxSettings
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_hostile import EVIL, poison
from tests.support.desk import Desk
from tests.support.pages_of import pages
from tests.support.shipments import sell, send

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHORT = "<img src=x onerror=alert(8)>"
TWICE = 2
"""How many pages of one kind are looked at."""
NO_PAGES = {
    "/dashboard/orders.{kind}", "/documents/{document_id}/pages/{number:int}.png", "/documents/{document_id}/original",
    "/messages/{message_id}/raw", "/events", "/fulfilment/papers/{kind}", "/invoices/{number}/pdf", "/credit-memos/{number}/pdf",
    "/orders/{order_no}/quote/pdf", "/masterdata/item/picture.png", "/masterdata/imports/{job_id}/{report}.csv", "/metrics.csv",
    "/documents/{document_id}/mail.html", "/sign-in", "/sign-in/provider", "/sign-in/provider/back", "/setup/start"}
"""Files, streams, the mail's cage (which has a test of its own), and what nobody sees who is signed in."""
PARTS = {
    "/cases/{case_id}/order", "/cases/{case_id}/choices", "/cases/{case_id:int}/approval", "/cases/{case_id:int}/question",
    "/documents/{document_id}/pages/{number:int}", "/operations/panels", "/setup/steps", "/masterdata/imports/{job_id}/state",
    "/cases/{case_id:int}/lessons", "/cases/{case_id:int}/lessons/no-order", "/cases/{case_id:int}/comments",
    "/cases/{case_id:int}/history", "/erp/panels", "/erp/dry-run"}
"""Pieces of pages that the pages themselves ask for, like every address that ends with /rows."""


def sell_and_take_back(desk: Desk) -> list[str]:
    """An order of evil texts that was shipped, billed, credited in part, and partly sent back; the pages of all that."""
    with desk.db.write() as db:
        sold = sell(db, [("10", "25.00"), ("4", "9.99")], charge="3.00", tax="7.00")
        shipment = send(db, sold, [10, 4])
        invoice = issue_invoice(db, shipment, actor=EVIL[:255])
        issue_credit(
            db, invoice, key="k" * 16, quantities={sold.line_ids[0]: Decimal(1)}, reason=EVIL, actor=EVIL[:255])
        returned = request_return(
            db, order_id=sold.order_id, lines=[Wanted(Decimal(3), sold.line_ids[0], reason=EVIL)], reason=EVIL, actor=EVIL[:255])
        approve_return(db, returned, actor=EVIL[:255])
        receive_return(db, returned, quantities={1: Decimal(3)}, actor=EVIL[:255])
        inspect(db, returned, line_id=1, quantity=Decimal(1), grade=Grade.DAMAGED, note=EVIL, actor=EVIL[:255])
        db.add(FulfilmentHoldRow(
            fulfilment_order_id=sold.fulfilment_order_id, reason=EVIL, placed_by=EVIL[:255], placed_at=desk.now()))
        db.execute(update(FulfilmentOrderRow).values(request_note=EVIL))
        db.execute(update(ShipmentRow).values(carrier=SHORT, tracking_number=SHORT, created_by=EVIL[:255]))
        db.execute(update(LocationRow).values(name=EVIL[:255], street=SHORT, city=SHORT))
        return [
            f"/fulfilment/FO-{sold.order_id}", f"/shipments/SH-{shipment:06d}", f"/invoices/IN-{invoice:06d}",
            f"/returns/RMA-{returned:06d}"]


def poison_more(desk: Desk) -> None:
    """The evil text where the furnished house has no text of others yet."""
    at, case_id = desk.now(), desk.ids["doubtful"]
    for who, columns in ((edit_customer, {"payment_terms": SHORT}), (edit_item, {"brand": SHORT})):
        who(desk.db, "C-1001" if who is edit_customer else "LAMP-230", columns, actor=EVIL[:255])
    with desk.db.write() as db:
        user = db.query(UserRow).filter(UserRow.login == "vera").one()
        user.name, user.email = EVIL[:255], SHORT
        db.add_all([
            CaseCommentRow(case_id=case_id, user_id=user.id, text=EVIL, at=at),
            CaseCommentRow(case_id=case_id, user_id=user.id, text=EVIL, path="po_number", at=at),
            CaseTagRow(case_id=case_id, tag=SHORT),
            OrderNoteRow(order_id=1, text=EVIL, author=EVIL[:255], at=at), OrderTagRow(order_id=1, tag=SHORT),
            WebhookRow(
                url="https://hook.example/" + SHORT, events="*", sealed_secret="x", description=EVIL[:255], code="failed",
                sentence=EVIL, made_by=EVIL[:255], made_at=at),
            ApiTokenRow(user_id=user.id, name=EVIL[:128], token_sha256="0" * 64, scopes="orders:read", created_at=at)])
        db.execute(update(MailFailureRow).values(sentence=EVIL))
        db.execute(update(ExceptionRow).values(sentence=EVIL))
        db.execute(update(CustomerRow).values(delivery_terms=EVIL, group_code=SHORT))
        db.execute(update(CustomerEmailRow).values(name=EVIL[:255], phone=SHORT))
        db.execute(update(AddressRow).values(name=EVIL[:255], street=EVIL[:255], city=SHORT))
        db.execute(update(ItemRow).values(manufacturer=SHORT, product_line=SHORT, attributes=EVIL, tracking=Tracking.NONE))
        db.execute(update(PriceRow).values(reference=SHORT))
        db.execute(update(CustomerPartNumberRow).where(CustomerPartNumberRow.part_number == "AC-4471").values(part_number=SHORT))
        box = MailboxSettings(name=SHORT, host="imap.example" + SHORT, user=SHORT, folder=SHORT)
        save_mailbox(db, desk.services.settings, desk.services.seal, box, actor=EVIL[:255], at=at)


def routes() -> list[APIRoute]:
    return [r for room in ROOMS for r in room.router.routes if isinstance(r, APIRoute) and "GET" in r.methods]


def route_of(path: str) -> str | None:
    return next((r.path for r in routes() if r.path_regex.match(urlsplit(path).path)), None)


def links(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('a[href], [data-href]')].map((a) => a.dataset.href ?? a.getAttribute('href'))")
    return [link for link in found if link.startswith("/")]


def walk(page: Page, start: list[str]) -> set[str]:
    """Open every page that links lead to, at most a few of a kind; answers the routes that were seen."""
    waiting, seen, kinds = list(start), set(), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        route = route_of(path)
        if route is None or path in seen or route in NO_PAGES | PARTS or kinds[route] >= TWICE:
            continue
        seen.add(path)
        kinds[route] += 1
        page.goto(path)
        if route == "/cases/{case_id:int}":
            page.locator("#sheet [data-word], #sheet .no-page").first.wait_for(state="attached")
            page.keyboard.press("h")
            expect(page.locator("#history table").last).to_be_visible()
        page.evaluate("new Promise((done) => requestIdleCallback(done))")
        waiting += links(page)
    return set(kinds)


def test_nothing_runs_and_nothing_calls_out_on_any_page(desk: Desk, visit: Visit, tmp_path: Path) -> None:
    sales = sell_and_take_back(desk)
    poison(desk)
    poison_more(desk)
    visitor = visit("adam")
    page = visitor.page
    table = tmp_path / "<img src=x onerror=alert(9)>.csv"
    table.write_text(f'sku,description,base_uom\n{SHORT},"{EVIL.replace(chr(34), "")}",H87\n,{SHORT},{SHORT}\n')
    page.goto("/masterdata/imports?kind=items")
    page.locator("#files").set_input_files(table)
    page.wait_for_url("**/masterdata/imports/*")
    expect(page.locator("#import")).to_contain_text("Nothing was written yet")
    seen = walk(page, [*pages(desk.ids).values(), "/orders/SO-000001", *sales])
    assert visitor.troubles == []
    unseen = {r.path for r in routes() if not r.path.endswith("/rows")} - seen - NO_PAGES - PARTS
    assert unseen == set(), "no link leads to these pages: name them in tests/support/pages_of.py"
