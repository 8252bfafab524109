"""What others wrote, on every page there is: the pages are found by walking links, and a page nobody looks at fails the test."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from intake.mail.boxes import save_mailbox
from matching.masterdata.edit import edit_customer, edit_item
from models.domain.stock import Tracking
from models.tables.desk import CaseCommentRow, CaseTagRow
from models.tables.erp import WebhookRow
from models.tables.exceptions import ExceptionRow
from models.tables.fulfilment import FulfilmentOrderRow, ShipmentRow
from models.tables.intake import DocumentRow, MailFailureRow
from models.tables.inventory import LocationRow
from models.tables.items import CustomerPartNumberRow, ItemRow, PriceRow
from models.tables.orders import OrderNoteRow, OrderTagRow
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerRow
from models.tables.people import ApiTokenRow, UserRow
from runtime.settings import MailboxSettings
from tests.e2e.ui.conftest import Visit
from tests.e2e.ui.test_hostile import EVIL, poison
from tests.support.desk import Desk
from tests.support.desk_sales import sell_and_take_back
from tests.support.pages_of import FILES, PARTS, UNSIGNED, pages, route_of, routes

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHORT = "<img src=x onerror=alert(8)>"
NO_PAGES = FILES | PARTS | UNSIGNED
TWICE = 2
"""How many pages of one kind are looked at."""


def sell_evil(desk: Desk) -> list[str]:
    """An order of evil texts and what followed it; the pages of all that."""
    found = sell_and_take_back(desk, EVIL, EVIL[:255])
    with desk.db.write() as db:
        db.execute(update(FulfilmentOrderRow).values(request_note=EVIL))
        db.execute(update(ShipmentRow).values(carrier=SHORT, tracking_number=SHORT, created_by=EVIL[:255]))
        db.execute(update(LocationRow).values(name=EVIL[:255], street=SHORT, city=SHORT))
    return [*found.values()]


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
        if route is None or path in seen or route in NO_PAGES or kinds[route] >= TWICE:
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


def open_parts(page: Page, desk: Desk, job: str) -> set[str | None]:
    """Open each piece of a page by itself; answers the routes of those that came."""
    with desk.db.read() as db:
        document = db.execute(select(DocumentRow.id).where(DocumentRow.pages_sha256.is_not(None)).limit(1)).scalar_one()
    case = f"/cases/{desk.ids['doubtful']}"
    pieces = [f"{case}/{name}" for name in (
        "order", "choices?path=lines.1.item&text=img", "approval", "question", "lessons", "lessons/no-order", "comments",
        "history")]
    seen = set[str | None]()
    for path in (
            *pieces, f"/documents/{document}/pages/0", "/operations/panels", "/setup/steps", f"{job}/state", "/erp/panels",
            "/erp/dry-run?order_no=SO-000001"):
        answer = page.goto(path)
        assert answer is not None and answer.ok, path
        page.evaluate("new Promise((done) => requestIdleCallback(done))")
        seen.add(route_of(path))
    return seen


def test_nothing_runs_and_nothing_calls_out_on_any_page(desk: Desk, visit: Visit, tmp_path: Path) -> None:
    sales = sell_evil(desk)
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
    parts = open_parts(page, desk, page.url)
    seen = walk(page, [*pages(desk.ids).values(), "/orders/SO-000001", *sales])
    assert visitor.troubles == []
    assert parts == PARTS
    assert set(routes()) - seen - NO_PAGES == set(), "no link leads to these pages: name them in tests/support/pages_of.py"
