"""The lines of an order as two papers about it can be compared: of a draft, or of a sales order. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz

from models.domain.codes import fold_code
from models.domain.draft import Draft, DraftLine
from models.domain.states import LineState

_ALIKE = 85
"""Percent: descriptions of lines without an item that are at least so alike name the same goods; a scan changes some letters."""
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One line of an order. `price` is for one `uom`; `base_quantity` and `shipped` are in base units. Of a sales order's line,
    quantities are without what was cancelled, and `position` is its own; of a draft's line it is the place in the draft."""

    name: str                                      # "2", as the paper counts, else our position
    item_id: int | None
    what: str                                      # the SKU, else the description
    codes: frozenset[str]                          # folded
    text: str                                      # folded description
    quantity: Decimal | None
    uom: str | None
    base_quantity: Decimal | None
    price: Decimal | None
    requested_date: date | None
    shipped: Decimal = Decimal(0)
    position: int = 0


def lines_of(draft: Draft) -> tuple[OrderedLine, ...]:
    """The lines of a draft that are ordered."""
    return tuple(_line(n, line) for n, line in enumerate(draft.lines) if line.state is not LineState.REJECTED)


def _line(place: int, line: DraftLine) -> OrderedLine:
    item = line.item.value if line.item else None
    text = line.description.value if line.description else ""
    own = [f.value for f in (line.supplier_sku, line.buyer_sku, line.gtin, line.mpn) if f]
    return OrderedLine(
        name=line.line_no.value if line.line_no else line.key, item_id=item.item_id if item else None,
        what=item.sku if item else text[:80] or next(iter(own), "?"), codes=folded(*own), text=fold_code(text[:_LONGEST]),
        quantity=line.quantity.value if line.quantity else None, uom=line.uom.value if line.uom else None,
        base_quantity=line.base_quantity, price=line.unit_price.value if line.unit_price else line.list_price,
        requested_date=line.requested_date.value if line.requested_date else None, position=place)


def folded(*codes: str | None) -> frozenset[str]:
    """Codes without what typing and OCR change."""
    return frozenset(fold_code(c) for c in codes if c) - {""}


def same_thing(a: OrderedLine, b: OrderedLine) -> bool:
    """True when two lines ask for the same goods: one item, else one code, else nearly the same words."""
    if a.item_id is not None and b.item_id is not None:
        return a.item_id == b.item_id
    if a.codes and b.codes:
        return bool(a.codes & b.codes)
    if not a.text and not b.text:
        return a.what == b.what
    return bool(a.text and b.text) and (a.text == b.text or fuzz.ratio(a.text, b.text) >= _ALIKE)


def same_count(a: OrderedLine, b: OrderedLine) -> bool:
    """True when two lines ask for as much: in base units where both are known, else in the same unit."""
    if a.base_quantity is not None and b.base_quantity is not None:
        return a.base_quantity == b.base_quantity
    return a.quantity == b.quantity and a.uom == b.uom
