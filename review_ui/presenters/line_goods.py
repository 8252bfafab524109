"""What goes with the lines of an order: what is in a kit, what is offered for a line that is short, what stands in for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.items import ItemStatus
from models.tables.items import ItemRow, ItemSubstituteRow, ItemUnitRow
from models.tables.orders import OrderLineRow
from oms.fulfilment.lines import shares_of
from oms.inventory.kit_contents import parts_of_kits
from oms.inventory.repository import available_of
from oms.orders.repository import LineDetail, OrderDetail

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """A component of a line's kits, in its base units. `wanted`: for all kits that are not cancelled."""

    sku: str
    description: str
    each: Decimal
    uom: str
    wanted: Decimal
    reserved: Decimal
    shipped: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be sent in place of what is short. `available` and `needed` in base units of it."""

    sku: str
    description: str
    uom: str
    available: Decimal
    needed: Decimal

    @property
    def is_enough(self) -> bool:
        """True when the stock covers all that is short."""
        return self.available >= self.needed


@dataclass(frozen=True, slots=True)
class LineGoods:
    """`instead_of`: the line this one replaces; `replaced_by`: lines that replace it."""

    parts: tuple[Part, ...] = ()
    offers: tuple[Offer, ...] = ()
    instead_of: int | None = None
    replaced_by: tuple[int, ...] = ()


NOTHING = LineGoods()


def load_line_goods(db: Session, order: OrderDetail) -> dict[int, LineGoods]:
    """By the line's position; lines with nothing to say are left out."""
    parts, offers = _parts(db, order), _offers(db, order)
    instead = {
        int(entry.path.split(".")[1]): int(entry.after) for change in order.changes for entry in change.entries
        if entry.path.endswith(".instead_of") and entry.after}
    replaced: dict[int, list[int]] = defaultdict(list)
    for position, of in sorted(instead.items()):
        replaced[of].append(position)
    return {n: LineGoods(parts.get(n, ()), offers.get(n, ()), instead.get(n), tuple(replaced.get(n, ())))
            for n in sorted({*parts, *offers, *instead, *replaced})}


def _items(db: Session, order: OrderDetail) -> dict[int, int]:
    """Item by line."""
    return dict(db.execute(
        select(OrderLineRow.id, OrderLineRow.item_id).where(OrderLineRow.order_id == order.summary.id)).all())


def _parts(db: Session, order: OrderDetail) -> dict[int, tuple[Part, ...]]:
    items = _items(db, order)
    kits = parts_of_kits(db, items.values())
    if not kits:
        return {}
    gone: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line_id, shares in shares_of(db, order.summary.id).items():
        for share in shares:
            gone[line_id, share.item_id] += share.shipped
    found = {}
    for line in order.lines:
        left = line.base_quantity - line.cancelled
        found[line.position] = tuple(
            Part(x.sku, x.description, x.quantity, x.base_uom, x.quantity * left,
                 sum((held.quantity for held in line.reserved if held.sku == x.sku), ZERO), gone[line.id, x.item_id])
            for x in kits.get(items[line.id], ()))
    return {position: parts for position, parts in found.items() if parts}


def _offers(db: Session, order: OrderDetail) -> dict[int, tuple[Offer, ...]]:
    """What the catalogue names as substitutes of the lines that are short, and is sold in the line's unit; the best first."""
    short = {line.id: line for line in order.lines if line.short > 0}
    if not short:
        return {}
    x, unit = ItemSubstituteRow, ItemUnitRow
    rows = db.execute(
        select(OrderLineRow.id, ItemRow, unit.factor)
        .join(x, x.item_id == OrderLineRow.item_id).join(ItemRow, ItemRow.id == x.substitute_id)
        .join(unit, (unit.item_id == ItemRow.id) & (unit.uom == OrderLineRow.uom))
        .where(OrderLineRow.id.in_(short), ItemRow.status == ItemStatus.ACTIVE).order_by(OrderLineRow.position, x.rank)).all()
    free: Mapping[int, Decimal] = available_of(db, sorted({item.id for _, item, _ in rows}))
    found: dict[int, list[Offer]] = defaultdict(list)
    for line_id, item, factor in rows:
        line = short[line_id]
        found[line.position].append(
            Offer(item.sku, item.description, item.base_uom, free[item.id], _ordered(line) * factor))
    return {position: tuple(offers) for position, offers in found.items()}


def _ordered(line: LineDetail) -> Decimal:
    """What is short, in the line's unit."""
    return line.short * line.quantity / line.base_quantity
