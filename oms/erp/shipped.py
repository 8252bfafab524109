"""Goods the ERP has sent: booked here as our own shipments are, so that stock, lines, letters and invoices follow.

What left the ERP's shelf is a fact. Where our books cannot follow it (more than is promised to the order, a serial number nobody
told), an exception says so and nothing is half-booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.fulfilment import LIVE_FULFILMENT, ShipmentState
from models.domain.order_work import ExceptionKind
from models.domain.states import SalesOrderState
from models.errors import InputError
from models.tables.fulfilment import FulfilmentLineRow, FulfilmentOrderRow, ShipmentRow
from models.tables.items import ItemRow
from models.tables.orders import SalesOrderRow
from oms.exceptions import close_exception, open_exception
from oms.fulfilment.create import create_fulfilment_orders
from oms.fulfilment.lines import lock_order
from oms.fulfilment.picking import pick
from oms.fulfilment.ship import Carriage, confirm
from oms.fulfilment.shipments import deliver, finish_picking, lock_shipment, move_shipment, open_shipment
from oms.orders.service import release_order

_LEFT = frozenset({"shipped", "delivered"})
ZERO = Decimal(0)


class ShippedMore(InputError):
    """The ERP sent more of an item than this order has promised to it here."""

    code = "erp_shipped_more"


@dataclass(frozen=True, slots=True)
class Told:
    """One shipment as the ERP told it. `quantities` by SKU, in base units; `tracking` begins with our number where it is ours."""

    order_no: str
    number: str
    state: str                       # "packed", "shipped", "delivered"
    tracking: str
    quantities: Mapping[str, Decimal]

    @property
    def has_left(self) -> bool:
        """True when the goods are on their way or there."""
        return self.state in _LEFT


def told_shipments(rows: Iterable[Mapping[str, str]]) -> list[Told]:
    """The shipments of a pull's rows, one a move; several moves of one item add up."""
    found: dict[tuple[str, str, str, str], dict[str, Decimal]] = {}
    for row in rows:
        goods = found.setdefault((row["order_no"], row["shipment"], row["state"], row.get("tracking", "")), {})
        goods[row["sku"]] = goods.get(row["sku"], ZERO) + Decimal(row["quantity"])
    return [Told(*about, goods) for about, goods in sorted(found.items())]


def book(db: Session, system: str, told: Told) -> bool:
    """Book a shipment that left; True when this call did. A repeat does nothing but note a delivery. Raises ServiceError: nothing
    is to be kept of this transaction then."""
    order_id = db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == told.order_no)).scalar_one_or_none()
    if order_id is None or not told.has_left or _is_ours(db, order_id, told):
        return False
    order = lock_order(db, order_id)            # its state is of now: another worker may have been told the same
    prefix = f"erp:{system}:{told.order_no}/{told.number}:"
    known = db.execute(select(ShipmentRow).where(ShipmentRow.key.startswith(prefix, autoescape=True))).scalars().all()
    if not known:
        if order.state is SalesOrderState.ACCEPTED:
            release_order(db, order.id, user=system)
        create_fulfilment_orders(db, order.id, actor=system)
        _ship(db, order.id, system, told, prefix)
        known = db.execute(select(ShipmentRow).where(ShipmentRow.key.startswith(prefix, autoescape=True))).scalars().all()
        close_exception(db, key=_about(told), by=system, resolution="Booked.")
    elif told.state != "delivered":
        return False
    if told.state == "delivered":
        for shipment in known:
            if shipment.state is ShipmentState.SHIPPED:
                deliver(db, shipment.id, actor=system)
    return True


def not_booked(db: Session, told: Told, code: str, sentence: str) -> None:
    """Say that a shipment of the ERP is not in our books, and what to do."""
    order_id = db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == told.order_no)).scalar_one()
    open_exception(
        db, kind=ExceptionKind.RECONCILIATION, key=_about(told), code=code, order_id=order_id,
        sentence=f"The ERP sent shipment {told.number} for {told.order_no}, but it cannot be booked here: {sentence}")


def _is_ours(db: Session, order_id: int, told: Told) -> bool:
    """Whether we sent it and told the ERP, which tells us now: its reference begins with our number."""
    ours = select(ShipmentRow.id).join(FulfilmentOrderRow, FulfilmentOrderRow.id == ShipmentRow.fulfilment_order_id).where(
        FulfilmentOrderRow.order_id == order_id, ShipmentRow.number == told.tracking.partition(" ")[0])
    return db.execute(ours).first() is not None


def _about(told: Told) -> str:
    return f"erp-shipment:{told.order_no}/{told.number}"[:128]


def _ship(db: Session, order_id: int, system: str, told: Told, prefix: str) -> None:
    left = {_item(db, sku): quantity for sku, quantity in told.quantities.items()}
    shares = db.execute(
        select(FulfilmentLineRow).join(FulfilmentOrderRow, FulfilmentOrderRow.id == FulfilmentLineRow.fulfilment_order_id)
        .where(FulfilmentOrderRow.order_id == order_id, FulfilmentOrderRow.state.in_(LIVE_FULFILMENT))
        .order_by(FulfilmentLineRow.fulfilment_order_id, FulfilmentLineRow.id)).scalars().all()
    taken: dict[int, list[tuple[int, Decimal]]] = {}
    for share in shares:
        take = min(share.quantity - share.shipped - share.cancelled, left.get(share.item_id, ZERO))
        if take > 0:
            taken.setdefault(share.fulfilment_order_id, []).append((share.id, take))
            left[share.item_id] -= take
    if more := {item_id: quantity for item_id, quantity in left.items() if quantity > 0}:
        goods = ", ".join(f"{quantity:f} of {db.get_one(ItemRow, item_id).sku}" for item_id, quantity in more.items())
        raise ShippedMore(
            f"it holds {goods} more than is promised to the order. Receive or count the stock, allocate the order, then pull "
            "shipments again in full.")
    for fulfilment_id, picks in taken.items():
        shipment_id = open_shipment(db, fulfilment_id, actor=system)
        for share_id, quantity in picks:
            pick(db, shipment_id, share_id, quantity)
        finish_picking(db, shipment_id, actor=system)
        move_shipment(db, lock_shipment(db, shipment_id), ShipmentState.PACKED)      # in parcels of the ERP's, not of ours
        confirm(
            db, shipment_id, actor=system, key=f"{prefix}{fulfilment_id}", by=Carriage(tracking_number=told.tracking or None),
            is_told=True)


def _item(db: Session, sku: str) -> int:
    found = db.execute(select(ItemRow.id).where(ItemRow.sku == sku)).scalar_one_or_none()
    if found is None:
        raise InputError(f"item {sku} is not in the catalogue. Pull items, then shipments in full.", code="unknown_item")
    return found
