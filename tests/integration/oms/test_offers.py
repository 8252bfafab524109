"""Drafts and quotes on both databases: written freely, valid until a day, made an order exactly once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from models.domain.moves import RefusedMove
from models.domain.order_work import ChargeKind, ExceptionKind, ExceptionState, OrderSource
from models.domain.outbox import Channel, NoticeKind
from models.domain.states import SalesOrderState
from models.errors import NotFound
from models.tables.audit import AuditEntryRow
from models.tables.exceptions import ExceptionRow
from models.tables.orders import OrderChangeRow, OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerRow
from oms.events.follow import follow
from oms.exceptions.service import waive
from oms.inventory.reconcile import reconcile
from oms.letters.ready import Attachment, ReadyMail
from oms.notices.follow import NoticeFollower
from oms.orders.cancel import cancel_order
from oms.orders.changes.plan import ChangeRefused, EditLine, RemoveLine
from oms.orders.changes.service import change_order
from oms.orders.holds import OrderHeld
from oms.orders.offers.given import GivenCharge, GivenLine, GivenOrder, GivenRefused, named_order
from oms.orders.offers.service import (
    OfferExpired,
    OfferIncomplete,
    accept_offer,
    expire_offers,
    quote_offer,
    revise_quote,
    write_offer,
)
from oms.orders.repository import Orders
from oms.orders.service import release_order
from runtime.codec import from_json
from runtime.db import Database
from tests.support.orders import open_shop, reserved

D = Decimal
TODAY, LAST = date(2031, 3, 1), date(2031, 3, 10)
S = SalesOrderState
ORDER = GivenOrder(
    "C-1", "PO 9", lines=(GivenLine("WID-1", D(5), unit_price=D(2)), GivenLine("WID-2", D(1), "CT", D(24), discount=D(10))),
    charges=(GivenCharge(ChargeKind.CHARGE, "Freight", D(4)), GivenCharge(ChargeKind.DISCOUNT, "Spring", D(2))))


@pytest.fixture
def house(database: Database) -> Database:
    with database.write() as db:
        open_shop(db, [[8], [8]])
    return database


def written(house: Database, given: GivenOrder = ORDER, *, until: date | None = None) -> int:
    with house.write() as db:
        return write_offer(db, named_order(db, given), actor="Carl", source=OrderSource.DESK, valid_until=until)


def do(house: Database, work: Callable[..., object], *args: object, **named: object) -> None:
    with house.write() as db:
        work(db, *args, **named)


def state(house: Database, order_id: int) -> SalesOrderState:
    with house.read() as db:
        assert reconcile(db) == []
        return db.execute(select(SalesOrderRow.state).where(SalesOrderRow.id == order_id)).scalar_one()


def told(house: Database) -> list[str]:
    with house.read() as db:
        return list(db.execute(select(OutboxRow.kind).where(OutboxRow.channel == Channel.ERP).order_by(OutboxRow.id)).scalars())


def test_a_draft_promises_nothing_and_becomes_an_order_with_stock_and_a_message(house: Database) -> None:
    order_id = written(house)
    with house.read() as db:
        assert (reserved(db), told(house)) == (0, [])
    do(house, accept_offer, order_id, actor="Anna", today=TODAY)
    with house.read() as db:
        order = Orders(db).detail("SO-000001")
        assert (order.summary.state, order.summary.approved_by, order.order_date) == (S.ACCEPTED, "Anna", TODAY)
        assert (order.summary.total, order.payable) == (D("31.60"), D("33.60"))
        assert [(x.quantity, x.base_quantity, x.discount, x.short) for x in order.lines] == [(5, 5, None, 0), (1, 12, 10, 4)]
        message = json.loads(db.execute(select(OutboxRow.payload)).scalar_one())
        assert (message["kind"], message["id"], message["po_number"]) == ("sales_order.created", "so:SO-000001", "PO 9")
        assert [(x["sku"], x["short"]) for x in message["lines"]] == [("WID-1", "0"), ("WID-2", "4")]
        assert [(x["name"], x["amount"]) for x in message["charges"]] == [("Freight", "4"), ("Spring", "-2")]
        assert message["evidence"]["lines.2.quantity"] == {"origin": "typed", "person": "Anna"}
    assert state(house, order_id) is S.ACCEPTED


def test_of_two_who_accept_at_once_one_does_and_the_erp_is_told_once(house: Database) -> None:
    order_id = written(house)
    refused: list[str] = []

    def accept() -> None:
        try:
            do(house, accept_offer, order_id, actor="Anna", today=TODAY)
        except RefusedMove as e:
            refused.append(e.code)

    threads = [threading.Thread(target=accept) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), told(house)) == (5, ["sales_order.created"])
    assert state(house, order_id) is S.ACCEPTED


def test_a_draft_is_changed_without_a_reason_and_its_lines_can_go(house: Database) -> None:
    order_id = written(house)
    do(house, change_order, order_id, [EditLine(1, D(7)), RemoveLine(2)], actor="Carl", reason="")
    with house.read() as db:
        order = Orders(db).detail("SO-000001")
        assert ([x.quantity for x in order.lines], order.summary.total, order.summary.revision) == ([7], 14, 2)
        assert [(e.path, e.before, e.after) for e in order.changes[0].entries] == [
            ("lines.1.quantity", "5", "7"), ("lines.2", "1 CT WID-2", None)]
    do(house, accept_offer, order_id, actor="Anna", today=TODAY)
    with pytest.raises(ChangeRefused, match="only a draft's lines are removed"):
        do(house, change_order, order_id, [RemoveLine(1)], actor="Carl", reason="x")
    assert state(house, order_id) is S.ACCEPTED


def quoted_letters(house: Database, *, mailed: bool) -> list[ReadyMail]:
    """Quote the order, by mail or not, to a customer whose address is known; the letters that were written."""
    blank = Attachment("SO-000001.pdf", "application/pdf", "0" * 64)
    follower = NoticeFollower(
        company_name="Okapi Supply", kinds=(NoticeKind.QUOTE,), documents={NoticeKind.QUOTE: lambda _db, _number: blank})
    follow(house, follower)
    order_id = written(house)
    with house.write() as db:
        customer_id = db.execute(select(SalesOrderRow.customer_id)).scalar_one()
        db.execute(insert(CustomerEmailRow), [
            {"email": email, "customer_id": customer_id} for email in ("no-reply@zebra.example", "otto@zebra.example")])
    do(house, quote_offer, order_id, actor="Carl", valid_until=LAST, today=TODAY, is_mailed=mailed)
    for _ in range(2):
        follow(house, follower)
    with house.read() as db:
        rows = db.execute(select(OutboxRow.payload).where(OutboxRow.channel == Channel.MAIL)).scalars()
        return [from_json(ReadyMail, payload) for payload in rows]


def test_a_quote_is_mailed_once_to_the_customers_own_address(house: Database) -> None:
    (letter,) = quoted_letters(house, mailed=True)
    assert (letter.letter.recipient, letter.kind, letter.subject) == ("otto@zebra.example", "quote", "Quote SO-000001")
    assert "33.60 EUR" in letter.text and "valid until Mar 10, 2031" in letter.text
    assert [file.name for file in letter.attachments] == ["SO-000001.pdf"]


def test_a_quote_that_somebody_hands_over_otherwise_is_not_mailed(house: Database) -> None:
    assert quoted_letters(house, mailed=False) == []


def test_a_quote_stands_until_its_day_and_is_revised_by_making_it_a_draft(house: Database) -> None:
    order_id = written(house)
    with pytest.raises(OfferIncomplete, match="2031-02-28 is over"):
        do(house, quote_offer, order_id, actor="Carl", valid_until=date(2031, 2, 28), today=TODAY)
    do(house, quote_offer, order_id, actor="Carl", valid_until=LAST, today=TODAY)
    with pytest.raises(RefusedMove):
        do(house, change_order, order_id, [EditLine(1, D(7))], actor="Carl", reason="x")
    do(house, revise_quote, order_id, actor="Carl")
    do(house, change_order, order_id, [EditLine(1, D(7))], actor="Carl", reason="")
    do(house, quote_offer, order_id, actor="Carl", valid_until=LAST, today=TODAY)
    with pytest.raises(OfferExpired, match="valid until 2031-03-10"):
        do(house, accept_offer, order_id, actor="Anna", today=date(2031, 3, 11))
    do(house, accept_offer, order_id, actor="Anna", today=LAST)
    with house.read() as db:
        rows = db.execute(select(OrderChangeRow.content).order_by(OrderChangeRow.revision)).scalars()
        moves = [(e["before"], e["after"]) for row in rows for e in json.loads(row) if e["path"] == "state"]
        assert moves == [("draft", "quoted"), ("quoted", "draft"), ("draft", "quoted"), ("quoted", "accepted")]


def test_the_round_ends_offers_whose_last_day_is_over_and_no_others(house: Database) -> None:
    quoted, draft, timeless, taken = (written(house, until=until) for until in (None, LAST, None, LAST))
    do(house, quote_offer, quoted, actor="Carl", valid_until=LAST, today=TODAY)
    do(house, accept_offer, taken, actor="Anna", today=LAST)
    assert expire_offers(house, clock=lambda: datetime(2031, 3, 10, 23, 59, tzinfo=UTC)) == 0
    for ended in (2, 0):
        assert expire_offers(house, clock=lambda: datetime(2031, 3, 11, tzinfo=UTC)) == ended
    assert [state(house, i) for i in (quoted, draft, timeless, taken)] == [S.CANCELLED, S.CANCELLED, S.DRAFT, S.ACCEPTED]
    with house.read() as db:
        reasons = db.execute(select(OrderChangeRow.reason).where(OrderChangeRow.order_id == draft)).scalars().all()
        assert reasons == ["It was valid until 2031-03-10, and nobody took it."]


def test_an_offer_that_is_cancelled_tells_neither_the_erp_nor_the_customer(house: Database) -> None:
    order_id = written(house)
    do(house, cancel_order, order_id, user="Carl", reason="They bought elsewhere.")
    assert (state(house, order_id), told(house)) == (S.CANCELLED, [])
    with house.read() as db:
        assert "order.cancelled" not in db.execute(select(AuditEntryRow.action)).scalars().all()
    with pytest.raises(RefusedMove):
        do(house, accept_offer, order_id, actor="Anna", today=TODAY)


@pytest.mark.parametrize(("given", "says"), [
    (replace(ORDER, po_number=" "), "the customer's PO number is missing"), (replace(ORDER, lines=()), "it has no lines")])
def test_what_an_offer_lacks_is_said_when_it_is_to_become_an_order(house: Database, given: GivenOrder, says: str) -> None:
    order_id = written(house, given)
    with pytest.raises(OfferIncomplete, match=says):
        do(house, accept_offer, order_id, actor="Anna", today=TODAY)
    assert state(house, order_id) is S.DRAFT


@pytest.mark.parametrize(("given", "code"), [
    (replace(ORDER, customer_no="C-9"), "not_found"),
    (replace(ORDER, ship_to="NOWHERE"), "unknown_address"),
    (replace(ORDER, lines=(GivenLine("WID-1", D(1)),)), "price_missing"),
    (replace(ORDER, lines=(GivenLine("WID-1", D(0), unit_price=D(1)),)), "out_of_range"),
    (replace(ORDER, lines=(GivenLine("WID-1", D(10) ** 11, unit_price=D(100)),)), "out_of_range"),
    (replace(ORDER, lines=(GivenLine("WID-1", D(1), unit_price=D(1), discount=D(101)),)), "out_of_range"),
])
def test_what_cannot_be_written_is_refused_with_a_code(sqlite_database: Database, given: GivenOrder, code: str) -> None:
    with sqlite_database.write() as db:
        open_shop(db, [[8], [8]])
    with pytest.raises((GivenRefused, NotFound)) as refused:
        written(sqlite_database, given)
    assert refused.value.code == code


def test_what_is_not_said_follows_from_the_customer(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        shop = open_shop(db)
        db.execute(CustomerRow.__table__.update().values(payment_terms="30 days net"))     # type: ignore[attr-defined]
        order = named_order(db, GivenOrder("C-1", lines=(GivenLine("WID-1", D(2), list_price=D(3)),)))
        assert (order.currency, order.payment_terms, order.ship_to_id) == ("EUR", "30 days net", shop.address_id)
        assert (order.lines[0].unit_price, order.lines[0].list_price, order.total) == (3, 3, 6)
        assert named_order(db, GivenOrder("C-1", ship_to_text="Gate 4")).ship_to_id is None
        db.execute(AddressRow.__table__.delete())                                          # type: ignore[attr-defined]
        assert named_order(db, GivenOrder("C-1")).ship_to_id is None


def test_a_discount_is_kept_when_the_line_is_changed(house: Database) -> None:
    order_id = written(house)
    do(house, change_order, order_id, [EditLine(2, D(2))], actor="Carl", reason="")
    with house.read() as db:
        line = db.execute(select(OrderLineRow).where(OrderLineRow.position == 2)).scalar_one()
        assert (line.discount, line.amount) == (10, D("43.20"))


def taken(database: Database, order: GivenOrder) -> int:
    with database.write() as db:
        order_id = write_offer(db, named_order(db, order), actor="Ann", source=OrderSource.API)
        accept_offer(db, order_id, actor="Ann", today=TODAY)
    return order_id


def exceptions(database: Database) -> list[tuple[ExceptionKind, ExceptionState]]:
    with database.read() as db:
        return [(x.kind, x.state) for x in db.execute(select(ExceptionRow).order_by(ExceptionRow.id)).scalars()]


def test_a_po_number_that_another_order_has_blocks_the_later_until_somebody_accepts_both(house: Database) -> None:
    first, second = taken(house, ORDER), taken(house, replace(ORDER, po_number="po 9"))
    assert exceptions(house) == [(ExceptionKind.DUPLICATE_PO, ExceptionState.OPEN)]
    with house.write() as db:
        release_order(db, first, user="Ann")
    with pytest.raises(OrderHeld, match="PO number po 9 of SO-000001"), house.write() as db:
        release_order(db, second, user="Ann")
    with house.write() as db:
        waive(db, db.execute(select(ExceptionRow.id)).scalar_one(), user="Ann", reason="Both are meant.")
        release_order(db, second, user="Ann")
        cancel_order(db, first, user="Ann", reason="no")
        cancel_order(db, second, user="Ann", reason="no")
    taken(house, ORDER)                                 # what was cancelled is no duplicate
    assert exceptions(house) == [(ExceptionKind.DUPLICATE_PO, ExceptionState.WAIVED)]


def test_an_order_below_the_minimum_is_told_and_so_is_one_that_falls_below(house: Database) -> None:
    with house.write() as db:
        db.execute(CustomerRow.__table__.update().values(order_minimum=D(20)))  # type: ignore[attr-defined]
    small = taken(house, replace(ORDER, po_number="PO 1", lines=(GivenLine("WID-1", D(5), unit_price=D(2)),)))
    assert exceptions(house) == [(ExceptionKind.MINIMUM, ExceptionState.OPEN)]
    with house.write() as db:
        assert "10.00 EUR; the least" in db.execute(select(ExceptionRow.sentence)).scalar_one()
        change_order(db, small, [EditLine(1, quantity=D(10))], actor="Ann", reason="more")
    assert exceptions(house) == [(ExceptionKind.MINIMUM, ExceptionState.RESOLVED)]
    with house.write() as db:
        change_order(db, small, [EditLine(1, quantity=D(9))], actor="Ann", reason="less")
    assert exceptions(house)[1:] == [(ExceptionKind.MINIMUM, ExceptionState.OPEN)]
    with house.write() as db:
        release_order(db, small, user="Ann")             # it is told, and blocks nothing
        cancel_order(db, small, user="Ann", reason="no")
    assert exceptions(house)[1:] == [(ExceptionKind.MINIMUM, ExceptionState.RESOLVED)]
