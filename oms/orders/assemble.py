"""Draft → the order as the OMS core will hold it. Pure; what is missing is listed at once, not one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from models.domain.draft import Draft, DraftCharge, DraftLine
from models.domain.evidence import Found
from models.domain.lean import lean
from models.domain.money import line_amount, round_money
from models.domain.order_work import ChargeKind
from models.domain.reading import DocumentType
from models.errors import InputError

LARGEST = Decimal(10) ** 12
"""Quantities and amounts from here on are misreadings, and would not fit their columns."""
_SIX_PLACES = Decimal("0.000001")
_SMALLEST = _SIX_PLACES / 2                 # what is less is nothing once it is rounded
_LONGEST_NAME = 255
T = TypeVar("T")


class OrderIncomplete(InputError):
    """The draft lacks what a sales order needs; the sentence lists everything."""

    code = "order_incomplete"


@lean
class NewLine:
    """One line to be. `quantity` and `unit_price` are per `uom`, `base_quantity` in the item's base unit, six places kept."""

    key: str                        # of the draft line
    position: int                   # 1-based
    item_id: int
    sku: str
    customer_line_no: str | None
    customer_part_number: str | None
    description: str
    quantity: Decimal
    uom: str
    base_quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    requested_date: date | None
    discount: Decimal | None = None         # percent, already in `amount`
    list_price: Decimal | None = None       # ours for one `uom`; None: no list has it


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A discount, charge or tax line as given; `amount` is signed, `rate` in percent."""

    kind: ChargeKind
    name: str
    amount: Decimal
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A sales order to be. `total` is the sum of the lines' amounts, without the charges."""

    customer_id: int
    po_number: str
    order_date: date | None
    requested_date: date | None
    currency: str
    ship_to_id: int | None
    ship_to_text: str | None
    payment_terms: str | None
    notes: str | None
    total: Decimal
    lines: tuple[NewLine, ...]
    charges: tuple[NewCharge, ...] = ()


def assemble(draft: Draft, customer_currency: str | None) -> NewOrder:
    """The order a draft stands for; the customer's currency serves when the draft names none.

    Raises OrderIncomplete for a draft that cannot become an order.
    """
    currency = _value(draft.currency) or customer_currency
    kept = [line for line in draft.lines if line.is_due]
    missing = [*_missing_of_order(draft, currency, kept), *(m for line in kept for m in _missing_of_line(line))]
    if missing:
        raise OrderIncomplete(f"This cannot become a sales order: {'; '.join(missing)}. Complete the draft, then approve again.")
    assert draft.customer and currency
    lines = tuple(_line(position, line, currency) for position, line in enumerate(kept, 1))
    charges = tuple(_charge(charge, currency) for charge in draft.charges if charge.counts)
    total = sum((line.amount for line in lines), Decimal(0))
    if max((total, *(abs(charge.amount) for charge in charges))) >= LARGEST:
        raise OrderIncomplete(f"The order's total of {total} is beyond what can be booked. Check quantities and prices.")
    return NewOrder(
        customer_id=draft.customer.value.customer_id, po_number=_text(draft.po_number) or "", order_date=_value(draft.order_date),
        requested_date=_value(draft.requested_date), currency=currency, lines=lines, total=total,
        ship_to_id=draft.ship_to.value.address_id if draft.ship_to else None, ship_to_text=_text(draft.ship_to_text),
        payment_terms=_text(draft.payment_terms), notes=_text(draft.notes), charges=charges)


def assemble_line(line: DraftLine, currency: str) -> NewLine:
    """A line to be added to an order there is; its position is given later. Raises OrderIncomplete."""
    missing = list(_missing_of_line(line))
    if missing:
        raise OrderIncomplete(f"This cannot be added to the order: {'; '.join(missing)}. Complete the draft, then approve again.")
    return _line(0, line, currency)


def price_of(line: DraftLine) -> Decimal | None:
    """What one `uom` costs: the price asked for, else our list's."""
    return line.unit_price.value if line.unit_price else line.list_price


def charge_name(charge: DraftCharge) -> str:
    """A charge as it is called: as printed, else by its kind."""
    return (_text(charge.name) or "").strip()[:_LONGEST_NAME] or charge.kind.value.capitalize()


def _charge(charge: DraftCharge, currency: str) -> NewCharge:
    assert charge.amount is not None
    amount = round_money(charge.amount.value, currency)
    return NewCharge(charge.kind, charge_name(charge), -amount if charge.kind is ChargeKind.DISCOUNT else amount)


def _value(found: Found[T] | None) -> T | None:
    return found.value if found else None


def _text(found: Found[str] | None) -> str | None:
    """The text without NUL characters, which PostgreSQL cannot store."""
    return found.value.replace("\0", "") if found else None


def _missing_of_order(draft: Draft, currency: str | None, lines: list[DraftLine]) -> Iterator[str]:
    if draft.doc_type is not DocumentType.PURCHASE_ORDER:
        yield f"its type is {draft.doc_type.replace('_', ' ')}, not a purchase order"
    if draft.customer is None:
        yield "the customer is not known"
    if not (_text(draft.po_number) or "").strip():
        yield "the PO number is missing"
    elif len(_text(draft.po_number) or "") > 255:
        yield "the PO number is longer than 255 characters"
    if not currency or len(currency) != 3:
        yield "the currency is missing, and the customer has none"
    if not lines:
        yield "there are no lines"
    for charge in draft.charges:
        if charge.counts and (charge.amount is None or not charge.amount.value.is_finite() or charge.amount.value < 0):
            yield f"{charge_name(charge)}: there is no amount"


def _missing_of_line(line: DraftLine) -> Iterator[str]:
    price = price_of(line)
    amounts = (line.quantity.value if line.quantity else None, line.base_quantity)
    if line.item is None:
        yield f"line {line.key}: the item is not known"
    if any(q is None or not q.is_finite() or q <= 0 for q in amounts):
        yield f"line {line.key}: there is no quantity above zero in the item's unit"
    elif any(q >= LARGEST or q < _SMALLEST for q in amounts if q is not None):
        yield f"line {line.key}: the quantity is out of range"
    elif price is not None and price.is_finite() and max(price, price * (amounts[0] or 0)) >= LARGEST:
        yield f"line {line.key}: the amount is out of range"
    if line.discount and not 0 <= line.discount.value <= 100:
        yield f"line {line.key}: the discount is not between 0 and 100 %"
    if line.uom is None or len(line.uom.value) > 3:
        yield f"line {line.key}: the unit of measure is not known"
    if price is None or not price.is_finite() or price < 0:
        yield f"line {line.key}: there is no price"
    if any(len(text or "") > limit for text, limit in ((_text(line.line_no), 32), (_text(line.buyer_sku), 64))):
        yield f"line {line.key}: the customer's line or part number is too long"


def _six_places(quantity: Decimal) -> Decimal:
    """Rounded half-up to what the columns keep, without zeros at the end."""
    return quantity.quantize(_SIX_PLACES, rounding=ROUND_HALF_UP).normalize()


def _line(position: int, line: DraftLine, currency: str) -> NewLine:
    price = price_of(line)
    assert line.item and line.quantity and line.uom and line.base_quantity and price is not None
    return NewLine(
        key=line.key, position=position, item_id=line.item.value.item_id, sku=line.item.value.sku,
        customer_line_no=_text(line.line_no), customer_part_number=_text(line.buyer_sku),
        description=line.item.value.description,
        quantity=_six_places(line.quantity.value), uom=line.uom.value, base_quantity=_six_places(line.base_quantity),
        unit_price=_six_places(price), amount=line_amount(line.quantity.value, price, _value(line.discount), currency),
        requested_date=_value(line.requested_date), discount=_value(line.discount), list_price=line.list_price)
