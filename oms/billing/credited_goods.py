"""What a credit memo's paper names: parts of kits that came back alone as what they are, not as a fraction of the kit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.domain.money import round_money
from models.domain.returns import ReturnOutcome
from models.tables.billing import CreditLineRow, CreditMemoRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow
from models.tables.returns import InspectionRow, ReturnLineRow
from oms.billing.repository import BilledLine, CreditListed
from oms.orders.changes.kit_parts import list_prices
from oms.orders.changes.kits import weights_of


@dataclass(frozen=True, slots=True)
class _Part:
    """Base units of a part of a kit that came back to be credited."""

    item_id: int
    sku: str
    description: str
    uom: str
    quantity: Decimal


def as_came_back(
    db: Session, memo: CreditListed, lines: Sequence[BilledLine], part_of: Callable[[str], str]
) -> list[BilledLine]:
    """The memo's lines, with a line for each part of a kit that came back without the rest of it; `part_of` says of which SKU.

    Amounts are the memo's to the last cent, shared by the parts' list prices. A return that is credited in several memos, or that
    brought whole kits of the same line too, keeps the line as it is.
    """
    parts = _parts(db, memo, lines)
    told: list[BilledLine] = []
    for line in lines:
        found = parts.get(line.order_line_id, ())
        told += _split(line, found, _amounts(db, line.amount, found, memo.currency), part_of) if found else [line]
    return told


def _parts(db: Session, memo: CreditListed, lines: Sequence[BilledLine]) -> Mapping[int, list[_Part]]:
    """The parts by order line, of lines of which nothing else came back."""
    returned = select(CreditMemoRow.return_id).where(CreditMemoRow.id == memo.id).scalar_subquery()
    alone = (
        select(CreditLineRow.order_line_id).join(CreditMemoRow, CreditMemoRow.id == CreditLineRow.credit_memo_id)
        .where(CreditMemoRow.return_id == returned).group_by(CreditLineRow.order_line_id).having(func.count() == 1))
    back = ReturnLineRow
    rows = db.execute(
        select(back.order_line_id, back.item_id, OrderLineRow.item_id, ItemRow.sku, ItemRow.description, ItemRow.base_uom,
               func.sum(InspectionRow.quantity, type_=InspectionRow.__table__.c.quantity.type))
        .select_from(back).join(InspectionRow, InspectionRow.return_line_id == back.id)
        .join(OrderLineRow, OrderLineRow.id == back.order_line_id).join(ItemRow, ItemRow.id == back.item_id)
        .where(back.return_id == returned, back.order_line_id.in_(alone), InspectionRow.outcome == ReturnOutcome.CREDIT)
        .group_by(back.order_line_id, back.item_id, OrderLineRow.item_id, ItemRow.sku, ItemRow.description, ItemRow.base_uom)
        .order_by(back.order_line_id, back.item_id)).all()
    whole = {line for line, item, kit, *_ in rows if item == kit}
    found: dict[int, list[_Part]] = {}
    for line, item, _, sku, description, uom, quantity in rows:
        if line is not None and line not in whole:
            found.setdefault(line, []).append(_Part(item, sku, description, uom, quantity))
    return found


def _amounts(db: Session, amount: Decimal, parts: Sequence[_Part], currency: str) -> list[Decimal]:
    prices = list_prices(db, [x.item_id for x in parts], currency)
    worth = [x.quantity * weight for x, weight in zip(parts, weights_of([prices.get(x.item_id) for x in parts]), strict=True)]
    shared = [round_money(amount * x / sum(worth), currency) for x in worth[:-1]]
    return [*shared, amount - sum(shared, Decimal(0))]


def _split(
    line: BilledLine, parts: Sequence[_Part], amounts: Sequence[Decimal], part_of: Callable[[str], str]
) -> list[BilledLine]:
    return [
        replace(
            line, sku=x.sku, description=f"{x.description}\n{part_of(line.sku)}", customer_part_number=None,
            base_quantity=x.quantity, base_uom=x.uom, quantity=x.quantity, uom=x.uom,
            unit_price=round(amount / x.quantity, 6).normalize() + 0, amount=amount)
        for x, amount in zip(parts, amounts, strict=True)]
