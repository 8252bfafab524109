"""A house full of everything: cases in all states, messages that failed, orders, an outbox.

`python -m tests.support.desk_house` serves it on a free loopback port until it is stopped.
"""

from __future__ import annotations

import tempfile
import threading
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.evidence import Found
from models.domain.outbox import Channel
from models.domain.pages import SourceFormat
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.states import CaseState, DocumentState, MessageState, OutboxState
from models.tables.intake import MailboxRow, MailFailureRow
from models.tables.inventory import LocationRow, ReservationRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.people import UserRow
from models.tables.work import WorkerRow
from oms.orders.company_money import Rate, save_rate
from runtime.settings import MailboxSettings, Settings
from tests.support.desk import PASSWORD, PEOPLE, Desk, make_desk, serving
from tests.support.desk_cases import (
    ITEMS,
    add_bare_case,
    add_document,
    add_master_data,
    add_message,
    add_pdf_case,
    match,
    open_case,
    reader,
    set_case,
)
from tests.support.desk_documents import ROWS, find, sheet_page

ASIDE = (
    (CaseState.WAITING_FOR_CUSTOMER, "question_sent", "We asked which colour is meant."),
    (CaseState.REJECTED, "rejected", "Cancelled by phone."),
    (CaseState.DUPLICATE, "same_order_again", "The same order is already here as SO-000001."),
    (CaseState.FAILED, "match_failed", "Matching was tried 3 times and never ended. Look into the log, then match it again."),
    (CaseState.MATCHING, None, None),
    (CaseState.NOT_AN_ORDER, "invoice", "An invoice was sent to the order address."),
)


def furnish(desk: Desk) -> None:
    """Cases in all states, messages that failed, orders, an outbox: something on every page."""
    with desk.db.write() as db:
        desk.ids |= add_master_data(db)
        for n, rate in enumerate(("0.912", "0.915", "0.909")):
            save_rate(db, Rate("USD", "EUR", desk.now().date() - timedelta(days=n), Decimal(rate), "Central bank"), user="Anna")
    at = desk.now()
    desk.ids["doubtful"] = add_pdf_case(desk, "PO-77120", pages=3, sure=0.71, received_at=at - timedelta(minutes=12))
    desk.ids["price"] = add_pdf_case(desk, "PO-77122", ROWS[:2], received_at=at - timedelta(hours=3))
    desk.ids["clean"] = add_pdf_case(desk, "PO-77121", ROWS[:1], state=CaseState.NEEDS_REVIEW)
    desk.ids["sheet"] = _add_sheet_case(desk)
    long_rows = tuple((str(n * 10), "AC-4471", "Nitrile gloves size M", str(n), "BX", "7.90") for n in range(1, 61))
    desk.ids["long"] = add_pdf_case(desk, "PO-LONG-00000000042", long_rows, state=CaseState.NEEDS_REVIEW)
    _add_other_states(desk)
    _add_order(desk)
    _add_operations(desk)


def _add_sheet_case(desk: Desk) -> int:
    rows = (
        ("Purchase order", "", "PO-9001"), ("",), ("Item", "Description", "Qty"), ("GLV-100-L", "Gloves L", "24"),
        ("", "Total", "24"))
    page = sheet_page(rows)
    read = reader([page])
    quantity: Found[Decimal] = read(Decimal(24), "24")
    line = ReadingLine(supplier_sku=read("GLV-100-L"), description=read("Gloves L"), quantity=quantity)
    kind = Found(DocumentType.PURCHASE_ORDER, 0.99, find("Purchase order", [page]))
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Weekly order sheet", sender="buyer@newcomer.example", sender_name="New Buyer")
        document_id = add_document(desk, db, message_id, b"sheet", [page], name="weekly order.xlsx", format=SourceFormat.XLSX)
        case_id = open_case(desk, db, message_id, document_id, Reading(kind, Header(po_number=read("PO-9001")), (line,)))
    match(desk, case_id)
    return case_id


def _add_other_states(desk: Desk) -> None:
    desk.ids["held"] = add_pdf_case(desk, "PO-77123", ROWS[:2])
    with desk.db.write() as db:
        adam = db.execute(select(UserRow.id).where(UserRow.login == "adam")).scalar_one()
        message_id = add_message(desk, db, subject="Various")
        for state, code, sentence in ASIDE:
            po_number = f"PO-{state.value[:8].upper()}"
            desk.ids[state] = add_bare_case(
                db, desk, message_id, state=state, code=code, sentence=sentence, po_number=po_number)
    set_case(
        desk, desk.ids["held"], state=CaseState.IN_REVIEW, reviewer_id=adam, review_until=desk.now() + timedelta(hours=1))
    _add_troubled_messages(desk)


def _add_troubled_messages(desk: Desk) -> None:
    with desk.db.write() as db:
        add_message(
            desk, db, subject="Out of office", state=MessageState.IGNORED, code="auto_reply",
            sentence="An automatic reply; nobody ordered anything.")
        desk.ids["failed_message"] = add_message(
            desk, db, subject="Scan", state=MessageState.QUARANTINED, code="gave_up", tries=3,
            sentence="Reading was begun 3 times and never ended. Look at the original; then have it read again.")
        locked = add_message(desk, db, subject="Encrypted order", state=MessageState.READ)
        add_document(
            desk, db, locked, b"%PDF", (), name="locked.pdf", state=DocumentState.REFUSED, pages_sha256=None, code="encrypted",
            sentence="This file is password-protected. Ask the sender for an open copy.")


def _add_order(desk: Desk) -> None:
    case_id = add_pdf_case(desk, "PO-77119", ROWS[:1], state=CaseState.HANDED_OVER)
    with desk.db.write() as db:
        order = SalesOrderRow(
            order_no="SO-000001", case_id=case_id, case_version=1, customer_id=desk.ids["C-1001"], po_number="PO-77119",
            order_date=date(2026, 11, 20), currency="EUR", ship_to_id=desk.ids["MAIN"], total=Decimal("156.80"),
            approved_by="Anna Approver", created_at=desk.now())
        location = LocationRow(code="MAIN", name="Main warehouse")
        db.add_all([order, location])
        db.flush()
        for position, (sku, quantity, price, held) in enumerate(
            (("GLV-100-M", "12", "7.90", "12"), ("HEX-M8-40", "500", "0.1240", "320")), 1):
            line = OrderLineRow(
                order_id=order.id, position=position, item_id=desk.ids[sku], uom="C62", unit_price=Decimal(price),
                description=next(d for s, d, *_ in ITEMS if s == sku), quantity=Decimal(quantity),
                base_quantity=Decimal(quantity), amount=Decimal(quantity) * Decimal(price))
            db.add(line)
            db.flush()
            db.add(ReservationRow(
                order_line_id=line.id, item_id=line.item_id, location_id=location.id, quantity=Decimal(held)))
        desk.ids["failed_out"] = _outgoing(
            db, desk, order.id, Channel.ERP, OutboxState.FAILED, "The ERP refused the order: unknown terms. Correct them there.")
        desk.ids["maybe_out"] = _outgoing(
            db, desk, order.id, Channel.MAIL, OutboxState.UNKNOWN, "The connection broke after the mail had left. Ask them.")


def _outgoing(db: Session, desk: Desk, order_id: int, channel: Channel, state: OutboxState, sentence: str) -> int:
    row = OutboxRow(
        channel=channel, kind="acknowledgement" if channel is Channel.MAIL else "sales_order.created", key=f"sample:{channel}",
        payload="{}", order_id=order_id, state=state, tries=3, next_at=desk.now(), code="refused", sentence=sentence,
        created_at=desk.now())
    db.add(row)
    db.flush()
    return row.id


def _add_operations(desk: Desk) -> None:
    at = desk.now()
    with desk.db.write() as db:
        db.add(MailboxRow(
            account="mail", folder="INBOX", last_poll_at=at - timedelta(hours=2), last_error_at=at,
            last_error="The server refused the password."))
        db.add(MailFailureRow(
            account="mail", folder="INBOX", uidvalidity=7, uid=4711, tries=5, code="mail_not_fetched",
            sentence="The server sends no body for this mail. Open it in the mailbox and forward it.", last_at=at))
        for name, age in (("w1", timedelta()), ("w2", timedelta(hours=2))):
            db.add(WorkerRow(
                executor_id=name, host="mill", pid=4100, started_at=at - timedelta(hours=9), heartbeat_at=at - age))


def main() -> None:
    """Serve a furnished desk until interrupted."""
    with tempfile.TemporaryDirectory() as folder:
        box = MailboxSettings(host="127.0.0.1", user="orders")
        settings = Settings(_env_file=None, data=Path(folder), company_name="Millbrook Supplies", mailboxes=[box])
        desk = make_desk(Path(folder), settings=settings)
        furnish(desk)
        with serving(desk.app) as address:
            print(f"{address}  users: {', '.join(login for login, *_ in PEOPLE)}  password: {PASSWORD}", flush=True)
            threading.Event().wait()


if __name__ == "__main__":
    main()
