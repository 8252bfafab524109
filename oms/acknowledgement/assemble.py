"""What an acknowledgement has to say, gathered when the order is accepted. Pure; `compose` turns it into words later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Found, Origin
from models.domain.lean import lean
from models.domain.states import LineState
from oms.letters.ready import Letter
from oms.orders.assemble import NewLine, NewOrder

_UNIT_WORD = re.compile(r"[^\W\d_]{1,12}\.?")
_LONGEST = 120
_AS_ORDERED = frozenset({Origin.READ, Origin.REPAIRED, Origin.LEARNED})


@lean
class AckLine:
    """One line as entered, and what the customer's document says where that differs (`asked_…`, else None)."""

    position: int
    customer_line_no: str | None
    customer_part_number: str | None
    customer_description: str | None
    sku: str
    description: str
    quantity: Decimal
    unit: str                         # as the customer wrote it, else the UN/ECE code
    base_quantity: Decimal
    base_uom: str
    short: Decimal                    # base units not in stock
    unit_price: Decimal
    amount: Decimal
    requested_date: date | None
    asked_quantity: Decimal | None
    asked_price: Decimal | None
    agreed_price: Decimal | None
    price_was_given: bool


@lean
class AckCharge:
    """A discount, charge or tax as entered; `amount` is signed."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Everything the mail says."""

    letter: Letter
    order_no: str
    po_number: str
    accepted_on: date
    currency: str
    ship_to: str | None
    total: Decimal
    lines: tuple[AckLine, ...]
    charges: tuple[AckCharge, ...] = ()
    following: tuple[str, ...] = ()   # lines that are still looked at, as the customer knows them


def acknowledge(
    order: NewOrder, draft: Draft, letter: Letter, *, order_no: str, accepted_on: date, base_uoms: Mapping[int, str],
    short: Mapping[int, Decimal],
) -> Acknowledgement:
    """Gather the facts. `base_uoms` by item id; `short` by line position, in base units."""
    drafts = {line.key: line for line in draft.lines}
    ship_to = order.ship_to_text or (draft.ship_to.value.label if draft.ship_to else None)
    return Acknowledgement(
        letter=letter, order_no=order_no, po_number=order.po_number, accepted_on=accepted_on, currency=order.currency,
        ship_to=ship_to, total=order.total, charges=tuple(AckCharge(c.name, c.amount) for c in order.charges),
        lines=tuple(
            _line(line, drafts[line.key], base_uoms[line.item_id], short.get(line.position, Decimal(0)), order.requested_date)
            for line in order.lines),
        following=tuple(_named(line, n) for n, line in enumerate(draft.lines, 1) if line.state is LineState.WAITING))


def _named(line: DraftLine, n: int) -> str:
    """A line as the customer knows it: "3 (KX-4, hex bolt M8)"."""
    printed = (line.buyer_sku or line.supplier_sku, line.description)
    words = ", ".join(found.value for found in printed if found is not None)
    number = line.line_no.value if line.line_no else str(n)
    return f"{number} ({words[:_LONGEST]})" if words else number


def _line(line: NewLine, draft: DraftLine, base_uom: str, short: Decimal, order_date: date | None) -> AckLine:
    asked_price = _asked(draft.unit_price)
    return AckLine(
        position=line.position, customer_line_no=line.customer_line_no, customer_part_number=line.customer_part_number,
        customer_description=draft.description.value if draft.description else None, sku=line.sku, description=line.description,
        quantity=line.quantity, unit=_unit(draft, line.uom), base_quantity=line.base_quantity, base_uom=base_uom, short=short,
        unit_price=line.unit_price, amount=line.amount, requested_date=line.requested_date or order_date,
        asked_quantity=_unless_equal(_asked(draft.quantity), line.quantity),
        asked_price=_unless_equal(asked_price, line.unit_price), agreed_price=_unless_equal(draft.list_price, line.unit_price),
        price_was_given=draft.unit_price is not None)


def _asked(found: Found[Decimal] | None) -> Decimal | None:
    """What the customer's document says: the value itself if it was read, or suggested and seen by who approved the order; else a
    candidate that was read."""
    if found is None:
        return None
    read = [found.value] if found.evidence.origin in _AS_ORDERED | {Origin.SUGGESTED} else []
    read += [c.value for c in found.candidates if c.evidence.origin in _AS_ORDERED]
    return read[0] if read else None


def _unless_equal(value: Decimal | None, entered: Decimal) -> Decimal | None:
    return None if value is None or abs(value - entered) < Decimal("0.000001") else value


def _unit(draft: DraftLine, uom: str) -> str:
    printed = draft.uom.evidence.text.strip() if draft.uom and draft.uom.evidence.origin in _AS_ORDERED else ""
    return printed if _UNIT_WORD.fullmatch(printed) else uom
