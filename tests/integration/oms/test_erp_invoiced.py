"""What the ERP invoiced is booked here once, under its number: lines, money and letters follow; what does not fit is said."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models.domain.billing import InvoiceState
from models.domain.outbox import NoticeKind
from models.tables.audit import AuditEntryRow
from models.tables.billing import CreditMemoRow, InvoiceLineRow, InvoiceRow, PaymentRow
from models.tables.exceptions import ExceptionRow
from models.tables.orders import OrderLineRow
from models.tables.outbox import OutboxRow
from oms.billing.credits import issue_credit
from oms.billing.repository import Billing
from oms.erp import payload
from oms.erp.credited import ErpCreditFollower
from oms.erp.invoiced import book_told, not_booked
from oms.erp.told import Billed, InvoicedAhead, ToldInvoice, Unbookable, told_invoices
from oms.events.follow import Event, follow
from oms.notices.facts import About, gather
from runtime.db import Database
from tests.integration.oms.test_erp_shipped import booked, ordered
from tests.integration.oms.test_erp_shipped import told as shipment

D = Decimal


def told(order_no: str, *lines: tuple[str, str, str], number: str = "2031/7", tax: str = "0", **other: Any) -> ToldInvoice:
    """An invoice of (sku, quantity, amount) lines."""
    billed = tuple(Billed(sku, D(quantity), D(amount)) for sku, quantity, amount in lines)
    total = sum((line.amount for line in billed), D(tax))
    values = {
        "number": number, "orders": (order_no,), "is_paid": False, "currency": "EUR", "issued_on": date(2031, 1, 2),
        "tax": D(tax), "total": total, "lines": billed}
    return ToldInvoice(**values | other)


def book(database: Database, invoice: ToldInvoice) -> bool:
    with database.write() as db:
        return book_told(db, "tryton", invoice)


def test_an_invoice_of_the_erp_is_ours_under_its_number(database: Database) -> None:
    number = ordered(database, (0, 10), (1, 4), (0, 5))
    booked(database, shipment(number, i1=13, i2=4))
    invoice = told(number, ("WID-1", "13", "100.00"), ("WID-2", "4", "8.00"), ("", "1", "4.50"), tax="21.38")
    assert [book(database, invoice) for _ in range(3)] == [True] * 3
    with database.read() as db:
        row = db.execute(select(InvoiceRow)).scalar_one()
        assert (row.external_id, row.net, row.charges, row.tax, row.total) == (
            "2031/7", D(108), D("4.5"), D("21.38"), D("133.88"))
        lines = db.execute(select(InvoiceLineRow.quantity, InvoiceLineRow.amount).order_by(InvoiceLineRow.id)).all()
        assert [tuple(line) for line in lines] == [(D(10), D("76.92")), (D(3), D("23.08")), (D(4), D(8))]
        assert db.execute(select(OrderLineRow.invoiced).order_by(OrderLineRow.position)).scalars().all() == [D(10), D(4), D(3)]
        issued = db.execute(select(AuditEntryRow).where(AuditEntryRow.action == "invoice.issued")).scalar_one()
        assert Billing(db).invoice(row.number).paper_no == "2031/7"
        about = gather(db, Event(issued.seq, issued.action, issued.subject, issued.actor, issued.at, {}))
        assert isinstance(about, About) and about.facts.kind is NoticeKind.INVOICE
        assert about.facts.names["invoice"] == "2031/7"


def test_paid_there_is_paid_here_once(database: Database) -> None:
    number = ordered(database, (0, 10))
    booked(database, shipment(number, i1=10))
    invoice = told(number, ("WID-1", "10", "50.00"))
    book(database, invoice)
    for _ in range(2):
        book(database, told(number, ("WID-1", "10", "50.00"), is_paid=True))
    with database.read() as db:
        row = db.execute(select(InvoiceRow)).scalar_one()
        assert (row.state, row.paid) == (InvoiceState.PAID, D(50))
        assert db.execute(select(PaymentRow.amount)).scalars().all() == [D(50)]


def test_an_invoice_that_comes_before_the_goods_waits_for_them(database: Database) -> None:
    number = ordered(database, (0, 10))
    invoice = told(number, ("WID-1", "10", "50.00"))
    booked(database, shipment(number, i1=6))
    with pytest.raises(InvoicedAhead):
        book(database, invoice)
    booked(database, shipment(number, "CS-2", i1=4))
    assert book(database, invoice)


@pytest.mark.parametrize("other", [
    {"orders": ("SO-000001", "SO-000002")}, {"currency": "USD"}, {"total": D("50.01")},
    {"lines": (Billed("WID-1", D(11), D("50.00")),)}, {"lines": (Billed("WID-2", D(1), D("50.00")),)},
])
def test_what_does_not_fit_is_said_and_booked_when_it_does(database: Database, other: dict[str, Any]) -> None:
    number = ordered(database, (0, 10))
    booked(database, shipment(number, i1=10))
    wrong, right = told(number, ("WID-1", "10", "50.00"), **other), told(number, ("WID-1", "10", "50.00"))
    with pytest.raises(Unbookable) as refused:
        book(database, wrong)
    with database.write() as db:
        not_booked(db, wrong, refused.value.code, refused.value.sentence)
    with database.read() as db:
        said = db.execute(select(ExceptionRow)).scalar_one()
        assert (said.code, said.state.value) == ("erp_invoice_differs", "open") and "2031/7" in said.sentence
        assert db.execute(select(InvoiceRow)).all() == []
    assert book(database, right)
    with database.read() as db:
        assert db.execute(select(ExceptionRow.state)).scalar_one().value == "resolved"


def test_a_credit_note_and_an_invoice_of_somebody_else_are_left_alone(database: Database) -> None:
    number = ordered(database, (0, 10))
    assert not book(database, told(number, ("WID-1", "-1", "-5.00")))
    assert not book(database, told("SO-999999", ("WID-1", "1", "5.00")))


def credited(database: Database) -> list[tuple[Decimal, Decimal, str]]:
    with database.read() as db:
        return [tuple(row) for row in db.execute(  # type: ignore[misc]
            select(CreditMemoRow.total, CreditMemoRow.tax, CreditMemoRow.issued_by))]


def test_a_credit_note_of_the_erp_is_our_memo_once_and_is_not_told_back(database: Database) -> None:
    number = ordered(database, (0, 10), (1, 4))
    note = told(number, ("WID-1", "-2", "-10.00"), number="2031/9", tax="-2", credits="2031/7")
    with pytest.raises(InvoicedAhead):
        book(database, note)                                       # its invoice is not here yet
    booked(database, shipment(number, i1=10, i2=4))
    book(database, told(number, ("WID-1", "10", "50.00"), ("WID-2", "4", "8.00"), tax="11.60"))
    follower = ErpCreditFollower("tryton")
    follow(database, follower)
    assert [book(database, note) for _ in range(2)] == [True, True]
    follow(database, follower)
    assert credited(database) == [(D(12), D(2), "tryton")]
    with database.read() as db:
        assert db.execute(select(OutboxRow).where(OutboxRow.kind == payload.CREDITED)).all() == []


@pytest.mark.parametrize("lines", [(("WID-1", "-2", "-9.00"),), (("WID-1", "-11", "-55.00"),), (("", "-1", "-3.00"),)])
def test_a_credit_note_that_is_not_worth_what_it_takes_back_is_looked_at_by_a_person(
    database: Database, lines: tuple[tuple[str, str, str], ...]
) -> None:
    number = ordered(database, (0, 10))
    booked(database, shipment(number, i1=10))
    book(database, told(number, ("WID-1", "10", "50.00")))
    with pytest.raises(Unbookable):
        book(database, told(number, *lines, number="2031/9", credits="2031/7"))
    assert credited(database) == []


def test_a_memo_of_ours_is_told_once_with_the_erps_number_of_its_invoice(database: Database) -> None:
    number = ordered(database, (0, 10))
    booked(database, shipment(number, i1=10))
    book(database, told(number, ("WID-1", "10", "50.00"), tax="10"))
    follow(database, ErpCreditFollower("tryton"))
    with database.write() as db:
        line_id, invoice_id = db.execute(select(InvoiceLineRow.order_line_id, InvoiceLineRow.invoice_id)).one()
        issue_credit(db, invoice_id, key="k", quantities={line_id: D(3)}, reason="Three too many.", actor="Ann", fee=D(1))
    for _ in range(3):
        follow(database, ErpCreditFollower("tryton"))
    with database.read() as db:
        (content,) = db.execute(select(OutboxRow.payload).where(OutboxRow.kind == payload.CREDITED)).scalars()
    message = json.loads(content)
    assert (message["id"], message["invoice"], message["lines"]) == (
        "credit:CM-000001", "2031/7", [{"sku": "WID-1", "quantity": "3", "amount": "15"}])
    assert [message[name] for name in ("charges", "tax", "fee", "total")] == ["0", "3", "1", "17"]


def test_rows_of_one_invoice_are_one_invoice() -> None:
    head = {"order_no": "SO-1", "invoice": "7", "state": "paid", "currency": "EUR", "issued_on": "2031-01-02", "tax": "1",
            "total": "4", "credits": ""}
    rows = [head | {"sku": sku, "quantity": "1", "amount": amount} for sku, amount in (("A", "2"), ("", "1"))]
    assert told_invoices(rows) == [ToldInvoice(
        "7", ("SO-1",), True, "EUR", date(2031, 1, 2), D(1), D(4), (Billed("A", D(1), D(2)), Billed("", D(1), D(1))))]
