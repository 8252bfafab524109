"""What the hand-written side of the benchmark makes of a draft: lines looked over, messages, whether the order is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models.domain.draft import Draft
from models.domain.evidence import Found

_CENT = Decimal("0.01")
_LARGEST = Decimal(10) ** 12
_LINE = ("item", "quantity", "uom", "unit_price", "discount", "requested_date")
_ORDER = ("po_number", "order_date", "requested_date", "currency", "ship_to", "ship_to_text", "payment_terms", "customer")


@dataclass(frozen=True, slots=True)
class Wish:
    """A line that can be booked."""

    position: int
    item_id: int
    sku: str
    description: str
    quantity: Decimal
    uom: str
    base_quantity: Decimal
    price: Decimal
    list_price: Decimal
    amount: Decimal
    line_no: str | None
    part_number: str | None


def wishes_of(draft: Draft) -> list[Wish]:
    """The draft's lines. Raises ValueError for one that cannot be booked."""
    wishes = []
    for n, line in enumerate(draft.lines, 1):
        if not (line.item and line.quantity and line.uom and line.unit_price and line.base_quantity and line.list_price):
            raise ValueError(f"line {n} is not whole")
        quantity, price = line.quantity.value, line.unit_price.value
        if not (quantity.is_finite() and 0 < quantity < _LARGEST and 0 < line.base_quantity < _LARGEST):
            raise ValueError(f"line {n}: quantity")
        if not (price.is_finite() and price >= 0 and price * quantity < _LARGEST):
            raise ValueError(f"line {n}: price")
        item = line.item.value
        wishes.append(Wish(
            n, item.item_id, item.sku, item.description, quantity, line.uom.value, line.base_quantity, price, line.list_price,
            (quantity * price).quantize(_CENT, ROUND_HALF_UP), line.line_no.value if line.line_no else None,
            line.buyer_sku.value if line.buyer_sku else None))
    return wishes


def for_erp(
    draft: Draft, wishes: Sequence[Wish], order_no: str, facts: Sequence[Any], total: Decimal, short: Mapping[int, Decimal],
) -> dict[str, Any]:
    """The order and where each of its values was read."""
    evidence = _evidence(draft, _ORDER, "")
    for n, line in enumerate(draft.lines, 1):
        evidence |= _evidence(line, _LINE, f"lines.{n}.")
    return _head(draft, order_no, facts, total) | {"approved_by": "bench", "evidence": evidence, "lines": [
        {"position": x.position, "customer_line_no": x.line_no, "sku": x.sku, "customer_part_number": x.part_number,
         "description": x.description, "quantity": str(x.quantity), "uom": x.uom, "base_quantity": str(x.base_quantity),
         "short": str(short.get(x.position, 0)), "unit_price": str(x.price), "amount": str(x.amount), "requested_date": None}
        for x in wishes]}


def for_customer(
    draft: Draft, wishes: Sequence[Wish], order_no: str, facts: Sequence[Any], total: Decimal, short: Mapping[int, Decimal],
    base_uoms: Mapping[int, str],
) -> dict[str, Any]:
    """What the acknowledgement says: each line as entered, and what was asked for where that differs."""
    lines = []
    for x, line in zip(wishes, draft.lines, strict=True):
        assert line.quantity and line.unit_price
        lines.append({
            "position": x.position, "customer_line_no": x.line_no, "customer_part_number": x.part_number,
            "customer_description": line.description.value if line.description else None, "sku": x.sku,
            "description": x.description, "quantity": str(x.quantity), "unit": x.uom, "base_quantity": str(x.base_quantity),
            "base_uom": base_uoms[x.item_id], "short": str(short.get(x.position, 0)), "unit_price": str(x.price),
            "amount": str(x.amount), "requested_date": None,
            "asked_quantity": None if line.quantity.value == x.quantity else str(line.quantity.value),
            "asked_price": None if line.unit_price.value == x.price else str(line.unit_price.value),
            "agreed_price": None if x.list_price == x.price else str(x.list_price), "price_was_given": True})
    return _head(draft, order_no, facts, total) | {
        "to": facts[12] or facts[11], "language": facts[4], "in_reply_to": facts[13], "lines": lines}


def must_be_held(wishes: Sequence[Wish], facts: Sequence[Any], total: Decimal) -> bool:
    """True beyond the customer's credit, or where a price is farther from our list than the customer's tolerance allows."""
    limit, tolerance = facts[6], Decimal(facts[9] or 0)
    if limit is not None and total + facts[7] > limit:
        return True
    return any(x.list_price and abs(x.price - x.list_price) / x.list_price * 100 > tolerance for x in wishes)


def _head(draft: Draft, order_no: str, facts: Sequence[Any], total: Decimal) -> dict[str, Any]:
    assert draft.po_number and draft.currency
    return {
        "order_no": order_no, "customer_no": facts[1], "po_number": draft.po_number.value, "currency": draft.currency.value,
        "order_date": None, "requested_date": None, "ship_to": None, "ship_to_text": None, "payment_terms": None, "notes": None,
        "total": str(total)}


def _evidence(source: Any, names: Sequence[str], prefix: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in names:
        found: Found[Any] | None = getattr(source, name)
        if found:
            place = found.evidence.places[0]
            told[prefix + name] = {
                "origin": found.evidence.origin, "document": found.evidence.document_id, "page": place.page, "kind": place.kind,
                "box": place.box}
    return told
