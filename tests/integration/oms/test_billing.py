"""Invoices, payments, credit memos and refunds: money adds up, once, whoever asks how often."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models.domain.billing import InvoiceState, RefundState
from models.domain.fulfilment import ShipmentState
from models.domain.moves import RefusedMove
from models.errors import ConflictError, InputError, ServiceError
from models.tables.audit import AuditEntryRow
from models.tables.billing import CreditMemoRow, InvoiceLineRow, InvoiceRow, PaymentRow, RefundRow
from models.tables.orders import OrderLineRow
from oms.billing.credits import NothingToCredit, issue_credit
from oms.billing.invoices import NothingToBill, NotShipped, issue_invoice, receive_payment
from oms.billing.refunds import move_refund, request_refund
from oms.billing.rows import AboveLimit
from runtime.db import Database
from tests.support.orders import AT
from tests.support.shipments import Sold, sell, send

TWENTY = 20


def invoiced(database: Database, *, paid: str | None = None) -> tuple[Sold, int]:
    """A shipped order of 10 for 25.00 with freight 5.00 and tax 6.00, billed whole and perhaps paid."""
    with database.write() as db:
        sold = sell(db, charge="5.00", tax="6.00")
        invoice_id = issue_invoice(db, send(db, sold, [10]), actor="Ann")
        if paid:
            receive_payment(db, invoice_id, key="bank-0", amount=Decimal(paid), received_at=AT, actor="Ann")
    return sold, invoice_id


def at_once(work: Callable[[int], object]) -> list[object]:
    """Twenty calls in parallel: what each answered, or the error it raised."""
    def one(n: int) -> object:
        try:
            return work(n)
        except ServiceError as error:
            return type(error)
    with ThreadPoolExecutor(TWENTY) as clients:
        return list(clients.map(one, range(TWENTY)))


def test_three_shipments_are_three_invoices_that_are_the_order_to_the_cent(database: Database) -> None:
    with database.write() as db:
        sold = sell(db, [("3", "10.00"), ("7", "33.33")], charge="4.99", tax="9.17")
        ids = [issue_invoice(db, send(db, sold, q), actor="Ann") for q in ((1, 2), (1, 0), (1, 5))]
    with database.read() as db:
        rows = [db.get_one(InvoiceRow, i) for i in ids]
        assert [r.net for r in rows] == [Decimal("12.85"), Decimal("3.34"), Decimal("27.14")]
        assert [sum(getattr(r, name) for r in rows) for name in ("net", "charges", "tax", "total")] == [
            Decimal("43.33"), Decimal("4.99"), Decimal("9.17"), Decimal("57.49")]
        assert [r.number for r in rows] == [f"IN-{i:06d}" for i in ids]
        assert {r.due_on for r in rows} == {rows[0].issued_at.date() + timedelta(days=30)}
        assert db.execute(select(OrderLineRow.invoiced).order_by(OrderLineRow.position)).scalars().all() == [3, 7]


def test_a_shipment_is_billed_once_by_twenty_at_once(database: Database) -> None:
    with database.write() as db:
        shipment = send(db, sell(db), [10])

    def bill(_: int) -> int:
        with database.write() as db:
            return issue_invoice(db, shipment, actor="Ann")

    assert len(set(at_once(bill))) == 1
    with database.read() as db:
        assert db.execute(select(func.count()).select_from(InvoiceLineRow)).scalar_one() == 1
        issued = select(func.count()).where(AuditEntryRow.action == "invoice.issued")
        assert db.execute(issued).scalar_one() == 1


def test_what_has_not_left_or_is_billed_already_is_refused(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        sold = sell(db)
        with pytest.raises(NotShipped, match="picked"):
            issue_invoice(db, send(db, sold, [4], state=ShipmentState.PICKED), actor="Ann")
        shipment = send(db, sold, [4])
        db.get_one(OrderLineRow, sold.line_ids[0]).invoiced = Decimal(8)
        with pytest.raises(NothingToBill):
            issue_invoice(db, shipment, actor="Ann")


def test_an_invoice_is_paid_when_the_money_is_there(database: Database) -> None:
    _, invoice_id = invoiced(database)
    for key, amount, state in (("a", "16.00", InvoiceState.ISSUED), ("b", "20.00", InvoiceState.PAID)):
        with database.write() as db:
            receive_payment(db, invoice_id, key=key, amount=Decimal(amount), received_at=AT, actor="Ann")
        with database.read() as db:
            assert db.get_one(InvoiceRow, invoice_id).state is state


def test_a_payment_comes_once_however_often_it_is_told(database: Database) -> None:
    _, invoice_id = invoiced(database)

    def pay(_: int) -> int:
        with database.write() as db:
            return receive_payment(db, invoice_id, key="bank-7", amount=Decimal(9), received_at=AT, actor="Ann")

    assert len(set(at_once(pay))) == 1
    with database.read() as db:
        assert db.get_one(InvoiceRow, invoice_id).paid == 9
        assert db.execute(select(func.count()).select_from(PaymentRow)).scalar_one() == 1
    with pytest.raises(ConflictError, match="key of its own"), database.write() as db:
        receive_payment(db, invoice_id, key="bank-7", amount=Decimal(8), received_at=AT, actor="Ann")


def test_credits_by_line_take_back_what_was_billed_and_no_more(database: Database) -> None:
    sold, invoice_id = invoiced(database)
    (line,) = sold.line_ids

    def credit(n: int) -> int:
        with database.write() as db:
            return issue_credit(
                db, invoice_id, key=f"rma-{n}", quantities={line: Decimal(1)}, reason="Came back.", actor="Ann")

    answers = at_once(credit)
    assert answers.count(AboveLimit) == TWENTY - 10
    with database.read() as db:
        invoice = db.get_one(InvoiceRow, invoice_id)
        assert (invoice.credited, invoice.state) == (Decimal("36.00"), InvoiceState.CREDITED)
        memos = db.execute(select(CreditMemoRow)).scalars().all()
        assert sum(m.total for m in memos) == 36 and sum(m.tax for m in memos) == 6 and sum(m.charges for m in memos) == 5
        assert db.get_one(OrderLineRow, line).credited == 10


def test_a_fee_is_kept_from_the_credit_and_stays_owed(sqlite_database: Database) -> None:
    sold, invoice_id = invoiced(sqlite_database)
    everything = {sold.line_ids[0]: Decimal(10)}
    with sqlite_database.write() as db:
        with pytest.raises(NothingToCredit, match="Lower the fee"):
            issue_credit(db, invoice_id, key="k", quantities=everything, reason="x", actor="Ann", fee=Decimal(36))
        issue_credit(db, invoice_id, key="k", quantities=everything, reason="x", actor="Ann", fee=Decimal("3.60"))
        again = issue_credit(db, invoice_id, key="k", quantities=everything, reason="x", actor="Ann", fee=Decimal("3.60"))
        invoice = db.get_one(InvoiceRow, invoice_id)
        assert (db.get_one(CreditMemoRow, again).total, invoice.credited) == (Decimal("32.40"), Decimal("32.40"))
        receive_payment(db, invoice_id, key="bank", amount=Decimal("3.60"), received_at=AT, actor="Ann")
        db.refresh(invoice)
        assert invoice.state is InvoiceState.PAID


def test_twenty_refunds_at_once_never_pay_back_more_than_came(database: Database) -> None:
    _, invoice_id = invoiced(database, paid="36.00")

    def refund(n: int) -> int:
        with database.write() as db:
            return request_refund(db, invoice_id, key=f"r-{n}", amount=Decimal(5), actor="Ann")

    answers = at_once(refund)
    assert answers.count(AboveLimit) == TWENTY - 7
    with database.read() as db:
        assert db.get_one(InvoiceRow, invoice_id).refunded == 35


def test_a_double_click_refunds_once(database: Database) -> None:
    _, invoice_id = invoiced(database, paid="36.00")

    def refund(_: int) -> int:
        with database.write() as db:
            return request_refund(db, invoice_id, key="r", amount=Decimal(36), actor="Ann")

    assert len(set(at_once(refund))) == 1
    with database.read() as db:
        assert db.execute(select(func.sum(RefundRow.amount, type_=RefundRow.amount.type))).scalar_one() == 36


def test_a_refund_that_failed_gives_its_money_back_and_may_be_tried_again(database: Database) -> None:
    _, invoice_id = invoiced(database, paid="36.00")
    with database.write() as db:
        first = request_refund(db, invoice_id, key="r1", amount=Decimal(30), actor="Ann")
        with pytest.raises(RefusedMove):
            move_refund(db, first, RefundState.SUCCEEDED, actor="Ann")
        move_refund(db, first, RefundState.FAILED, actor="Ann", sentence="The account is closed.")
        request_refund(db, invoice_id, key="r2", amount=Decimal(10), actor="Ann")
        with pytest.raises(AboveLimit, match="at most 26"):
            move_refund(db, first, RefundState.PENDING, actor="Ann")
        assert db.get_one(InvoiceRow, invoice_id).refunded == 10


def test_a_credit_memo_is_paid_back_at_most_once(database: Database) -> None:
    sold, invoice_id = invoiced(database, paid="36.00")
    with database.write() as db:
        memo = issue_credit(
            db, invoice_id, key="k", quantities={sold.line_ids[0]: Decimal(5)}, reason="x", actor="Ann")
        request_refund(db, invoice_id, key="r1", amount=Decimal(10), actor="Ann", credit_memo_id=memo)
        with pytest.raises(AboveLimit, match="8 EUR"):
            request_refund(db, invoice_id, key="r2", amount=Decimal(9), actor="Ann", credit_memo_id=memo)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1e13"])
def test_amounts_that_are_none_are_refused(sqlite_database: Database, amount: str) -> None:
    _, invoice_id = invoiced(sqlite_database, paid="36.00")
    with sqlite_database.write() as db, pytest.raises(InputError, match="no amount"):
        request_refund(db, invoice_id, key="r", amount=Decimal(amount), actor="Ann")
