"""Messages, uploads and operations: what arrived, what was not sent, and the buttons that help."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from models.domain.evidence import Evidence, Found, Origin
from models.domain.outbox import Channel
from models.domain.reading import DocumentType, Reading, ReadingLine
from models.domain.states import CaseState, MessageState, OutboxState
from models.tables.audit import AuditEntryRow
from models.tables.cases import CaseRow
from models.tables.intake import MailboxRow, MailFailureRow, MessageRow, ReadingRow
from models.tables.outbox import OutboxRow
from models.tables.work import WorkerRow
from runtime.codec import from_json, to_json
from runtime.db import Database
from runtime.settings import MailboxSettings, Settings
from tests.integration.review_ui.conftest import Visit, come_in
from tests.support.desk import Desk, make_desk
from tests.support.desk_cases import add_document, add_message

FRAGMENT = {"HX-Request": "true"}


def messages(desk: Desk) -> int:
    with desk.db.read() as db:
        return db.execute(select(func.count()).select_from(MessageRow)).scalar_one()


def test_an_upload_is_a_message_of_its_sender_and_the_worker_is_told(desk: Desk, visit: Visit) -> None:
    answer = visit("carl").post("/messages/upload", params={"name": "order.pdf"}, content=b"%PDF-1.7", headers=FRAGMENT)
    assert answer.status_code == 201 and "Stored as message 1" in answer.text
    with desk.db.read() as db:
        row = db.execute(select(MessageRow.account, MessageRow.name, MessageRow.sha256)).one()
    assert tuple(row[:2]) == ("user:carl", "order.pdf")
    assert desk.services.blobs.get(row.sha256) == b"%PDF-1.7" and desk.hands.nudges == 1


@pytest.mark.parametrize(("content", "code"), [(b"", "empty_file"), (b"x" * 1025, "file_too_large")])
def test_an_upload_that_cannot_be_taken_is_refused_and_nothing_is_kept(
    database: Database, tmp_path: Path, content: bytes, code: str
) -> None:
    settings = Settings(_env_file=None, data=tmp_path, upload_max_bytes=1024)
    desk = make_desk(tmp_path, db=database, settings=settings)
    client = come_in(desk, "carl")
    answer = client.post("/messages/upload", content=content, headers=FRAGMENT)
    assert answer.status_code == 422 and code in answer.text and messages(desk) == 0


def test_what_was_taken_for_no_order_becomes_a_case_on_a_persons_word(desk: Desk, visit: Visit) -> None:
    found = Found(DocumentType.INVOICE, 0.6, Evidence(Origin.COMPUTED, note="title “Invoice”"))
    line = ReadingLine(quantity=Found(Decimal(5), 0.9, Evidence(Origin.READ, "5")))
    reading = Reading(found, lines=(line,))
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Please send 5", code="not_an_order", sentence="No case was opened: it is …")
        document_id = add_document(desk, db, message_id, b"5 of them", ())
        db.execute(insert(ReadingRow).values(
            document_id=document_id, position=0, doc_type=DocumentType.INVOICE, content=to_json(reading)))
    assert "It is an order" in visit("carl").get("/messages").text
    answer = visit("carl").post(f"/messages/{message_id}/order", headers=FRAGMENT)
    assert answer.status_code == 200 and "It is an order" not in answer.text
    with desk.db.read() as db:
        case = db.execute(select(CaseRow)).scalar_one()
        kept = from_json(Reading, db.execute(select(ReadingRow.content)).scalar_one())
    assert (case.message_id, case.doc_type, case.state) == (message_id, DocumentType.PURCHASE_ORDER, CaseState.MATCHING)
    assert kept.doc_type.evidence.origin is Origin.TYPED and kept.doc_type.evidence.person
    assert visit("carl").post(f"/messages/{message_id}/order", headers=FRAGMENT).status_code == 409


def test_a_message_is_saved_as_it_arrived(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Order")
    answer = visit("vera").get(f"/messages/{message_id}/raw")
    assert answer.content == b"Subject: Order\n\nbody"
    assert f'attachment; filename="message-{message_id}.eml"' in answer.headers["Content-Disposition"]


def test_a_read_message_is_not_read_again(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Order")
    answer = visit("carl").post(f"/messages/{message_id}/retry", headers=FRAGMENT)
    assert answer.status_code == 409 and "only one that ended unread" in answer.text


def test_older_messages_are_a_page_away(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        for n in range(60):
            add_message(desk, db, subject=f"Order number {n}.")
    client = visit("vera")
    first = client.get("/messages").text
    assert "Order number 59." in first and "Order number 9." not in first and "before=11" in first
    second = client.get("/messages?before=11").text
    assert "Order number 9." in second and "Order number 10." not in second and "Older messages" not in second


def outgoing(desk: Desk, state: OutboxState) -> int:
    with desk.db.write() as db:
        row = OutboxRow(
            channel=Channel.MAIL, kind="acknowledgement", key="ack:1:1", payload="{}", state=state, tries=1, next_at=desk.now(),
            created_at=desk.now())
        db.add(row)
        db.flush()
        return row.id


def test_a_resend_is_audited_and_the_worker_is_told(desk: Desk, visit: Visit) -> None:
    out = outgoing(desk, OutboxState.UNKNOWN)
    client = visit("adam")
    assert "Ask the receiver whether it arrived" in client.get("/operations").text
    answer = client.post(f"/operations/outbox/{out}/resend", headers=FRAGMENT)
    assert answer.status_code == 200 and "Waiting to be sent" in answer.text and desk.hands.nudges == 1
    with desk.db.read() as db:
        actor = db.execute(select(AuditEntryRow.actor).where(AuditEntryRow.action == "outbox.resend")).scalar_one()
    assert actor == "Adam Admin"


def test_what_was_sent_is_not_sent_again(desk: Desk, visit: Visit) -> None:
    out = outgoing(desk, OutboxState.SENT)
    assert visit("adam").post(f"/operations/outbox/{out}/resend", headers=FRAGMENT).status_code == 409


def test_a_mailbox_says_how_it_is_and_what_to_do(database: Database, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data=tmp_path, mailboxes=[MailboxSettings(host="127.0.0.1", user="orders")])
    desk = make_desk(tmp_path, db=database, settings=settings)
    client = come_in(desk, "vera")
    assert "Never polled" in client.get("/operations").text
    for last_poll, last_error, expected in (
        (timedelta(), None, "Polling"), (timedelta(minutes=1), timedelta(), "Failing"), (timedelta(hours=1), None, "Silent")):
        with desk.db.write() as db:
            db.merge(MailboxRow(
                account="mail", folder="INBOX", last_poll_at=desk.now() - last_poll, last_error="No route to host.",
                last_error_at=desk.now() - last_error if last_error is not None else None))
        page = client.get("/operations").text
        assert f"</svg>{expected}</span>" in page
        assert ("No route to host." in page) is (expected == "Failing")


def test_a_mail_that_was_given_up_is_fetched_again_on_an_admins_word(desk: Desk, visit: Visit) -> None:
    key = {"account": "mail", "folder": "INBOX", "uidvalidity": 7, "uid": 1}
    with desk.db.write() as db:
        db.add(MailFailureRow(**key, tries=5, code="no_body", sentence="The server sends no body.", last_at=desk.now()))
    client = visit("adam")
    assert "The server sends no body." in client.get("/operations").text
    assert "The server sends no body." not in client.post("/operations/mails/retry", data=key, headers=FRAGMENT).text
    assert client.post("/operations/mails/retry", data=key, headers=FRAGMENT).status_code == 404


def test_a_silent_worker_is_seen(desk: Desk, visit: Visit) -> None:
    client = visit("vera")
    assert "No worker has reported" in client.get("/operations").text
    with desk.db.write() as db:
        for name, age in (("a", 0), ("b", 61)):
            db.add(WorkerRow(
                executor_id=name, host="mill", pid=1, started_at=desk.now(), heartbeat_at=desk.now() - timedelta(seconds=age)))
    page = client.get("/operations").text
    assert page.count("</svg>Working</span>") == 1 and page.count("</svg>Silent</span>") == 1


def test_what_is_stuck_is_counted_and_linked(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        add_message(desk, db, subject="a", state=MessageState.FAILED)
        add_message(desk, db, subject="b", state=MessageState.QUARANTINED)
    page = " ".join(visit("vera").get("/operations").text.split())
    assert 'href="/messages?view=trouble"><span class="badge bad">' in page and "</svg>2</span>" in page
