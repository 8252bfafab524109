"""Whatever is shipped, billed, paid, credited, returned and paid back in whatever order: money and units add up."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.billing import RefundState
from models.domain.returns import Grade, ReturnOutcome
from models.errors import ServiceError
from models.tables.billing import CreditMemoRow, InvoiceRow, PaymentRow, RefundRow
from models.tables.orders import OrderLineRow
from models.tables.returns import ReturnLineRow
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice, receive_payment
from oms.billing.refunds import move_refund, request_refund
from oms.inventory.reconcile import reconcile
from oms.returns.close import close_return
from oms.returns.inspection import inspect, receive_return
from oms.returns.requests import Wanted, approve_return, request_return
from runtime.db import Database
from tests.support.orders import AT, Shop, open_shop
from tests.support.shipments import Sold, sell, send

STEPS = st.lists(
    st.tuples(st.sampled_from(["ship", "ship", "bill", "bill", "pay", "credit", "return", "refund", "fail"]), st.integers(1, 7)),
    min_size=4, max_size=14)


def step(db: Session, sold: Sold, shipments: list[int], what: str, n: int, key: str) -> None:
    """One move; what is refused is refused whole, which the caller's savepoint takes back."""
    (line,) = sold.line_ids
    of_order = select(InvoiceRow.id).where(InvoiceRow.order_id == sold.order_id).order_by(InvoiceRow.id)
    invoices = db.execute(of_order).scalars().all()
    if what == "ship":
        row = db.get_one(OrderLineRow, line)
        if left := min(Decimal(n), row.base_quantity - row.shipped):
            shipments.append(send(db, sold, [str(left)]))
    elif what == "bill" and shipments:
        issue_invoice(db, shipments[n % len(shipments)], actor="Ann")
    elif what == "return":
        made = request_return(db, order_id=sold.order_id, lines=[Wanted(Decimal(n), line)], reason="x", actor="Ann")
        approve_return(db, made, actor="Ann", fee=Decimal(n) / 100)
        part = db.execute(select(ReturnLineRow.id).where(ReturnLineRow.return_id == made)).scalar_one()
        receive_return(db, made, quantities={part: Decimal(n)}, actor="Ann")
        inspect(
            db, made, line_id=part, quantity=Decimal(n), grade=Grade.NEW, actor="Ann",
            outcome=list(ReturnOutcome)[n % 3])
        close_return(db, made, actor="Ann")
    elif invoices and what in {"pay", "credit", "refund"}:
        invoice = invoices[n % len(invoices)]
        if what == "pay":
            receive_payment(db, invoice, key=key, amount=Decimal(n) + Decimal("0.33"), received_at=AT, actor="Ann")
        elif what == "credit":
            issue_credit(db, invoice, key=key, quantities={line: Decimal(n)}, reason="x", actor="Ann")
        else:
            request_refund(db, invoice, key=key, amount=Decimal(n), actor="Ann")
    elif what == "fail":
        pending = select(RefundRow.id).where(RefundRow.state == RefundState.PENDING).order_by(RefundRow.id.desc())
        if (refund := db.execute(pending).scalars().first()) is not None:
            move_refund(db, refund, RefundState.FAILED, actor="Ann", sentence="No such account.")


def check(db: Session, sold: Sold) -> None:
    """The books of one order."""
    db.expire_all()
    row = db.get_one(OrderLineRow, sold.line_ids[0])
    assert 0 <= row.credited <= row.invoiced <= row.shipped <= row.base_quantity and 0 <= row.returned <= row.shipped
    invoices = db.execute(select(InvoiceRow).where(InvoiceRow.order_id == sold.order_id)).scalars().all()
    if row.invoiced == row.base_quantity:
        assert (sum(i.net for i in invoices), sum(i.charges for i in invoices), sum(i.tax for i in invoices)) == (
            Decimal("33.35"), Decimal("4.99"), Decimal("6.37"))
    for i in invoices:
        memos = db.execute(select(CreditMemoRow).where(CreditMemoRow.invoice_id == i.id)).scalars().all()
        paid = db.execute(select(PaymentRow.amount).where(PaymentRow.invoice_id == i.id)).scalars().all()
        back = db.execute(select(RefundRow.amount).where(
            RefundRow.invoice_id == i.id, RefundRow.state != RefundState.FAILED)).scalars().all()
        assert i.net + i.charges + i.tax == i.total
        assert (i.credited, i.paid, i.refunded) == (sum(m.total for m in memos), sum(paid), sum(back))
        assert sum(m.total + m.fee for m in memos) <= i.total and i.refunded <= i.paid
    assert reconcile(db) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_money_and_units_add_up_in_any_order(sqlite_database: Database, steps: list[tuple[str, int]]) -> None:
    with sqlite_database.write() as db:
        sold = sell(db, [("7", "33.35")], shop=_shop(db), charge="4.99", tax="6.37")
        shipments: list[int] = []
        for place, (what, n) in enumerate(steps):
            before = list(shipments)
            try:
                with db.begin_nested():
                    step(db, sold, shipments, what, n, f"{sold.order_id}:{place}")
            except ServiceError:
                shipments[:] = before
            check(db, sold)


def _shop(db: Session) -> Shop:
    """The shop of the first example; later ones sell in it too."""
    row = db.execute(select(OrderLineRow).limit(1)).scalars().first()
    if row is None:
        return open_shop(db, [[0]])
    return Shop(1, 1, (row.item_id,), (1,))
