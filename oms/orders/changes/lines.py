"""A new line as people name it: SKU, quantity, unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.money import line_amount
from models.tables.items import ItemRow, ItemUnitRow
from oms.orders.assemble import LARGEST, NewLine
from oms.orders.changes.plan import ChangeRefused, six_places


def named_line(
    db: Session, *, sku: str, quantity: Decimal, uom: str | None, unit_price: Decimal, currency: str,
    requested_date: date | None = None, discount: Decimal | None = None, list_price: Decimal | None = None,
) -> NewLine:
    """The line; `uom` None is the item's base unit, prices are per `uom`, `discount` is in percent. Raises ChangeRefused for
    what we do not sell."""
    item = db.execute(select(ItemRow).where(ItemRow.sku == sku.strip())).scalar_one_or_none()
    if item is None:
        raise ChangeRefused(f"There is no item {sku.strip()}; look for it in the catalogue.", code="unknown_item")
    unit = (uom or item.base_uom).strip().upper()
    factor = db.execute(
        select(ItemUnitRow.factor).where(ItemUnitRow.item_id == item.id, ItemUnitRow.uom == unit)).scalar_one_or_none()
    if factor is None and unit == item.base_uom:
        factor = Decimal(1)
    if factor is None:
        raise ChangeRefused(f"{item.sku} is not sold in {unit}; choose another unit.", code="unknown_unit")
    if not quantity.is_finite() or not unit_price.is_finite() or max(abs(quantity), abs(unit_price)) >= LARGEST:
        raise ChangeRefused(f"{item.sku}: the quantity or price is out of range.")
    ordered, price = six_places(quantity), six_places(unit_price)
    return NewLine(
        key="", position=0, item_id=item.id, sku=item.sku, customer_line_no=None, customer_part_number=None,
        description=item.description, quantity=ordered, uom=unit, base_quantity=six_places(ordered * factor), unit_price=price,
        amount=line_amount(ordered, price, discount, currency), requested_date=requested_date, discount=discount,
        list_price=None if list_price is None else six_places(list_price))
