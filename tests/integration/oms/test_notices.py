"""Letters about what happened to an order: written once for each event, to who ordered, in their thread and language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from models.domain.outbox import Channel, NoticeKind
from models.errors import ServiceError
from models.tables.billing import InvoiceRow
from models.tables.fulfilment import ShipmentRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import CustomerRow
from oms.billing.follow import BillingFollower
from oms.billing.invoices import issue_invoice
from oms.events.follow import follow
from oms.letters.ready import Attachment, Letter, ReadyMail
from oms.notices.compose import NAMES, PHRASES, Facts, OwnWords, UnknownName, check_words, compose
from oms.notices.follow import NoticeFollower
from oms.notices.words import drop_words, save_words, words_in_force
from runtime.audit import record
from runtime.codec import from_json
from runtime.db import Database
from tests.support.orders import BUYER, open_case
from tests.support.shipments import Sold, sell, send


def follower(*kinds: NoticeKind, **documents: object) -> NoticeFollower:
    return NoticeFollower(company_name="Okapi Supply", kinds=kinds or tuple(NoticeKind), **documents)  # type: ignore[arg-type]


def sold(database: Database, *, language: str = "en") -> Sold:
    """An order of 10 that came by mail; followers begin here."""
    follow(database, follower())
    with database.write() as db:
        made = sell(db)
        case_id = open_case(db)
        db.execute(update(SalesOrderRow).values(case_id=case_id, case_version=1))
        db.execute(update(CustomerRow).values(language=language))
    return made


def ship(database: Database, order: Sold, quantity: int) -> int:
    with database.write() as db:
        shipment_id = send(db, order, [quantity])
        db.execute(update(ShipmentRow).values(carrier="Parcel Hare", tracking_number="PH-77"))
        record(db, actor="Ann", action="shipment.shipped", subject=f"shipment:{db.get_one(ShipmentRow, shipment_id).number}")
    return shipment_id


def letters(database: Database, with_follower: NoticeFollower | None = None) -> list[ReadyMail]:
    for _ in range(3):
        follow(database, with_follower or follower())
    with database.read() as db:
        rows = db.execute(select(OutboxRow).where(OutboxRow.channel == Channel.MAIL).order_by(OutboxRow.id)).scalars()
        return [from_json(ReadyMail, row.payload) for row in rows]


def test_a_shipment_is_told_once_with_what_is_still_to_come(database: Database) -> None:
    order = sold(database)
    ship(database, order, 4)
    (mail,) = letters(database)
    assert (mail.letter.recipient, mail.letter.in_reply_to, mail.kind) == (BUYER, "<po-1@zebra-widgets.example>", "shipment")
    assert "PO 4711" in mail.subject and "Parcel Hare" in mail.text and "PH-77" in mail.text
    assert "- 4 pcs  WID-1  Widget no. 1" in mail.text and "Still to come:\n- 6 pcs  WID-1" in mail.text


def test_the_last_shipment_says_nothing_of_a_rest(database: Database) -> None:
    order = sold(database, language="de")
    ship(database, order, 10)
    (mail,) = letters(database)
    assert "ist unterwegs" in mail.subject and "- 10 Stk" in mail.text and "Noch offen" not in mail.text


def test_an_invoice_comes_with_its_file(database: Database) -> None:
    order = sold(database)
    with database.write() as db:
        issue_invoice(db, send(db, order, [10]), actor="Ann")
    file = Attachment("IN-000001.pdf", "application/pdf", "0" * 64)
    asked: list[str] = []
    documents = {NoticeKind.INVOICE: lambda _db, number: asked.append(number) or file}
    (mail,) = letters(database, follower(NoticeKind.INVOICE, documents=documents))
    assert mail.attachments == (file,) and asked == ["IN-000001"]
    assert "25.00 EUR" in mail.text and "Please pay by" in mail.text


def test_a_shipment_is_billed_once_by_a_house_that_bills_as_goods_leave(database: Database) -> None:
    order = sold(database)
    follow(database, BillingFollower())
    first = ship(database, order, 4)
    for _ in range(2):
        follow(database, BillingFollower())
    with database.write() as db:
        again = issue_invoice(db, first, actor="Ann")
        (invoice,) = db.execute(select(InvoiceRow)).scalars()
        assert (invoice.id, invoice.net) == (again, Decimal("10"))


def test_a_kind_the_house_does_not_send_is_not_written(database: Database) -> None:
    ship(database, sold(database), 4)
    assert letters(database, follower(NoticeKind.INVOICE)) == []


def test_an_order_that_did_not_come_by_mail_is_told_to_nobody(database: Database) -> None:
    order = sold(database)
    with database.write() as db:
        db.execute(update(SalesOrderRow).values(case_id=None, case_version=None))
    ship(database, order, 4)
    assert letters(database) == []


def test_a_changed_order_is_told_as_it_reads_now(database: Database) -> None:
    order = sold(database)
    with database.write() as db:
        db.execute(update(OrderLineRow).values(cancelled=Decimal(3)))
        number = db.get_one(SalesOrderRow, order.order_id).order_no
        record(db, actor="Ann", action="order.changed", subject=f"order:{number}", content={"reason": "You asked for less."})
    (mail,) = letters(database)
    assert "You asked for less." in mail.text and "- 7 pcs" in mail.text


def test_own_words_hold_for_their_language_and_a_customers_before_everybodys(database: Database) -> None:
    order = sold(database)
    with database.write() as db:
        save_words(db, NoticeKind.SHIPMENT, "en", OwnWords("Off it goes: {po_number}", "Sent."), actor="Ann")
        save_words(db, NoticeKind.SHIPMENT, "de", OwnWords("Los: {po_number}", "Weg."), actor="Ann")
    ship(database, order, 1)
    with database.write() as db:
        save_words(db, NoticeKind.SHIPMENT, "en", OwnWords("Zebra only", "Sent."), actor="Ann", customer_no="C-1")
    ship_subjects = [mail.subject for mail in letters(database)]
    assert ship_subjects == ["Zebra only"]
    with database.write() as db:
        drop_words(db, NoticeKind.SHIPMENT, "en", actor="Ann", customer_no="C-1")
        drop_words(db, NoticeKind.SHIPMENT, "en", actor="Ann")
        drop_words(db, NoticeKind.SHIPMENT, "en", actor="Ann")
        assert not words_in_force(db, "en")[NoticeKind.SHIPMENT][1]


@pytest.mark.parametrize(("subject", "text"), [
    ("", "x"), ("x", " "), ("{order}", "x"), ("x", "{0}"), ("x", "{po_number"), ("x", "}")])
def test_words_that_name_nothing_we_know_are_refused(subject: str, text: str) -> None:
    with pytest.raises(UnknownName):
        check_words(OwnWords(subject, text))


def test_words_for_no_language_or_nobody_are_refused(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        for language, customer_no in (("xx", ""), ("en", "nobody")):
            with pytest.raises(ServiceError):
                save_words(db, NoticeKind.INVOICE, language, OwnWords("a", "b"), actor="Ann", customer_no=customer_no)


@pytest.mark.parametrize("language", list(PHRASES))
def test_every_language_words_every_kind_with_names_that_exist(language: str) -> None:
    assert PHRASES[language].keys() == PHRASES["en"].keys()
    for kind in NoticeKind:
        check_words(OwnWords(PHRASES[language][f"{kind}_subject"], PHRASES[language][kind]))


@given(st.dictionaries(st.sampled_from(sorted(NAMES)), st.text(max_size=40)), st.sampled_from(list(NoticeKind)))
def test_texts_of_strangers_are_not_looked_into_and_add_no_line(names: dict[str, str], kind: NoticeKind) -> None:
    letter = Letter(BUYER, "notice.1.x", "en", None)
    plain = compose(Facts(kind, letter, "EUR", dict.fromkeys(names, "x")), company_name="Okapi")
    hostile = compose(Facts(kind, letter, "EUR", {n: f"{{total}}\n{v}" for n, v in names.items()}), company_name="Okapi")
    assert hostile.text.count("\n") <= plain.text.count("\n") + 2 and "\n" not in hostile.subject
