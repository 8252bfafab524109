"""Orders that were shipped, for what comes after: invoices, returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.fulfilment import FulfilmentState, ShipmentState
from models.domain.order_work import ChargeKind, OrderSource
from models.domain.states import SalesOrderState
from models.tables.fulfilment import FulfilmentLineRow, FulfilmentOrderRow, ShipmentLineRow, ShipmentRow
from models.tables.orders import OrderChargeRow, OrderLineRow, SalesOrderRow
from tests.support.orders import AT, Shop, open_shop


@dataclass(frozen=True, slots=True)
class Sold:
    """An order and the fulfilment order it is shipped by."""

    shop: Shop
    order_id: int
    line_ids: tuple[int, ...]
    fulfilment_order_id: int


def sell(
    db: Session, lines: Sequence[tuple[str, str]] = (("10", "25.00"),), *, shop: Shop | None = None, charge: str = "0",
    tax: str = "0", currency: str = "EUR", terms: str | None = "2/10 net 30",
) -> Sold:
    """A released order of (base units, amount) lines, one item each, that its only location is to ship."""
    shop = shop or open_shop(db, [[0]] * len(lines))
    order = SalesOrderRow(
        order_no=f"SO-{db.execute(select(SalesOrderRow.id)).all().__len__() + 900_000}", state=SalesOrderState.RELEASED,
        customer_id=shop.customer_id, po_number="PO 4711", currency=currency, ship_to_id=shop.address_id, payment_terms=terms,
        source=OrderSource.DESK, total=sum((Decimal(amount) for _, amount in lines), Decimal(0)), approved_by="Ann",
        created_at=AT)
    db.add(order)
    db.flush()
    rows = [
        OrderLineRow(
            order_id=order.id, position=n, item_id=shop.item_ids[n - 1], description=f"Widget no. {n}", quantity=Decimal(q),
            uom="PCE", base_quantity=Decimal(q), unit_price=Decimal(amount) / Decimal(q), amount=Decimal(amount))
        for n, (q, amount) in enumerate(lines, 1)]
    fulfilment = FulfilmentOrderRow(
        number=f"FO-{order.id}", order_id=order.id, location_id=shop.location_ids[0], state=FulfilmentState.IN_PROGRESS,
        created_at=AT, moved_at=AT)
    charges = [
        OrderChargeRow(order_id=order.id, position=n, kind=kind, name=kind.value, amount=Decimal(amount))
        for n, (kind, amount) in enumerate((
            (ChargeKind.CHARGE if Decimal(charge) >= 0 else ChargeKind.DISCOUNT, charge), (ChargeKind.TAX, tax)), 1)
        if Decimal(amount)]
    db.add_all([*rows, *charges, fulfilment])
    db.flush()
    db.add_all([
        FulfilmentLineRow(fulfilment_order_id=fulfilment.id, order_line_id=r.id, item_id=r.item_id, quantity=r.base_quantity)
        for r in rows])
    db.flush()
    return Sold(shop, order.id, tuple(r.id for r in rows), fulfilment.id)


def send(db: Session, sold: Sold, quantities: Sequence[int | str], *, state: ShipmentState = ShipmentState.SHIPPED) -> int:
    """A shipment of so many base units of each line; returns its id."""
    shipment = ShipmentRow(
        number="new", fulfilment_order_id=sold.fulfilment_order_id, state=state, created_at=AT, created_by="Ann", shipped_at=AT)
    db.add(shipment)
    db.flush()
    shipment.number = f"SH-{shipment.id:06d}"
    lines = {
        x.order_line_id: x for x in db.execute(select(FulfilmentLineRow).where(
            FulfilmentLineRow.fulfilment_order_id == sold.fulfilment_order_id)).scalars()}
    for line_id, amount in zip(sold.line_ids, quantities, strict=True):
        if not Decimal(amount):
            continue
        line, order_line = lines[line_id], db.get_one(OrderLineRow, line_id)
        db.add(ShipmentLineRow(shipment_id=shipment.id, fulfilment_line_id=line.id, quantity=Decimal(amount)))
        line.shipped += Decimal(amount)
        order_line.allocated = max(order_line.allocated, order_line.shipped + Decimal(amount))
        order_line.shipped += Decimal(amount)
    db.flush()
    return shipment.id
