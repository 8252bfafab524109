"""Letters about what happened to an order: written once for each event, to who ordered, in their thread and language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from models.domain.outbox import Channel, NoticeKind
from models.errors import ServiceError
from models.tables.billing import InvoiceRow
from models.tables.fulfilment import ShipmentRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import CustomerRow
from oms.allocation.choice import Shortage, decide_shortage
from oms.allocation.service import allocate_order
from oms.billing.follow import BillingFollower
from oms.billing.invoices import issue_invoice
from oms.events.follow import follow
from oms.inventory.booking import Booking, Movement, book
from oms.inventory.supplies import expect
from oms.letters.ready import Attachment, Letter, ReadyMail
from oms.notices.compose import NAMES, PHRASES, Facts, OwnWords, UnknownName, check_words, compose
from oms.notices.follow import NoticeFollower
from oms.notices.words import drop_words, save_words, words_in_force
from oms.orders.changes.plan import EditLine
from oms.orders.changes.service import change_order
from oms.orders.service import accept_order, release_order
from runtime.audit import record
from runtime.codec import from_json
from runtime.db import Database
from tests.support.orders import BUYER, draft, open_case, open_shop
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


def count(database: Database, sku: str, quantity: int) -> None:
    with database.write() as db:
        book(db, Booking(Movement.COUNT, sku, "LOC0", Decimal(quantity), "counted"), actor="Ann")


def promised(database: Database, *, backorder: bool = True) -> int:
    """An order that came by mail, of ten that are all there."""
    with database.write() as db:
        shop = open_shop(db, [[10]])
        db.execute(update(ItemRow).values(backorder=backorder))
        expect(db, item_id=shop.item_ids[0], location_id=shop.location_ids[0], quantity=Decimal(50),
               expected_on=date(2099, 5, 2), reference="PO 1")
        return accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 10)]), approved_by="Ann")


def backorders(database: Database) -> list[str]:
    for _ in range(3):
        follow(database, follower(NoticeKind.BACKORDER))
    with database.read() as db:
        rows = select(OutboxRow.payload).where(OutboxRow.kind == NoticeKind.BACKORDER).order_by(OutboxRow.id)
        return [from_json(ReadyMail, payload).text for payload in db.execute(rows).scalars()]


def test_what_comes_later_than_was_said_is_told_once(database: Database) -> None:
    follow(database, follower())
    promised(database)
    assert backorders(database) == []
    for counted in (6, 6, 8):                               # only the first takes more than was said
        count(database, "WID-1", counted)
    (mail,) = backorders(database)
    assert "PO 4711" in mail and "- 4 pcs  WID-1  Widget no. 1 (expected May 2, 2099)" in mail
    count(database, "WID-1", 1)
    assert "- 9 pcs  WID-1" in backorders(database)[1]


def test_what_the_acknowledgement_said_is_not_told_again_when_the_order_is_given_out(database: Database) -> None:
    follow(database, follower())
    with database.write() as db:
        shop = open_shop(db, [[3]])
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 10)]), approved_by="Ann")
        release_order(db, order, user="Ann")
        allocate_order(db, order)
    assert backorders(database) == []
    with database.write() as db:
        change_order(db, order, [EditLine(1, quantity=Decimal(12))], actor="Ann", reason="two more")
        allocate_order(db, order)
    (mail,) = backorders(database)
    assert "- 9 pcs  WID-1  Widget no. 1\n" in mail         # nobody knows when


def test_what_is_not_sold_on_backorder_is_told_of_when_somebody_chose_to_wait(database: Database) -> None:
    follow(database, follower())
    order = promised(database, backorder=False)
    count(database, "WID-1", 6)
    with database.write() as db:
        release_order(db, order, user="Ann")
        allocate_order(db, order)
    assert backorders(database) == []
    with database.write() as db:
        decide_shortage(db, order, 1, Shortage.WAIT, actor="Ann", reason="They wait.")
    (mail,) = backorders(database)
    assert "- 4 pcs  WID-1" in mail


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
